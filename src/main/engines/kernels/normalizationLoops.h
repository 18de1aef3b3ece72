// The loops of batch normalization over `rows` rows of `width` numbers. Included once for each kind of processor, with LOOPS_NAMESPACE
// and the compiler's target set. Bytes of bfloat16 are the upper half of a float32.
namespace skipwire {
namespace LOOPS_NAMESPACE {

inline float wide(float value) { return value; }
inline float wide(uint16_t value) {
  const uint32_t bits = static_cast<uint32_t>(value) << 16;
  float result;
  __builtin_memcpy(&result, &bits, 4);
  return result;
}

inline void narrow(float value, float *place) { *place = value; }
// Rounds to the nearest, ties to even; what is not a number stays so.
inline void narrow(float value, uint16_t *place) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  *place = static_cast<uint16_t>(value != value ? (bits >> 16) | 0x40u : rounded);
}

// Adds x - shift and its square, row by row, to `sum` and `squares`.
template <typename T>
void addMoments(const T *__restrict x, int64_t rows, int64_t width, const float *__restrict shift, float *__restrict sum,
                float *__restrict squares) {
  int64_t row = 0;
  for (; row + 4 <= rows; row += 4, x += 4 * width) {
    for (int64_t c = 0; c < width; c++) {
      const float k = shift[c];
      const float a = wide(x[c]) - k, b = wide(x[width + c]) - k;
      const float d = wide(x[2 * width + c]) - k, e = wide(x[3 * width + c]) - k;
      sum[c] += (a + b) + (d + e);
      squares[c] += (a * a + b * b) + (d * d + e * e);
    }
  }
  for (; row < rows; row++, x += width) {
    for (int64_t c = 0; c < width; c++) {
      const float a = wide(x[c]) - shift[c];
      sum[c] += a;
      squares[c] += a * a;
    }
  }
}

// (x - mean) * factor + offset, rounded alike forward and backward.
inline float normalized(float x, float mean, float factor, float offset) {
  return (x - mean) * factor + offset;
}

// y = (x - mean) * factor + offset [+ residual] [rectified]. y may be the residual.
template <typename T, bool kResidual, bool kRelu>
void normalizeRows(const T *__restrict x, const T *residual, T *y, int64_t rows, int64_t width,
                   const float *__restrict mean, const float *__restrict factor, const float *__restrict offset) {
  for (int64_t row = 0; row < rows; row++, x += width, y += width) {
    // Elements of one place only meet each other.
#pragma GCC ivdep
    for (int64_t c = 0; c < width; c++) {
      float value = normalized(wide(x[c]), mean[c], factor[c], offset[c]);
      if (kResidual) value += wide(residual[c]);
      // What is not a number goes on, so that training notices.
      if (kRelu) value = value < 0.0f ? 0.0f : value;
      narrow(value, y + c);
    }
    if (kResidual) residual += width;
  }
}

template <typename T, bool kSecond, Mask kMask>
inline float gradientAt(const T *first, const T *second, const T *y, float x, float mean, float factor, float offset,
                        int64_t at) {
  float value = wide(first[at]);
  if (kSecond) value += wide(second[at]);
  if (kMask == kMaskOfOutput) value = wide(y[at]) > 0.0f ? value : 0.0f;
  if (kMask == kMaskOfInput) value = normalized(x, mean, factor, offset) > 0.0f ? value : 0.0f;
  return value;
}

// Adds dz and dz * (x - mean) to `sum` and `product`, where dz is first [+ second], masked; keeps dz where it is wanted.
template <typename T, bool kSecond, Mask kMask, bool kKeep>
void addGradients(const T *first, const T *second, const T *__restrict y, const T *__restrict x, T *kept,
                  int64_t rows, int64_t width, const float *__restrict mean, const float *__restrict factor,
                  const float *__restrict offset, float *__restrict sum, float *__restrict product) {
  int64_t row = 0;
  for (; row + 2 <= rows; row += 2) {
#pragma GCC ivdep
    for (int64_t c = 0; c < width; c++) {
      const float one = wide(x[c]), two = wide(x[width + c]);
      const float a = gradientAt<T, kSecond, kMask>(first, second, y, one, mean[c], factor[c], offset[c], c);
      const float b = gradientAt<T, kSecond, kMask>(first, second, y, two, mean[c], factor[c], offset[c], width + c);
      if (kKeep) {
        narrow(a, kept + c);
        narrow(b, kept + width + c);
      }
      sum[c] += a + b;
      product[c] += a * (one - mean[c]) + b * (two - mean[c]);
    }
    first += 2 * width;
    if (kSecond) second += 2 * width;
    if (kMask == kMaskOfOutput) y += 2 * width;
    if (kKeep) kept += 2 * width;
    x += 2 * width;
  }
  for (; row < rows; row++) {
#pragma GCC ivdep
    for (int64_t c = 0; c < width; c++) {
      const float one = wide(x[c]);
      const float a = gradientAt<T, kSecond, kMask>(first, second, y, one, mean[c], factor[c], offset[c], c);
      if (kKeep) narrow(a, kept + c);
      sum[c] += a;
      product[c] += a * (one - mean[c]);
    }
  }
}

// dx = dz * factor - (x - mean) * slope - shift. dx may be `first` or `second`.
template <typename T, bool kSecond, Mask kMask>
void spreadGradients(const T *first, const T *second, const T *__restrict y, const T *__restrict x, T *dx, int64_t rows,
                     int64_t width, const float *__restrict mean, const float *__restrict factor,
                     const float *__restrict offset, const float *__restrict slope, const float *__restrict shift) {
  for (int64_t row = 0; row < rows; row++) {
#pragma GCC ivdep
    for (int64_t c = 0; c < width; c++) {
      const float one = wide(x[c]);
      const float dz = gradientAt<T, kSecond, kMask>(first, second, y, one, mean[c], factor[c], offset[c], c);
      narrow(dz * factor[c] - (one - mean[c]) * slope[c] - shift[c], dx + c);
    }
    first += width;
    if (kSecond) second += width;
    if (kMask == kMaskOfOutput) y += width;
    x += width;
    dx += width;
  }
}

template <typename T, bool kSecond, Mask kMask>
void fillGradients(NormalizationLoops<T> &table) {
  table.addGradients[kSecond][kMask][0] = addGradients<T, kSecond, kMask, false>;
  table.addGradients[kSecond][kMask][1] = addGradients<T, kSecond, kMask, true>;
  table.spread[kSecond][kMask] = spreadGradients<T, kSecond, kMask>;
}

// One table of loops for each element type, so that which kind of processor it is is asked once.
template <typename T>
NormalizationLoops<T> loops() {
  NormalizationLoops<T> table;
  table.addMoments = addMoments<T>;
  table.normalize[0][0] = normalizeRows<T, false, false>;
  table.normalize[0][1] = normalizeRows<T, false, true>;
  table.normalize[1][0] = normalizeRows<T, true, false>;
  table.normalize[1][1] = normalizeRows<T, true, true>;
  fillGradients<T, false, kNoMask>(table);
  fillGradients<T, false, kMaskOfOutput>(table);
  fillGradients<T, false, kMaskOfInput>(table);
  fillGradients<T, true, kNoMask>(table);
  fillGradients<T, true, kMaskOfOutput>(table);
  fillGradients<T, true, kMaskOfInput>(table);
  return table;
}

}  // namespace LOOPS_NAMESPACE
}  // namespace skipwire
