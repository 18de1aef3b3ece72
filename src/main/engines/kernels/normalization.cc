// Batch normalization that adds a residual and rectifies on its way out, and its gradient: what lies between them in a network is
// never in memory. Channels come last. Sums are put together in the order of their pieces, so the number of threads does not show.
#include <algorithm>
#include <cmath>

#include "kernel.h"
#include "normalizationTable.h"
#include "team.h"

namespace skipwire {
namespace {

// Bytes that one piece of the work reads of one tensor: small enough for the nearest caches, large enough to be worth a call.
constexpr int64_t kPieceBytes = 64 * 1024;
constexpr int64_t kLeastRows = 32;
// Narrow rows are taken several at once, so that all lanes of a processor have work.
constexpr int64_t kLeastWidth = 64;

// How [positions, channels] is cut: into rows as wide as several positions, and pieces of many rows.
struct Cut {
  Cut(int64_t positions, int64_t channels, int64_t bytes)
      : channels(channels), fold(std::max<int64_t>(1, std::min(kLeastWidth / channels, positions))) {
    width = channels * fold;
    rows = positions / fold;
    rowsLeft = positions - rows * fold;
    rowsOfPiece = std::max(kLeastRows, kPieceBytes / (width * bytes) / 4 * 4);
    pieces = (rows + rowsOfPiece - 1) / rowsOfPiece;
  }

  int64_t firstRow(int64_t piece) const { return piece * rowsOfPiece; }
  int64_t rowsIn(int64_t piece) const { return std::min(rowsOfPiece, rows - firstRow(piece)); }
  // Elements before the positions that do not fill a row.
  int64_t tail() const { return rows * width; }

  // One number per channel, repeated to a whole row.
  std::vector<float> spread(const std::vector<float> &perChannel) const {
    std::vector<float> wide(width);
    for (int64_t c = 0; c < width; c++) wide[c] = perChannel[c % channels];
    return wide;
  }

  int64_t channels, fold, width, rows, rowsLeft, rowsOfPiece, pieces;
};

// Runs add(firstElement, rows, width, sums) for every piece, where `sums` are two rows of zeros of its own; returns for each channel
// what came to the first and to the second.
template <typename Add>
void gather(const Cut &cut, const Add &add, std::vector<double> &first, std::vector<double> &second) {
  const int64_t room = 2 * cut.width;
  std::vector<float> partial((cut.pieces + 1) * room, 0.0f);
  Team::instance().each(cut.pieces, [&](int64_t piece) {
    add(cut.firstRow(piece) * cut.width, cut.rowsIn(piece), cut.width, partial.data() + piece * room);
  });
  if (cut.rowsLeft > 0) add(cut.tail(), cut.rowsLeft, cut.channels, partial.data() + cut.pieces * room);
  first.assign(cut.channels, 0.0);
  second.assign(cut.channels, 0.0);
  for (int64_t piece = 0; piece < cut.pieces; piece++) {
    const float *sums = partial.data() + piece * room;
    for (int64_t c = 0, channel = 0; c < cut.width; c++) {
      first[channel] += sums[c];
      second[channel] += sums[cut.width + c];
      if (++channel == cut.channels) channel = 0;
    }
  }
  const float *sums = partial.data() + cut.pieces * room;
  for (int64_t c = 0; c < cut.channels && cut.rowsLeft > 0; c++) {
    first[c] += sums[c];
    second[c] += sums[cut.channels + c];
  }
}

// Runs work(firstElement, rows, width) over everything, the last pieces first: they are still near from the pass before.
template <typename Work>
void cover(const Cut &cut, const Work &work) {
  Team::instance().each(cut.pieces, [&](int64_t turn) {
    const int64_t piece = cut.pieces - 1 - turn;
    work(cut.firstRow(piece) * cut.width, cut.rowsIn(piece), cut.width);
  });
  if (cut.rowsLeft > 0) work(cut.tail(), cut.rowsLeft, cut.channels);
}

// Inputs: x, scale, offset, running mean, running variance, [residual].
// Outputs: y, new running mean, new running variance, mean, 1 / standard deviation.
class BatchNormTraining {
 public:
  explicit BatchNormTraining(Attributes &attributes)
      : type_(attributes.type("T")),
        epsilon_(attributes.real("epsilon")),
        momentum_(attributes.real("momentum")),
        relu_(attributes.flag("relu")),
        residual_(attributes.integer("residuals") > 0) {}

  void compute(Call &call) {
    if (type_ == TF_FLOAT) compute<float>(call);
    else compute<uint16_t>(call);
  }

 private:
  template <typename T>
  void compute(Call &call) {
    const Tensor x = call.input(0);
    if (call.failed()) return;
    const std::vector<int64_t> dims = dimsOf(x);
    Tensor y = residual_ ? call.outputOver({5}, 0, dims) : call.output(0, type_, dims);
    const Tensor scale = call.input(1), offset = call.input(2), oldMean = call.input(3), oldVariance = call.input(4);
    const Tensor residual = residual_ ? call.input(5) : nullptr;
    if (call.failed()) return;
    const int64_t channels = dims.empty() ? 0 : dims.back();
    const int64_t count = channels == 0 ? 0 : countOf(dims) / channels;
    for (const Tensor *given : {&scale, &offset, &oldMean, &oldVariance}) {
      if (countOf(dimsOf(*given)) != channels) return call.fail("one number per channel is due");
    }
    if (residual && dimsOf(residual) != dims) return call.fail("the residual has another shape");
    const std::vector<int64_t> perChannel = {channels};
    const Tensor newMean = call.output(1, TF_FLOAT, perChannel), newVariance = call.output(2, TF_FLOAT, perChannel);
    const Tensor mean = call.output(3, TF_FLOAT, perChannel), inverse = call.output(4, TF_FLOAT, perChannel);
    if (call.failed() || count == 0) return;

    const NormalizationLoops<T> &loops = normalizationLoops<T>();
    const Cut cut(count, channels, sizeof(T));
    const T *from = dataOf<T>(x);
    // Squares are summed of what is near to zero, or their difference would have no digits left.
    const std::vector<float> near = nearTheMean(loops, from, count, channels);
    const std::vector<float> shift = cut.spread(near);
    std::vector<double> sum, squares;
    gather(cut, [&](int64_t at, int64_t rows, int64_t width, float *sums) {
      loops.addMoments(from + at, rows, width, shift.data(), sums, sums + width);
    }, sum, squares);

    std::vector<float> factors(channels), means(channels), offsets(channels);
    for (int64_t c = 0; c < channels; c++) {
      const double apart = sum[c] / count;
      const double variance = std::max(0.0, squares[c] / count - apart * apart);
      const double center = near[c] + apart;
      const double inverted = 1.0 / std::sqrt(variance + epsilon_);
      const double unbiased = variance * count / std::max<int64_t>(count - 1, 1);
      means[c] = static_cast<float>(center);
      // As the gradient will have it.
      factors[c] = dataOf<float>(scale)[c] * static_cast<float>(inverted);
      offsets[c] = dataOf<float>(offset)[c];
      dataOf<float>(mean)[c] = means[c];
      dataOf<float>(inverse)[c] = static_cast<float>(inverted);
      dataOf<float>(newMean)[c] = blend(dataOf<float>(oldMean)[c], center);
      dataOf<float>(newVariance)[c] = blend(dataOf<float>(oldVariance)[c], unbiased);
    }
    const std::vector<float> factor = cut.spread(factors), center = cut.spread(means), base = cut.spread(offsets);
    const auto normalize = loops.normalize[residual_][relu_];
    T *to = dataOf<T>(y);
    const T *added = residual_ ? dataOf<T>(residual) : nullptr;
    cover(cut, [&](int64_t at, int64_t rows, int64_t width) {
      normalize(from + at, added == nullptr ? nullptr : added + at, to + at, rows, width, center.data(), factor.data(),
                base.data());
    });
  }

  // The mean of a few positions from all over.
  template <typename T>
  static std::vector<float> nearTheMean(const NormalizationLoops<T> &loops, const T *x, int64_t count,
                                        int64_t channels) {
    const std::vector<float> zeros(channels, 0.0f);
    std::vector<float> sum(channels, 0.0f), squares(channels, 0.0f);
    const int64_t looks = std::min<int64_t>(16, count);
    for (int64_t look = 0; look < looks; look++) {
      loops.addMoments(x + look * count / looks * channels, 1, channels, zeros.data(), sum.data(), squares.data());
    }
    for (float &value : sum) value /= looks;
    return sum;
  }

  float blend(float running, double batch) const {
    return static_cast<float>((1.0 - momentum_) * running + momentum_ * batch);
  }

  TF_DataType type_;
  double epsilon_, momentum_;
  bool relu_, residual_;
};

// Inputs: x, scale, mean, 1 / standard deviation, [y | offset], one or two gradients of y, which are added. Where the ReLU stood right
// behind the normalization, the offset is given instead of y.
// Outputs: gradients of x, scale and offset, and [of the residual].
class BatchNormTrainingGrad {
 public:
  explicit BatchNormTrainingGrad(Attributes &attributes)
      : type_(attributes.type("T")),
        mask_(attributes.integer("masks") > 0     ? kMaskOfOutput
              : attributes.integer("offsets") > 0 ? kMaskOfInput
                                                 : kNoMask),
        second_(attributes.integer("gradients") > 1),
        keep_(attributes.integer("residuals") > 0) {}

  void compute(Call &call) {
    if (type_ == TF_FLOAT) compute<float>(call);
    else compute<uint16_t>(call);
  }

 private:
  template <typename T>
  void compute(Call &call) {
    const Tensor x = call.input(0);
    if (call.failed()) return;
    const std::vector<int64_t> dims = dimsOf(x);
    const int firstAt = mask_ == kNoMask ? 4 : 5;
    const std::vector<int> given = second_ ? std::vector<int>{firstAt, firstAt + 1} : std::vector<int>{firstAt};
    // What flows on to the residual takes the memory of what came in; else the gradient of x does.
    const Tensor kept = keep_ ? call.outputOver(given, 3, dims) : nullptr;
    const Tensor dx = keep_ ? call.output(0, type_, dims) : call.outputOver(given, 0, dims);
    const Tensor scale = call.input(1), mean = call.input(2), inverse = call.input(3);
    const Tensor y = mask_ == kMaskOfOutput ? call.input(4) : nullptr;
    const Tensor offset = mask_ == kMaskOfInput ? call.input(4) : nullptr;
    const Tensor first = call.input(firstAt), second = second_ ? call.input(firstAt + 1) : nullptr;
    if (call.failed()) return;
    const int64_t channels = dims.empty() ? 0 : dims.back();
    const int64_t count = channels == 0 ? 0 : countOf(dims) / channels;
    for (const Tensor *given : {&scale, &mean, &inverse, &offset}) {
      if (*given && countOf(dimsOf(*given)) != channels) return call.fail("one number per channel is due");
    }
    for (const Tensor *given : {&y, &first, &second}) {
      if (*given && dimsOf(*given) != dims) return call.fail("a gradient has another shape");
    }
    const std::vector<int64_t> perChannel = {channels};
    const Tensor dscale = call.output(1, TF_FLOAT, perChannel), doffset = call.output(2, TF_FLOAT, perChannel);
    if (call.failed() || count == 0) return;

    const NormalizationLoops<T> &loops = normalizationLoops<T>();
    const Cut cut(count, channels, sizeof(T));
    const T *from = dataOf<T>(x), *one = dataOf<T>(first);
    const T *two = second_ ? dataOf<T>(second) : nullptr, *mask = y ? dataOf<T>(y) : nullptr;
    T *keep = keep_ ? dataOf<T>(kept) : nullptr, *to = dataOf<T>(dx);
    const auto ahead = [](auto *place, int64_t by) { return place == nullptr ? nullptr : place + by; };
    const std::vector<float> means(dataOf<float>(mean), dataOf<float>(mean) + channels);
    const std::vector<float> center = cut.spread(means);
    std::vector<float> factors(channels), offsets(channels);
    for (int64_t c = 0; c < channels; c++) {
      factors[c] = dataOf<float>(scale)[c] * dataOf<float>(inverse)[c];
      if (offset) offsets[c] = dataOf<float>(offset)[c];
    }
    const std::vector<float> factor = cut.spread(factors), base = cut.spread(offsets);
    std::vector<double> sum, product;
    const auto add = loops.addGradients[second_][mask_][keep_];
    gather(cut, [&](int64_t at, int64_t rows, int64_t width, float *sums) {
      add(one + at, ahead(two, at), ahead(mask, at), from + at, ahead(keep, at), rows, width, center.data(),
          factor.data(), base.data(), sums, sums + width);
    }, sum, product);

    std::vector<float> slopes(channels), shifts(channels);
    for (int64_t c = 0; c < channels; c++) {
      const double inverted = dataOf<float>(inverse)[c];
      const double along = factors[c];
      dataOf<float>(dscale)[c] = static_cast<float>(product[c] * inverted);
      dataOf<float>(doffset)[c] = static_cast<float>(sum[c]);
      slopes[c] = static_cast<float>(along * inverted * inverted * product[c] / count);
      shifts[c] = static_cast<float>(along * sum[c] / count);
    }
    const std::vector<float> slope = cut.spread(slopes), shift = cut.spread(shifts);
    const auto spread = keep_ ? loops.spread[0][kNoMask] : loops.spread[second_][mask_];
    if (keep_) one = keep;
    cover(cut, [&](int64_t at, int64_t rows, int64_t width) {
      spread(one + at, ahead(two, at), ahead(mask, at), from + at, to + at, rows, width, center.data(), factor.data(),
             base.data(), slope.data(), shift.data());
    });
  }

  TF_DataType type_;
  Mask mask_;
  bool second_, keep_;
};

// The outputs are as large as these inputs, in order; all after the last as large as it.
template <int... kInputs>
void shapesOf(TF_ShapeInferenceContext *context, TF_Status *status) {
  int index = 0;
  TF_ShapeHandle *handle = TF_NewShapeHandle();
  for (const int input : {kInputs...}) {
    TF_ShapeInferenceContextGetInput(context, input, handle, status);
    if (TF_GetCode(status) != TF_OK) break;
    TF_ShapeInferenceContextSetOutput(context, index++, handle, status);
    if (TF_GetCode(status) != TF_OK) break;
  }
  TF_DeleteShapeHandle(handle);
}

}  // namespace

void registerNormalization() {
  const Status status(TF_NewStatus());
  TF_OpDefinitionBuilder *forward = TF_NewOpDefinitionBuilder("SkipwireBatchNormTraining");
  for (const char *input : {"x: T", "scale: float", "offset: float", "running_mean: float", "running_variance: float",
                            "residual: residuals * T"}) {
    TF_OpDefinitionBuilderAddInput(forward, input);
  }
  for (const char *output : {"y: T", "new_mean: float", "new_variance: float", "mean: float", "inverse: float"}) {
    TF_OpDefinitionBuilderAddOutput(forward, output);
  }
  for (const char *attribute : {"T: {float, bfloat16}", "residuals: int >= 0", "epsilon: float", "momentum: float",
                                "relu: bool"}) {
    TF_OpDefinitionBuilderAddAttr(forward, attribute);
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(forward, shapesOf<0, 1, 1, 1, 1>);
  TF_RegisterOpDefinition(forward, status.get());

  TF_OpDefinitionBuilder *backward = TF_NewOpDefinitionBuilder("SkipwireBatchNormTrainingGrad");
  for (const char *input : {"x: T", "scale: float", "mean: float", "inverse: float", "y: masks * T", "offset: offsets * float", "dy: gradients * T"}) {
    TF_OpDefinitionBuilderAddInput(backward, input);
  }
  for (const char *output : {"dx: T", "dscale: float", "doffset: float", "dresidual: residuals * T"}) {
    TF_OpDefinitionBuilderAddOutput(backward, output);
  }
  for (const char *attribute : {"T: {float, bfloat16}", "masks: int >= 0", "offsets: int >= 0", "gradients: int >= 1", "residuals: int >= 0"}) {
    TF_OpDefinitionBuilderAddAttr(backward, attribute);
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(backward, shapesOf<0, 1, 1>);
  TF_RegisterOpDefinition(backward, status.get());

  registerKernel<BatchNormTraining>("SkipwireBatchNormTraining");
  registerKernel<BatchNormTrainingGrad>("SkipwireBatchNormTrainingGrad");
}

}  // namespace skipwire
