import { countOf } from './constantTensor.ts';
import { elementTypes } from './elementTypes.ts';
import { fromFront, numbersOf, scalarOf, type Fact } from './facts.ts';
import { intOf, intsOf, textOf, type SourceNode } from './sourceModel.ts';
import { broadcastDims } from './strided.ts';

type Dims = readonly number[];
/** The shapes of a node's outputs; `undefined` where they do not follow. */
type Rule = (node: SourceNode, inputs: readonly (Fact | undefined)[]) => readonly (Dims | undefined)[] | undefined;

/** The shapes of the outputs of an operator of ONNX itself; `undefined` for one without a rule. */
export function outputDims(node: SourceNode, inputs: readonly (Fact | undefined)[]): ReturnType<Rule> {
  const rule = Object.hasOwn(rules, node.opType) ? rules[node.opType] : undefined;
  return rule?.(node, inputs);
}

const same: Rule = (_, [x]) => [x?.dims];
const broadcast: Rule = (_, inputs) => {
  let dims: Dims | undefined = [];
  for (const input of inputs) {
    if (input === undefined) continue;
    if (input.dims === undefined || dims === undefined) return undefined;
    dims = broadcastDims(dims, input.dims);
  }
  return [dims];
};

/** Axes from an input or an attribute, counted from the front. */
export function axesOf(node: SourceNode, input: Fact | undefined, rank: number): readonly number[] | undefined {
  const given = input === undefined ? intsOf(node, 'axes') : numbersOf(input);
  return given?.map((axis) => fromFront(axis, rank));
}

const reduced: Rule = (node, [x, axes]) => {
  if (x?.dims === undefined) return undefined;
  const all = x.dims.map((_, i) => i);
  if (axes !== undefined && numbersOf(axes) === undefined) return undefined;
  const given = axesOf(node, axes, x.dims.length) ?? [];
  if (given.length === 0 && intOf(node, 'noop_with_empty_axes', 0) === 1) return [x.dims];
  const gone = given.length === 0 ? all : given;
  return [
    intOf(node, 'keepdims', 1) === 1
      ? x.dims.map((size, i) => (gone.includes(i) ? 1 : size))
      : x.dims.filter((_, i) => !gone.includes(i)),
  ];
};

/** Padding before and after along each spatial axis. */
export function padsOfNode(node: SourceNode, spatial: Dims, kernel: Dims): readonly (readonly [number, number])[] {
  const pads = intsOf(node, 'pads') ?? spatial.flatMap(() => [0, 0]);
  const auto = textOf(node, 'auto_pad', 'NOTSET');
  if (auto === 'VALID') return spatial.map(() => [0, 0] as const);
  if (auto === 'NOTSET' || auto === '') {
    return spatial.map((_, i) => [pads[i] ?? 0, pads[i + spatial.length] ?? 0] as const);
  }
  const strides = intsOf(node, 'strides') ?? spatial.map(() => 1);
  const dilations = intsOf(node, 'dilations') ?? spatial.map(() => 1);
  return spatial.map((size, i) => {
    const [stride, reach] = [strides[i] ?? 1, ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1];
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    const less = Math.floor(total / 2);
    return auto === 'SAME_UPPER' ? ([less, total - less] as const) : ([total - less, less] as const);
  });
}

function slid(node: SourceNode, spatial: Dims, kernel: Dims): number[] {
  const strides = intsOf(node, 'strides') ?? spatial.map(() => 1);
  const dilations = intsOf(node, 'dilations') ?? spatial.map(() => 1);
  const pads = padsOfNode(node, spatial, kernel);
  const up = intOf(node, 'ceil_mode', 0) === 1;
  return spatial.map((size, i) => {
    const [before, after] = pads[i] ?? [0, 0];
    const [stride, reach] = [strides[i] ?? 1, ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1];
    const steps = (size + before + after - reach) / stride;
    const count = (up ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window may not begin behind the image and the padding before it.
    return up && (count - 1) * stride >= size + before ? count - 1 : count;
  });
}

const pool: Rule = (node, [x]) => {
  const kernel = intsOf(node, 'kernel_shape');
  if (x?.dims === undefined || kernel === undefined) return undefined;
  const dims = [...x.dims.slice(0, 2), ...slid(node, x.dims.slice(2), kernel)];
  return [dims, dims];
};

const globalPool: Rule = (_, [x]) => (x?.dims === undefined ? undefined : [x.dims.map((d, i) => (i < 2 ? d : 1))]);

const matMul: Rule = (_, [a, b]) => {
  if (a?.dims === undefined || b?.dims === undefined || a.dims.length < 1 || b.dims.length < 1) return undefined;
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  if (left.at(-1) !== right.at(-2)) return undefined;
  const batch = broadcastDims(left.slice(0, -2), right.slice(0, -2));
  if (batch === undefined) return undefined;
  const rows = a.dims.length === 1 ? [] : [left.at(-2) ?? 1];
  const columns = b.dims.length === 1 ? [] : [right.at(-1) ?? 1];
  return [[...batch, ...rows, ...columns]];
};

/** Where a slice begins, how far it steps and how many it takes, along each axis. */
export function sliceWindows(
  dims: Dims,
  [, starts, ends, axes, steps]: readonly (Fact | undefined)[],
): readonly { readonly from: number; readonly step: number; readonly count: number }[] | undefined {
  const [from, to] = [numbersOf(starts), numbersOf(ends)];
  if (from === undefined || to === undefined) return undefined;
  const along = axes === undefined ? from.map((_, i) => i) : numbersOf(axes);
  const by = steps === undefined ? from.map(() => 1) : numbersOf(steps);
  if (along === undefined || by === undefined) return undefined;
  const windows = dims.map((size) => ({ from: 0, step: 1, count: size }));
  for (const [i, given] of along.entries()) {
    const axis = fromFront(given, dims.length);
    const size = dims[axis];
    if (size === undefined) return undefined;
    const step = by[i] ?? 1;
    if (step === 0) return undefined;
    const place = (value: number): number => (value < 0 ? value + size : value);
    const low = step > 0 ? 0 : -1;
    const high = step > 0 ? size : size - 1;
    const clamp = (value: number, least: number): number => Math.min(Math.max(value, least), high);
    const begin = clamp(place(from[i] ?? 0), step > 0 ? 0 : 0);
    const end = clamp(place(to[i] ?? 0), low);
    windows[axis] = { from: begin, step, count: Math.max(0, Math.ceil((end - begin) / step)) };
  }
  return windows;
}

/** Sizes of the parts of a Split. */
export function splitSizes(node: SourceNode, size: number, parts: Fact | undefined): readonly number[] | undefined {
  if (parts !== undefined) return numbersOf(parts);
  const given = intsOf(node, 'split');
  if (given !== undefined) return given;
  const count = intOf(node, 'num_outputs', node.outputs.length);
  const each = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.min(each, size - i * each));
}

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    [
      ...['Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'BitwiseNot', 'Cast', 'Ceil', 'Celu', 'Clip'],
      ...['Cos', 'Cosh', 'CumSum', 'Elu', 'Erf', 'Exp', 'Floor', 'Gelu', 'HardSigmoid', 'HardSwish', 'Hardmax'],
      ...['Identity', 'InstanceNormalization', 'IsInf', 'IsNaN', 'LRN', 'LeakyRelu', 'Log', 'LogSoftmax', 'Mish'],
      ...['Neg', 'Not', 'PRelu', 'Reciprocal', 'Relu', 'Round', 'Selu', 'Shrink', 'Sigmoid', 'Sign', 'Sin', 'Sinh'],
      ...['Softmax', 'Softplus', 'Softsign', 'Sqrt', 'Tan', 'Tanh', 'ThresholdedRelu', 'Trilu', 'Swish'],
      ...['GroupNormalization', 'LpNormalization', 'MeanVarianceNormalization', 'RMSNormalization', 'Bernoulli'],
      ...['CastLike', 'ScatterND', 'ScatterElements', 'Scatter', 'ReverseSequence', 'EyeLike', 'RandomNormalLike'],
      ...['RandomUniformLike', 'BatchNormalization', 'QuantizeLinear', 'DequantizeLinear', 'ImageScaler', 'Affine'],
    ].map((name): [string, Rule] => [name, same]),
  ),
  ...Object.fromEntries(
    [
      ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Min', 'Max', 'Mean', 'Sum', 'And', 'Or', 'Xor', 'Equal', 'Less'],
      ...['LessOrEqual', 'Greater', 'GreaterOrEqual', 'Where', 'BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
    ].map((name): [string, Rule] => [name, broadcast]),
  ),
  ...Object.fromEntries(
    [
      ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceLogSum'],
      ...['ReduceLogSumExp', 'ReduceSumSquare'],
    ].map((name): [string, Rule] => [name, reduced]),
  ),
  AveragePool: pool,
  MaxPool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  MatMul: matMul,
  MatMulInteger: matMul,
  LayerNormalization: (_, [x]) => [x?.dims],
  Dropout: (_, [x]) => [x?.dims, x?.dims],
  Conv(node, [x, w]) {
    if (x?.dims === undefined || w?.dims === undefined || x.dims.length !== w.dims.length) return undefined;
    const [batch = 1] = x.dims;
    return [[batch, w.dims[0] ?? 1, ...slid(node, x.dims.slice(2), w.dims.slice(2))]];
  },
  ConvTranspose(node, [x, w]) {
    if (x?.dims === undefined || w?.dims === undefined) return undefined;
    const spatial = x.dims.slice(2);
    const kernel = w.dims.slice(2);
    const channels = (w.dims[1] ?? 1) * intOf(node, 'group', 1);
    const wanted = intsOf(node, 'output_shape');
    if (wanted !== undefined) return [[x.dims[0] ?? 1, channels, ...wanted.slice(-spatial.length)]];
    const strides = intsOf(node, 'strides') ?? spatial.map(() => 1);
    const auto = textOf(node, 'auto_pad', 'NOTSET');
    if (auto.startsWith('SAME')) {
      return [[x.dims[0] ?? 1, channels, ...spatial.map((size, i) => size * (strides[i] ?? 1))]];
    }
    const dilations = intsOf(node, 'dilations') ?? spatial.map(() => 1);
    const more = intsOf(node, 'output_padding') ?? spatial.map(() => 0);
    const pads = padsOfNode(node, spatial, kernel);
    const grown = spatial.map((size, i) => {
      const [before, after] = pads[i] ?? [0, 0];
      const reach = ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
      return (size - 1) * (strides[i] ?? 1) + (more[i] ?? 0) + reach - before - after;
    });
    return [[x.dims[0] ?? 1, channels, ...grown]];
  },
  Gemm(node, [a, b]) {
    if (a?.dims?.length !== 2 || b?.dims?.length !== 2) return undefined;
    const rows = a.dims[intOf(node, 'transA', 0) === 1 ? 1 : 0] ?? 1;
    return [[rows, b.dims[intOf(node, 'transB', 0) === 1 ? 0 : 1] ?? 1]];
  },
  Transpose(node, [x]) {
    if (x?.dims === undefined) return undefined;
    const { dims } = x;
    return [(intsOf(node, 'perm') ?? dims.map((_, i) => dims.length - 1 - i)).map((axis) => dims[axis] ?? 1)];
  },
  Reshape(node, [x, shape]) {
    const wanted = numbersOf(shape) ?? intsOf(node, 'shape');
    if (x?.dims === undefined || wanted === undefined) return undefined;
    const { dims } = x;
    const copies = intOf(node, 'allowzero', 0) === 0;
    const sizes = wanted.map((size, i) => (size === 0 && copies ? (dims[i] ?? 1) : size));
    const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const result = sizes.map((size) => (size === -1 ? (known === 0 ? 0 : countOf(dims) / known) : size));
    return countOf(result) === countOf(dims) && result.every(Number.isInteger) ? [result] : undefined;
  },
  Flatten(node, [x]) {
    if (x?.dims === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 1), x.dims.length);
    return [[countOf(x.dims.slice(0, axis)), countOf(x.dims.slice(axis))]];
  },
  Squeeze(node, [x, given]) {
    if (x?.dims === undefined || (given !== undefined && numbersOf(given) === undefined)) return undefined;
    const { dims } = x;
    const gone = axesOf(node, given, dims.length) ?? dims.flatMap((size, i) => (size === 1 ? [i] : []));
    return [dims.filter((_, i) => !gone.includes(i))];
  },
  Unsqueeze(node, [x, given]) {
    if (x?.dims === undefined) return undefined;
    const raw = given === undefined ? intsOf(node, 'axes') : numbersOf(given);
    if (raw === undefined) return undefined;
    const rank = x.dims.length + raw.length;
    const fresh = new Set(raw.map((axis) => fromFront(axis, rank)));
    const rest = [...x.dims];
    return [Array.from({ length: rank }, (_, i) => (fresh.has(i) ? 1 : (rest.shift() ?? 1)))];
  },
  Concat(node, inputs) {
    const all = inputs.map((input) => input?.dims);
    const [first] = all;
    if (first === undefined || all.some((dims) => dims?.length !== first.length)) return undefined;
    const axis = fromFront(intOf(node, 'axis', 1), first.length);
    const sum = all.reduce((total, dims) => total + (dims?.[axis] ?? 0), 0);
    return [first.map((size, i) => (i === axis ? sum : size))];
  },
  Split(node, [x, parts]) {
    if (x?.dims === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 0), x.dims.length);
    const sizes = splitSizes(node, x.dims[axis] ?? 1, parts);
    return sizes?.map((size) => x.dims?.map((old, i) => (i === axis ? size : old)));
  },
  Slice(_, inputs) {
    const [x] = inputs;
    if (x?.dims === undefined) return undefined;
    const windows = sliceWindows(x.dims, inputs);
    return windows === undefined ? undefined : [windows.map(({ count }) => count)];
  },
  Gather(node, [x, indices]) {
    if (x?.dims === undefined || indices?.dims === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 0), x.dims.length);
    return [[...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]];
  },
  GatherElements: (_, [, indices]) => [indices?.dims],
  GatherND(node, [x, indices]) {
    if (x?.dims === undefined || indices?.dims === undefined) return undefined;
    const batch = intOf(node, 'batch_dims', 0);
    const depth = indices.dims.at(-1) ?? 1;
    return [[...indices.dims.slice(0, -1), ...x.dims.slice(batch + depth)]];
  },
  Expand(_, [x, shape]) {
    const wanted = numbersOf(shape);
    if (x?.dims === undefined || wanted === undefined) return undefined;
    const dims = broadcastDims(x.dims, wanted);
    return dims === undefined ? undefined : [dims];
  },
  Tile(_, [x, repeats]) {
    const times = numbersOf(repeats);
    return x?.dims === undefined || times === undefined ? undefined : [x.dims.map((size, i) => size * (times[i] ?? 1))];
  },
  Pad(node, [x, given, , along]) {
    const pads = given === undefined ? intsOf(node, 'pads') : numbersOf(given);
    if (x?.dims === undefined || pads === undefined) return undefined;
    const rank = x.dims.length;
    const axes = along === undefined ? x.dims.map((_, i) => i) : numbersOf(along)?.map((axis) => fromFront(axis, rank));
    if (axes === undefined) return undefined;
    const grown = [...x.dims];
    for (const [i, axis] of axes.entries()) {
      grown[axis] = (grown[axis] ?? 1) + (pads[i] ?? 0) + (pads[i + axes.length] ?? 0);
    }
    return [grown];
  },
  Shape(node, [x]) {
    if (x?.dims === undefined) return undefined;
    const rank = x.dims.length;
    const [start, end] = [fromFront(intOf(node, 'start', 0), rank), fromFront(intOf(node, 'end', rank), rank)];
    return [[Math.max(0, Math.min(end, rank) - Math.max(0, start))]];
  },
  Size: () => [[]],
  ConstantOfShape: (_, [shape]) => [numbersOf(shape)],
  Range(_, [start, limit, delta]) {
    const [from, to, by] = [scalarOf(start), scalarOf(limit), scalarOf(delta)];
    if (from === undefined || to === undefined || by === undefined || by === 0) return undefined;
    return [[Math.max(0, Math.ceil((to - from) / by))]];
  },
  Resize(node, [x, , scales, sizes]) {
    if (x?.dims === undefined) return undefined;
    const { dims } = x;
    const rank = dims.length;
    const along = intsOf(node, 'axes')?.map((axis) => fromFront(axis, rank)) ?? dims.map((_, i) => i);
    const policy = textOf(node, 'keep_aspect_ratio_policy', 'stretch');
    const wanted = numbersOf(sizes);
    const factors = numbersOf(scales);
    const result = [...dims];
    if (wanted !== undefined && wanted.length > 0 && policy === 'stretch') {
      for (const [i, axis] of along.entries()) result[axis] = wanted[i] ?? 1;
    } else if (factors !== undefined && factors.length > 0) {
      for (const [i, axis] of along.entries()) result[axis] = Math.floor((dims[axis] ?? 1) * (factors[i] ?? 1));
    } else return undefined;
    return [result];
  },
  DepthToSpace(node, [x]) {
    if (x?.dims?.length !== 4) return undefined;
    const [n = 1, c = 1, h = 1, w = 1] = x.dims;
    const block = intOf(node, 'blocksize', 1);
    return [[n, c / block ** 2, h * block, w * block]];
  },
  SpaceToDepth(node, [x]) {
    if (x?.dims?.length !== 4) return undefined;
    const [n = 1, c = 1, h = 1, w = 1] = x.dims;
    const block = intOf(node, 'blocksize', 1);
    return [[n, c * block ** 2, h / block, w / block]];
  },
  ArgMax: argument,
  ArgMin: argument,
  TopK(node, [x, k]) {
    const count = scalarOf(k) ?? intOf(node, 'k', -1);
    if (x?.dims === undefined || count < 0) return undefined;
    const axis = fromFront(intOf(node, 'axis', -1), x.dims.length);
    const dims = x.dims.map((size, i) => (i === axis ? count : size));
    return [dims, dims];
  },
  OneHot(node, [indices, depth]) {
    const count = scalarOf(depth);
    if (indices?.dims === undefined || count === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', -1), indices.dims.length + 1);
    return [[...indices.dims.slice(0, axis), count, ...indices.dims.slice(axis)]];
  },
  Attention(node, [q, k, v]) {
    if (q?.dims === undefined || v?.dims === undefined || k?.dims === undefined) return undefined;
    if (q.dims.length === 4) return [[...q.dims.slice(0, 3), v.dims.at(-1) ?? 1]];
    const [heads, keyHeads] = [intOf(node, 'q_num_heads', 1), intOf(node, 'kv_num_heads', 1)];
    return [[q.dims[0] ?? 1, q.dims[1] ?? 1, ((v.dims[2] ?? 1) / keyHeads) * heads]];
  },
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Einsum(node, inputs) {
    const equation = textOf(node, 'equation', '').replaceAll(' ', '');
    const [left = '', right] = equation.split('->');
    if (right === undefined || equation.includes('.')) return undefined;
    const sizes = new Map<string, number>();
    for (const [i, term] of left.split(',').entries()) {
      for (const [axis, letter] of [...term].entries()) {
        const size = inputs[i]?.dims?.[axis];
        if (size === undefined) return undefined;
        sizes.set(letter, size);
      }
    }
    return [[...right].map((letter) => sizes.get(letter) ?? 1)];
  },
};

function argument(node: SourceNode, [x]: readonly (Fact | undefined)[]): readonly Dims[] | undefined {
  if (x?.dims === undefined) return undefined;
  const axis = fromFront(intOf(node, 'axis', 0), x.dims.length);
  return [
    intOf(node, 'keepdims', 1) === 1
      ? x.dims.map((size, i) => (i === axis ? 1 : size))
      : x.dims.filter((_, i) => i !== axis),
  ];
}

function recurrent(node: SourceNode, [x, , weights]: readonly (Fact | undefined)[]): readonly Dims[] | undefined {
  const hidden = intOf(node, 'hidden_size', weights?.dims?.[2] ?? 0);
  if (x?.dims?.length !== 3 || hidden === 0) return undefined;
  const directions = textOf(node, 'direction', 'forward') === 'bidirectional' ? 2 : 1;
  const [length = 1, batch = 1] = intOf(node, 'layout', 0) === 1 ? [x.dims[1], x.dims[0]] : x.dims;
  if (intOf(node, 'layout', 0) === 1) {
    const state = [batch, directions, hidden];
    return [[batch, length, directions, hidden], state, state];
  }
  const state = [directions, batch, hidden];
  return [[length, directions, batch, hidden], state, state];
}

/** The element type of each output of an operator of ONNX itself; 0 where it does not follow. */
export function outputElementType(node: SourceNode, inputs: readonly (Fact | undefined)[], index: number): number {
  switch (node.opType) {
    case 'Cast':
      return intOf(node, 'to', 0);
    case 'Shape':
    case 'Size':
    case 'ArgMax':
    case 'ArgMin':
    case 'NonZero':
      return elementTypes.int64;
    case 'Equal':
    case 'Less':
    case 'LessOrEqual':
    case 'Greater':
    case 'GreaterOrEqual':
    case 'And':
    case 'Or':
    case 'Xor':
    case 'Not':
    case 'IsNaN':
    case 'IsInf':
      return elementTypes.bool;
    case 'ConstantOfShape':
      return node.attributes.get('value')?.t?.dataType ?? elementTypes.float32;
    case 'Where':
    case 'CastLike':
      return inputs[1]?.elementType ?? 0;
    case 'OneHot':
      return inputs[2]?.elementType ?? 0;
    case 'QuantizeLinear':
      return inputs[2]?.elementType ?? intOf(node, 'output_dtype', elementTypes.uint8);
    case 'DequantizeLinear':
      return intOf(node, 'output_dtype', inputs[1]?.elementType ?? elementTypes.float32);
    case 'EyeLike':
    case 'RandomNormalLike':
    case 'RandomUniformLike':
    case 'Bernoulli':
      return intOf(node, 'dtype', inputs[0]?.elementType ?? 0);
    case 'TopK':
    case 'MaxPool':
      return index === 1 ? elementTypes.int64 : (inputs[0]?.elementType ?? 0);
    case 'Dropout':
      return index === 1 ? elementTypes.bool : (inputs[0]?.elementType ?? 0);
    default:
      // Most operators give out what they get; of those without a rule nothing is said.
      return Object.hasOwn(rules, node.opType) ? (inputs[0]?.elementType ?? 0) : 0;
  }
}
