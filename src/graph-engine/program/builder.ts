import type { DType } from '../core/shape.ts';
import { broadcastDims, productOf, sameDims } from './dims.ts';
import { createEmitter } from './emitter.ts';
import { isNarrow } from './narrowFloat.ts';
import type { ConvolutionAttributes } from './primitives/convolution.ts';
import type { AttributesOf } from './primitives/index.ts';
import type { PoolingAttributes } from './primitives/pooling.ts';
import type { Precision } from './precision.ts';
import type { Dims, ElementType, Entry, EntryInput, EntryOutput, Instruction, Value, Variable } from './program.ts';

type Transposes = { readonly transposeA?: boolean; readonly transposeB?: boolean };

/** The outputs of a batch normalization in training that lowerings use; the rest serves its gradient. */
export interface BatchNormOutputs {
  readonly y: Value;
  readonly newRunningMean: Value;
  readonly newRunningVariance: Value;
}

/**
 * Writes one entry of a program. Each method appends one instruction (see `primitives/` for what they mean) and returns
 * its value; impossible shapes throw, with the origin in the message.
 *
 * @example
 * const b = createBuilder('predict');
 * const x = b.input('image', [-1, 32, 32, 3], 'float32');
 * const y = b.withOrigin('stem', () => b.relu(b.conv2d(x, b.readVariable(kernel), { strides: [2, 2] })));
 * b.output('features', y);
 * const entry = b.entry();
 */
export interface Builder {
  readonly instructions: readonly Instruction[];
  /** A feed of the entry; -1 stands for the batch. */
  input(name: string, dims: Dims, dtype: DType): Value;
  /** A fetch of the entry; with `onDemand`, one that comes only when it is asked for by name. */
  output(name: string, value: Value, options?: { readonly onDemand?: boolean }): void;
  /** The value of the variable at the start of the entry; the same value however often it is asked for. */
  readVariable(variable: Variable): Value;
  /** The value of the variable after the effects of the entry. */
  readUpdatedVariable(variable: Variable): Value;
  /** Marks what `run` appends as coming from a document path. */
  withOrigin<T>(path: string, run: () => T): T;
  /** The finished entry. */
  entry(): Entry;

  /** Appends an instruction of this entry once more, with other inputs of the same types; returns its new outputs. */
  again(instruction: Instruction, inputs: readonly Value[], origin: string): readonly Value[];
  /** The value, but not before the others are there. */
  after(x: Value, others: readonly Value[]): Value;

  constant(values: readonly number[], shape: readonly number[], dtype?: DType): Value;
  /** A float32 constant without axes; equal numbers share one value. */
  scalar(value: number): Value;
  /** The number of elements of a shape as a float32 scalar, known at run time when it has the batch. */
  elementCount(dims: Dims): Value;
  /** Sums away what broadcasting from `dims` to the value's dims added. */
  sumTo(x: Value, dims: Dims): Value;

  /** `x` [n, h, w, c], `kernel` [kh, kw, c / groups, out]; strides 1, dilations 1, padding `same` and 1 group by default. */
  conv2d(x: Value, kernel: Value, attributes?: Partial<ConvolutionAttributes>): Value;
  conv2dBackpropInput(kernel: Value, dy: Value, inputDims: Dims, attributes?: Partial<ConvolutionAttributes>): Value;
  conv2dBackpropFilter(x: Value, dy: Value, kernelDims: Dims, attributes?: Partial<ConvolutionAttributes>): Value;
  biasAdd(x: Value, bias: Value): Value;
  biasAddGrad(dy: Value): Value;
  matMul(a: Value, b: Value, transposes?: Transposes): Value;
  batchMatMul(a: Value, b: Value, transposes?: Transposes): Value;

  add(a: Value, b: Value): Value;
  subtract(a: Value, b: Value): Value;
  multiply(a: Value, b: Value): Value;
  divide(a: Value, b: Value): Value;
  maximum(a: Value, b: Value): Value;
  minimum(a: Value, b: Value): Value;
  negate(x: Value): Value;
  exp(x: Value): Value;
  log(x: Value): Value;
  sqrt(x: Value): Value;
  rsqrt(x: Value): Value;
  square(x: Value): Value;
  greater(a: Value, b: Value): Value;
  greaterEqual(a: Value, b: Value): Value;
  equal(a: Value, b: Value): Value;
  select(condition: Value, a: Value, b: Value): Value;
  cast(x: Value, dtype: ElementType): Value;

  relu(x: Value): Value;
  reluGrad(dy: Value, y: Value): Value;
  sigmoid(x: Value): Value;
  sigmoidGrad(y: Value, dy: Value): Value;
  tanh(x: Value): Value;
  tanhGrad(y: Value, dy: Value): Value;
  erf(x: Value): Value;
  softmax(x: Value): Value;
  logSoftmax(x: Value): Value;

  /** Epsilon 1e-5 and momentum 0.1 (the share of the new batch) by default. */
  batchNormTraining(
    x: Value,
    scale: Value,
    offset: Value,
    runningMean: Value,
    runningVariance: Value,
    attributes?: { readonly epsilon?: number; readonly momentum?: number },
  ): BatchNormOutputs;
  batchNormTrainingGrad(
    dy: Value,
    x: Value,
    scale: Value,
    savedMean: Value,
    savedVariance: Value,
    reserve: Value,
    epsilon: number,
  ): readonly [dx: Value, dscale: Value, doffset: Value];
  batchNormInference(
    x: Value,
    scale: Value,
    offset: Value,
    mean: Value,
    variance: Value,
    attributes?: { readonly epsilon?: number },
  ): Value;

  /** Window 2, strides as the window and padding `valid` by default. */
  maxPool(x: Value, attributes?: Partial<PoolingAttributes>): Value;
  maxPoolGrad(x: Value, y: Value, dy: Value, attributes?: Partial<PoolingAttributes>): Value;
  averagePool(x: Value, attributes?: Partial<PoolingAttributes>): Value;
  averagePoolGrad(dy: Value, inputDims: Dims, attributes?: Partial<PoolingAttributes>): Value;

  /** `size` is height and width of the result. */
  resizeBilinear(x: Value, size: readonly [number, number], alignCorners?: boolean): Value;
  resizeBilinearGrad(dy: Value, x: Value, alignCorners?: boolean): Value;

  reduceSum(x: Value, axes: readonly number[], keepDims?: boolean): Value;
  reduceMean(x: Value, axes: readonly number[], keepDims?: boolean): Value;
  reduceMax(x: Value, axes: readonly number[], keepDims?: boolean): Value;
  /** Half the sum of the squares of all elements. */
  l2Loss(x: Value): Value;
  argMax(x: Value, axis: number): Value;

  sparseSoftmaxCrossEntropy(logits: Value, labels: Value): { readonly losses: Value; readonly dlogits: Value };

  reshape(x: Value, dims: Dims): Value;
  transpose(x: Value, permutation: readonly number[]): Value;
  concat(inputs: readonly Value[], axis: number): Value;
  /** A vector of scalars. */
  pack(scalars: readonly Value[]): Value;
  /** Parts of these sizes along an axis. */
  split(x: Value, axis: number, sizes: readonly number[]): readonly Value[];
  slice(x: Value, begin: readonly number[], size: Dims): Value;
  stridedSlice(x: Value, begin: readonly number[], end: readonly number[], strides: readonly number[]): Value;
  /** `pads` is before and after for each axis in turn; the value is 0 by default. */
  pad(x: Value, pads: readonly number[], value?: number): Value;
  broadcastTo(x: Value, dims: Dims): Value;
  gather(table: Value, indices: Value, axis?: number): Value;
  /** Sums of the rows of `x` by their segment, for `count` segments. */
  unsortedSegmentSum(x: Value, segments: Value, count: number): Value;
  oneHot(indices: Value, depth: number): Value;

  /** `stream` must differ between uses in one entry; `like` is needed when the dims have the batch. */
  randomUniform(seed: Value, dims: Dims, stream: number, like?: Value): Value;

  assign(variable: Variable, value: Value): void;
  applyGradientDescent(variable: Variable, learningRate: Value, gradient: Value): void;
  applyMomentum(
    variable: Variable,
    slot: Variable,
    learningRate: Value,
    gradient: Value,
    attributes: { readonly momentum: number; readonly nesterov: boolean },
  ): void;
  applyAdam(
    variable: Variable,
    slots: { readonly first: Variable; readonly second: Variable },
    inputs: {
      readonly learningRate: Value;
      readonly gradient: Value;
      readonly beta1Power: Value;
      readonly beta2Power: Value;
    },
    attributes: { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
  ): void;
}

function convolution(attributes: Partial<ConvolutionAttributes> = {}): ConvolutionAttributes {
  const { strides = [1, 1], dilations = [1, 1], padding = 'same', pads = [0, 0, 0, 0], groups = 1 } = attributes;
  return { strides, dilations, padding, pads: padding === 'explicit' ? pads : [0, 0, 0, 0], groups };
}

function pooling(attributes: Partial<PoolingAttributes> = {}): PoolingAttributes {
  const { window = [2, 2], strides = window, padding = 'valid', pads = [0, 0, 0, 0] } = attributes;
  return { window, strides, padding, pads: padding === 'explicit' ? pads : [0, 0, 0, 0] };
}

function demandVariable(variable: Variable, value: Value, what: string): void {
  if (!sameDims(variable.dims, value.dims) || variable.dtype !== value.dtype) {
    throw new Error(
      `${variable.name}: ${what} is ${value.dtype} [${value.dims.join(', ')}], the variable ${variable.dtype} [${variable.dims.join(', ')}]`,
    );
  }
}

/** Starts an entry of a program. */
export function createBuilder(entryName: string, precision: Precision = 'float32'): Builder {
  const emitter = createEmitter(precision);
  const { emit } = emitter;
  const inputs: EntryInput[] = [];
  const outputs: EntryOutput[] = [];
  const reads = new Map<string, Value>();
  const scalars = new Map<number, Value>();
  const scalarOf = new Map<number, number>();

  const unary =
    (
      name:
        | 'negate'
        | 'exp'
        | 'log'
        | 'sqrt'
        | 'rsqrt'
        | 'square'
        | 'relu'
        | 'sigmoid'
        | 'tanh'
        | 'erf'
        | 'softmax'
        | 'logSoftmax',
    ) =>
    (x: Value): Value =>
      emit(name, [x], {})[0];
  const binary =
    (
      name:
        | 'maximum'
        | 'minimum'
        | 'greater'
        | 'greaterEqual'
        | 'equal'
        | 'biasAdd'
        | 'reluGrad'
        | 'sigmoidGrad'
        | 'tanhGrad',
    ) =>
    (a: Value, b: Value): Value =>
      emit(name, [a, b], {})[0];
  const matrix = ({ transposeA = false, transposeB = false }: Transposes = {}): AttributesOf<'matMul'> => ({
    transposeA,
    transposeB,
  });

  /** Whether `b` is the neutral scalar, so that the instruction would only copy `a`. */
  const leaves = (a: Value, b: Value, neutral: number): boolean =>
    scalarOf.get(b.id) === neutral && sameDims(a.dims, broadcastDims(a.dims, b.dims));

  const builder: Builder = {
    instructions: emitter.instructions,
    input(name, dims, dtype) {
      if (inputs.some((input) => input.name === name)) throw new Error(`${entryName} has two inputs named ${name}`);
      const value = emitter.freshValue(dims, dtype);
      inputs.push({ name, value });
      return value;
    },
    output(name, value, { onDemand = false } = {}) {
      if (outputs.some((output) => output.name === name)) throw new Error(`${entryName} has two outputs named ${name}`);
      outputs.push({
        name,
        value: isNarrow(value.dtype) ? emitter.convert(value, 'float32') : value,
        ...(onDemand && { onDemand: true as const }),
      });
    },
    readVariable({ name, dims, dtype }) {
      const known = reads.get(name);
      if (known !== undefined) return known;
      const [value] = emit('readVariable', [], { name, dims, dtype });
      reads.set(name, value);
      return value;
    },
    readUpdatedVariable: ({ name, dims, dtype }) => emit('readUpdatedVariable', [], { name, dims, dtype })[0],
    withOrigin: emitter.withOrigin,
    entry: () => ({
      name: entryName,
      inputs: [...inputs],
      instructions: [...emitter.instructions],
      outputs: [...outputs],
    }),

    again: emitter.again,
    after: (x, others) => (others.length === 0 ? x : emit('after', [x, ...others], {})[0]),

    constant: (values, shape, dtype = 'float32') => emit('constant', [], { values, shape, dtype })[0],
    scalar(value) {
      const known = scalars.get(value);
      if (known !== undefined) return known;
      const constant = builder.constant([value], []);
      scalars.set(value, constant);
      scalarOf.set(constant.id, value);
      return constant;
    },
    elementCount(dims) {
      const count = productOf(dims);
      return count > 0
        ? builder.scalar(count)
        : builder.reduceSum(builder.broadcastTo(builder.scalar(-count), [-1]), [0]);
    },
    sumTo(x, dims) {
      if (sameDims(x.dims, dims)) return x;
      const missing = x.dims.length - dims.length;
      const axes = x.dims.flatMap((dim, i) => (i < missing || dims[i - missing] !== dim ? [i] : []));
      const summed = axes.length === 0 ? x : builder.reduceSum(x, axes);
      return sameDims(summed.dims, dims) ? summed : builder.reshape(summed, dims);
    },

    conv2d: (x, kernel, attributes) => emit('conv2d', [x, kernel], convolution(attributes))[0],
    conv2dBackpropInput: (kernel, dy, inputDims, attributes) =>
      emit('conv2dBackpropInput', [kernel, dy], { ...convolution(attributes), inputDims })[0],
    conv2dBackpropFilter: (x, dy, kernelDims, attributes) =>
      emit('conv2dBackpropFilter', [x, dy], { ...convolution(attributes), kernelDims })[0],
    biasAdd: binary('biasAdd'),
    biasAddGrad: (dy) => emit('biasAddGrad', [dy], {})[0],
    matMul: (a, b, transposes) => emit('matMul', [a, b], matrix(transposes))[0],
    batchMatMul: (a, b, transposes) => emit('batchMatMul', [a, b], matrix(transposes))[0],

    add: (a, b) => (leaves(a, b, 0) ? a : leaves(b, a, 0) ? b : emit('add', [a, b], {})[0]),
    subtract: (a, b) => (leaves(a, b, 0) ? a : emit('subtract', [a, b], {})[0]),
    multiply: (a, b) => (leaves(a, b, 1) ? a : leaves(b, a, 1) ? b : emit('multiply', [a, b], {})[0]),
    divide: (a, b) => (leaves(a, b, 1) ? a : emit('divide', [a, b], {})[0]),
    maximum: binary('maximum'),
    minimum: binary('minimum'),
    negate: unary('negate'),
    exp: unary('exp'),
    log: unary('log'),
    sqrt: unary('sqrt'),
    rsqrt: unary('rsqrt'),
    square: unary('square'),
    greater: binary('greater'),
    greaterEqual: binary('greaterEqual'),
    equal: binary('equal'),
    select: (condition, a, b) => emit('select', [condition, a, b], {})[0],
    cast: emitter.convert,

    relu: unary('relu'),
    reluGrad: binary('reluGrad'),
    sigmoid: unary('sigmoid'),
    sigmoidGrad: binary('sigmoidGrad'),
    tanh: unary('tanh'),
    tanhGrad: binary('tanhGrad'),
    erf: unary('erf'),
    softmax: unary('softmax'),
    logSoftmax: unary('logSoftmax'),

    batchNormTraining(x, scale, offset, runningMean, runningVariance, { epsilon = 1e-5, momentum = 0.1 } = {}) {
      const [y, newRunningMean, newRunningVariance] = emit(
        'batchNormTraining',
        [x, scale, offset, runningMean, runningVariance],
        { epsilon, momentum },
      );
      return { y, newRunningMean, newRunningVariance };
    },
    batchNormTrainingGrad: (dy, x, scale, savedMean, savedVariance, reserve, epsilon) =>
      emit('batchNormTrainingGrad', [dy, x, scale, savedMean, savedVariance, reserve], { epsilon }),
    batchNormInference: (x, scale, offset, mean, variance, { epsilon = 1e-5 } = {}) =>
      emit('batchNormInference', [x, scale, offset, mean, variance], { epsilon })[0],

    maxPool: (x, attributes) => emit('maxPool', [x], pooling(attributes))[0],
    maxPoolGrad: (x, y, dy, attributes) => emit('maxPoolGrad', [x, y, dy], pooling(attributes))[0],
    averagePool: (x, attributes) => emit('averagePool', [x], pooling(attributes))[0],
    averagePoolGrad: (dy, inputDims, attributes) =>
      emit('averagePoolGrad', [dy], { ...pooling(attributes), inputDims })[0],

    resizeBilinear: (x, size, alignCorners = false) => emit('resizeBilinear', [x], { size, alignCorners })[0],
    resizeBilinearGrad: (dy, x, alignCorners = false) => emit('resizeBilinearGrad', [dy, x], { alignCorners })[0],

    reduceSum: (x, axes, keepDims = false) => emit('reduceSum', [x], { axes, keepDims })[0],
    reduceMean: (x, axes, keepDims = false) => emit('reduceMean', [x], { axes, keepDims })[0],
    reduceMax: (x, axes, keepDims = false) => emit('reduceMax', [x], { axes, keepDims })[0],
    l2Loss: (x) => emit('l2Loss', [x], {})[0],
    argMax: (x, axis) => emit('argMax', [x], { axis })[0],

    sparseSoftmaxCrossEntropy(logits, labels) {
      const [losses, dlogits] = emit('sparseSoftmaxCrossEntropy', [logits, labels], {});
      return { losses, dlogits };
    },

    reshape: (x, dims) => (sameDims(x.dims, dims) ? x : emit('reshape', [x], { dims })[0]),
    transpose: (x, permutation) => emit('transpose', [x], { permutation })[0],
    concat: (values, axis) => emit('concat', values, { axis })[0],
    pack: (scalars) => emit('pack', scalars, {})[0],
    split: (x, axis, sizes) => emit('split', [x], { axis, sizes }),
    slice: (x, begin, size) => emit('slice', [x], { begin, size })[0],
    stridedSlice: (x, begin, end, strides) => emit('stridedSlice', [x], { begin, end, strides })[0],
    pad: (x, pads, value = 0) =>
      pads.length === 2 * x.dims.length && pads.every((count) => count === 0)
        ? x
        : emit('pad', [x], { pads, value })[0],
    broadcastTo: (x, dims) => (sameDims(x.dims, dims) ? x : emit('broadcastTo', [x], { dims })[0]),
    gather: (table, indices, axis = 0) => emit('gather', [table, indices], { axis })[0],
    unsortedSegmentSum: (x, segments, count) => emit('unsortedSegmentSum', [x, segments], { count })[0],
    oneHot: (indices, depth) => emit('oneHot', [indices], { depth })[0],

    randomUniform: (seed, dims, stream, like) =>
      emit('randomUniform', like === undefined ? [seed] : [seed, like], { dims, stream })[0],

    assign(variable, value) {
      demandVariable(variable, value, 'the value');
      emit('assign', [value], { name: variable.name });
    },
    applyGradientDescent(variable, learningRate, gradient) {
      demandVariable(variable, gradient, 'the gradient');
      emit('applyGradientDescent', [learningRate, gradient], { name: variable.name });
    },
    applyMomentum(variable, slot, learningRate, gradient, { momentum, nesterov }) {
      demandVariable(variable, gradient, 'the gradient');
      emit('applyMomentum', [learningRate, gradient], { name: variable.name, slot: slot.name, momentum, nesterov });
    },
    applyAdam(variable, slots, { learningRate, gradient, beta1Power, beta2Power }, { beta1, beta2, epsilon }) {
      demandVariable(variable, gradient, 'the gradient');
      emit('applyAdam', [learningRate, gradient, beta1Power, beta2Power], {
        name: variable.name,
        first: slots.first.name,
        second: slots.second.name,
        beta1,
        beta2,
        epsilon,
      });
    },
  };
  return builder;
}
