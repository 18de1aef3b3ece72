/** A byte address in the memory of the module. Tensors are float32 and row-major, images have their channels last. */
export type Pointer = number;

/** What `binary` can compute; the gradients take their operands in the order of the primitives' inputs. */
export const binaryOperations = {
  add: 0,
  subtract: 1,
  multiply: 2,
  divide: 3,
  maximum: 4,
  minimum: 5,
  greater: 6,
  greaterEqual: 7,
  equal: 8,
  /** `a` where `b > 0`, else 0. */
  reluGrad: 9,
  /** `b * a * (1 - a)`. */
  sigmoidGrad: 10,
  /** `b * (1 - a * a)`. */
  tanhGrad: 11,
} as const;

/** What `unary` can compute. */
export const unaryOperations = {
  negate: 0,
  exp: 1,
  log: 2,
  sqrt: 3,
  rsqrt: 4,
  square: 5,
  relu: 6,
  sigmoid: 7,
  tanh: 8,
  erf: 9,
} as const;

/** What `reduce` can compute. */
export const reductions = { sum: 0, mean: 1, max: 2 } as const;

/** The three computations that `convolutionScratch` tells the memory of. */
export const convolutionPasses = { forward: 0, input: 1, filter: 2 } as const;

type Code<Codes extends Readonly<Record<string, number>>> = Codes[keyof Codes];
type Flag = 0 | 1;

/**
 * The functions of the WebAssembly module. Nothing is allocated or remembered, but for the two geometries: whoever calls
 * gives every address, and a scratch area where a function wants one, 16 bytes aligned and of the size its companion tells.
 * Results must not overlap operands, unless a function says so. Nothing is checked.
 */
export interface SimdFunctions {
  /** Bytes of scratch that `matMul` wants for matrices of these sizes, however many. */
  matMulScratch(m: number, n: number, k: number): number;
  /**
   * `c[m, n] = a[m, k] * b[k, n]`, `count` times; a transposed operand is stored as [k, m] or [n, k]. The strides lead
   * from one matrix to the next, in elements: 0 uses the same again.
   */
  matMul(
    transposeA: Flag,
    transposeB: Flag,
    m: number,
    n: number,
    k: number,
    a: Pointer,
    b: Pointer,
    c: Pointer,
    count: number,
    strideA: number,
    strideB: number,
    strideC: number,
    scratch: Pointer,
  ): void;

  /**
   * Says what the following convolutions look like: `x` is [batch, height, width, channels], the kernel [kernelHeight,
   * kernelWidth, channels / groups, filters], `y` [batch, outputHeight, outputWidth, filters]. `top` and `left` are the
   * padding before; what is missing after is padding too.
   */
  convolution(
    batch: number,
    height: number,
    width: number,
    channels: number,
    kernelHeight: number,
    kernelWidth: number,
    filters: number,
    groups: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    top: number,
    left: number,
    outputHeight: number,
    outputWidth: number,
  ): void;
  /** Bytes of scratch that a pass of the convolution described last wants. */
  convolutionScratch(pass: Code<typeof convolutionPasses>): number;
  /** `y`, for the convolution described last. */
  conv2d(x: Pointer, kernel: Pointer, y: Pointer, scratch: Pointer): void;
  /** The gradient for `x`, for the convolution described last. */
  conv2dBackpropInput(kernel: Pointer, dy: Pointer, dx: Pointer, scratch: Pointer): void;
  /** The gradient for the kernel, for the convolution described last. */
  conv2dBackpropFilter(x: Pointer, dy: Pointer, dkernel: Pointer, scratch: Pointer): void;

  /** Says what the following poolings look like, as `convolution` does. */
  pooling(
    batch: number,
    height: number,
    width: number,
    channels: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    top: number,
    left: number,
    outputHeight: number,
    outputWidth: number,
  ): void;
  maxPool(x: Pointer, y: Pointer): void;
  /** Hands each gradient to the first maximum of its window. */
  maxPoolGrad(x: Pointer, dy: Pointer, dx: Pointer): void;
  /** Averages over what of the window lies on the image. */
  averagePool(x: Pointer, y: Pointer): void;
  averagePoolGrad(dy: Pointer, dx: Pointer): void;

  /** Bytes of scratch that the normalizations want. */
  batchNormScratch(channels: number): number;
  /** `x` is [rows, channels]; the other operands and results but `y` are [channels]. */
  batchNormTraining(
    x: Pointer,
    scale: Pointer,
    offset: Pointer,
    runningMean: Pointer,
    runningVariance: Pointer,
    y: Pointer,
    newMean: Pointer,
    newVariance: Pointer,
    savedMean: Pointer,
    savedVariance: Pointer,
    rows: number,
    channels: number,
    epsilon: number,
    momentum: number,
    scratch: Pointer,
  ): void;
  batchNormTrainingGrad(
    dy: Pointer,
    x: Pointer,
    scale: Pointer,
    savedMean: Pointer,
    savedVariance: Pointer,
    dx: Pointer,
    dscale: Pointer,
    doffset: Pointer,
    rows: number,
    channels: number,
    epsilon: number,
    scratch: Pointer,
  ): void;
  batchNormInference(
    x: Pointer,
    scale: Pointer,
    offset: Pointer,
    mean: Pointer,
    variance: Pointer,
    y: Pointer,
    rows: number,
    channels: number,
    epsilon: number,
    scratch: Pointer,
  ): void;

  /** `y[i] = operation(x[i])`; `y` may be `x`. */
  unary(operation: Code<typeof unaryOperations>, x: Pointer, y: Pointer, count: number): void;
  /**
   * `y = operation(a, b)` for `y` of [d0, d1, d2, d3] and operands of any strides, in elements: 0 along an axis that is
   * broadcast. Fast where the last strides are 0 or 1. `y` may be an operand that has its shape.
   */
  binary(
    operation: Code<typeof binaryOperations>,
    a: Pointer,
    b: Pointer,
    y: Pointer,
    d0: number,
    d1: number,
    d2: number,
    d3: number,
    a0: number,
    a1: number,
    a2: number,
    a3: number,
    b0: number,
    b1: number,
    b2: number,
    b3: number,
  ): void;
  /** `y[i] = condition[i] !== 0 ? a[i] : b[i]` for the strides of one axis, 0 or 1, in elements. Words of any type. */
  select(
    condition: Pointer,
    a: Pointer,
    b: Pointer,
    y: Pointer,
    count: number,
    conditionStride: Flag,
    aStride: Flag,
    bStride: Flag,
  ): void;

  /** `x` of [outer, count, inner] reduced to [outer, inner]. */
  reduce(reduction: Code<typeof reductions>, x: Pointer, y: Pointer, outer: number, count: number, inner: number): void;
  /** `x` of [outer, count, inner] to the int32 index of the first maximum, [outer, inner]. */
  argMax(x: Pointer, y: Pointer, outer: number, count: number, inner: number): void;
  /** Half the sum of the squares, to one number. */
  l2Loss(x: Pointer, y: Pointer, count: number): void;

  /** Over each row of `columns`; `y` may be `x`. */
  softmax(x: Pointer, y: Pointer, rows: number, columns: number): void;
  /** Over each row of `columns`; `y` may be `x`. */
  logSoftmax(x: Pointer, y: Pointer, rows: number, columns: number): void;
  /** Losses [rows] and gradients [rows, columns] for int32 labels; gives 1 where a label is none of the columns, else 0. */
  sparseSoftmaxCrossEntropy(
    logits: Pointer,
    labels: Pointer,
    losses: Pointer,
    dlogits: Pointer,
    rows: number,
    columns: number,
  ): number;

  /** In place: `variable -= rate * gradient`. */
  applyGradientDescent(variable: Pointer, gradient: Pointer, count: number, rate: number): void;
  /** In place, as the primitive says. */
  applyMomentum(
    variable: Pointer,
    slot: Pointer,
    gradient: Pointer,
    count: number,
    rate: number,
    momentum: number,
    nesterov: Flag,
  ): void;
  /** In place, as the primitive says; the powers are those of the step. */
  applyAdam(
    variable: Pointer,
    first: Pointer,
    second: Pointer,
    gradient: Pointer,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    beta1Power: number,
    beta2Power: number,
  ): void;

  /** The numbers that the primitive draws for a seed pair and a stream, bit for bit. */
  randomUniform(seed0: number, seed1: number, stream: number, y: Pointer, count: number): void;

  /** `y[o, c, r] = x[o, r, c]`. Words of any type. */
  transpose(x: Pointer, y: Pointer, outer: number, rows: number, columns: number): void;
  /** `y` of [d0, d1, d2, d3] read from `x` at these strides, in elements. Words of any type. */
  copyStrided(
    x: Pointer,
    y: Pointer,
    d0: number,
    d1: number,
    d2: number,
    d3: number,
    s0: number,
    s1: number,
    s2: number,
    s3: number,
  ): void;
  /** `x` of [d0, d1, d2, d3] written to `y` at these strides, in elements. Words of any type. */
  placeStrided(
    x: Pointer,
    y: Pointer,
    d0: number,
    d1: number,
    d2: number,
    d3: number,
    s0: number,
    s1: number,
    s2: number,
    s3: number,
  ): void;
  /** Sets words to the bits of a float32. */
  fill(y: Pointer, count: number, value: number): void;
  /**
   * `y[o, i] = table[o, indices[i]]` for rows of `inner` words and a table of [outer, depth, inner]; gives 1 where an index
   * is none of the depth, else 0.
   */
  gather(
    table: Pointer,
    indices: Pointer,
    y: Pointer,
    outer: number,
    depth: number,
    picks: number,
    inner: number,
  ): number;
  /** `y[segments[i]] += x[i]` from zeros, for rows of `inner`; gives 1 where a segment is none of the count, else 0. */
  unsortedSegmentSum(x: Pointer, segments: Pointer, y: Pointer, rows: number, count: number, inner: number): number;

  /** `x` of [batch, height, width, channels] to `y` of [batch, outputHeight, outputWidth, channels]. */
  resizeBilinear(
    x: Pointer,
    y: Pointer,
    batch: number,
    height: number,
    width: number,
    channels: number,
    outputHeight: number,
    outputWidth: number,
    alignCorners: Flag,
  ): void;
  /** The gradient for `x`; the sizes are those of the resizing. */
  resizeBilinearGrad(
    dy: Pointer,
    dx: Pointer,
    batch: number,
    height: number,
    width: number,
    channels: number,
    outputHeight: number,
    outputWidth: number,
    alignCorners: Flag,
  ): void;
}
