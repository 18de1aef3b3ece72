// The loops of batch normalization, chosen once for the processor that they run on.
#pragma once
#include <cstdint>

namespace skipwire {

// What a gradient goes through a ReLU by: there is none; the rectified value; or x, which that was made from and which is read anyway.
enum Mask { kNoMask, kMaskOfOutput, kMaskOfInput };
constexpr int kMasks = 3;

template <typename T>
struct NormalizationLoops {
  void (*addMoments)(const T *x, int64_t rows, int64_t width, const float *shift, float *sum, float *squares);
  // By whether there is a residual, and whether the sum is rectified.
  void (*normalize[2][2])(const T *x, const T *residual, T *y, int64_t rows, int64_t width, const float *mean,
                          const float *factor, const float *offset);
  // By whether there is a second gradient, what masks, and whether what was added up is kept.
  void (*addGradients[2][kMasks][2])(const T *first, const T *second, const T *y, const T *x, T *kept, int64_t rows,
                                     int64_t width, const float *mean, const float *factor, const float *offset,
                                     float *sum, float *product);
  void (*spread[2][kMasks])(const T *first, const T *second, const T *y, const T *x, T *dx, int64_t rows, int64_t width,
                            const float *mean, const float *factor, const float *offset, const float *slope,
                            const float *shift);
};

// For float and for uint16_t, which holds a bfloat16.
template <typename T>
const NormalizationLoops<T> &normalizationLoops();

}  // namespace skipwire
