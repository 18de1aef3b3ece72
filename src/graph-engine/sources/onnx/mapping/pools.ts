import { isImage, isSequence } from '../../../core/shape.ts';
import type { ParameterValue } from '../../../document/schema.ts';
import { countOf } from '../constantTensor.ts';
import { axesOf, padsOfNode } from '../outputDims.ts';
import { intOf, intsOf, type SourceNode } from '../sourceModel.ts';
import { bothWays, isClose } from './activations.ts';
import { featuresFirst, FEATURES_FIRST, padded, sequencePaddingOf, windowOf } from './convolutions.ts';
import { isPlainImage } from '../../drawing/drawing.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';
import { channelAxis } from '../../drawing/view.ts';

function poolImage(node: SourceNode, mapping: Mapping, x: Bound, kernel: readonly number[]): Bound | undefined {
  const [height = 0, width = 0] = x.type.axes.map(({ size }) => size ?? 0);
  const isMean = node.opType === 'AveragePool';
  const window = windowOf(node, [height, width], kernel);
  if (window === undefined || window.dilation.some((size) => size !== 1)) return undefined;
  let { before, padding }: { before: readonly number[] | undefined; padding: ParameterValue } = window;
  const wanted = mapping.fact(node.outputs[0]).dims?.slice(2);
  const pads = padsOfNode(node, [height, width], kernel);
  const counts = intOf(node, 'count_include_pad', 0) === 1;
  const hasPads = pads.some(([a, b]) => a + b > 0);
  const reached = [height, width].map((size, i) => {
    const [a = 0, b = 0] = pads[i] ?? [];
    const stride = window.stride[i] ?? 1;
    return Math.floor((size + a + b - (kernel[i] ?? 1)) / stride) + 1;
  });
  // A last window that hangs over the edge is one more pixel of padding there.
  if (wanted !== undefined && reached.join() !== wanted.join()) {
    if (isMean && (counts || hasPads)) return undefined;
    const more = [height, width].map((size, i) => {
      const [a = 0] = pads[i] ?? [];
      return Math.max(0, ((wanted[i] ?? 1) - 1) * (window.stride[i] ?? 1) + (kernel[i] ?? 1) - size - a);
    });
    if (isMean) return undefined;
    before = [pads[0]?.[0] ?? 0, more[0] ?? 0, pads[1]?.[0] ?? 0, more[1] ?? 0];
    padding = 'valid';
  } else if (isMean && hasPads && (counts || before !== undefined)) {
    // Padding that counts is a Pad; padding that does not must be the same on both sides.
    if (!counts) return undefined;
    before = [pads[0]?.[0] ?? 0, pads[0]?.[1] ?? 0, pads[1]?.[0] ?? 0, pads[1]?.[1] ?? 0];
    padding = 'valid';
  }
  const [top = 0, bottom = 0, left = 0, right = 0] = before ?? [];
  // What is added must never be the largest of a window.
  const image = before === undefined ? x : padded(mapping, x, [top, bottom, left, right], isMean ? 0 : -1e6);
  if (image === undefined) return undefined;
  const type = isMean ? 'averagePooling2d' : 'maxPooling2d';
  return mapping.one(type, { kernel: window.kernel, stride: window.stride, padding }, { input: image });
}

const pool: Mapper = (node, mapping) => {
  const kernel = intsOf(node, 'kernel_shape');
  const found = mapping.bound(node.inputs[0]);
  if (kernel === undefined || found === undefined) return false;
  if (
    (node.outputs[1] ?? '') !== '' &&
    (mapping.users(node.outputs[1]).length > 0 || mapping.outputs.has(node.outputs[1] ?? ''))
  ) {
    return false;
  }
  if (kernel.length === 1) {
    const x = featuresFirst(mapping, found);
    const [size = 1] = kernel;
    const [[before, after] = [0, 0]] = padsOfNode(node, [x?.type.axes[0]?.size ?? 0], kernel);
    const padding = sequencePaddingOf(before, after, size - 1);
    const [dilation = 1] = intsOf(node, 'dilations') ?? [];
    const isMean = node.opType === 'AveragePool';
    if (x === undefined || padding === undefined || dilation !== 1) return false;
    if (isMean && before + after > 0 && intOf(node, 'count_include_pad', 0) === 1) return false;
    const [stride = 1] = intsOf(node, 'strides') ?? [];
    const type = isMean ? 'averagePooling1d' : 'maxPooling1d';
    const y = mapping.one(type, { kernel: size, stride, padding }, { input: x });
    return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: FEATURES_FIRST });
  }
  const x = isPlainImage(found) ? found : mapping.plain(found);
  if (kernel.length !== 2 || x === undefined || !isImage(x.type)) return false;
  return mapping.bind(node.outputs[0], poolImage(node, mapping, x, kernel));
};

/** Takes the mean or the largest over everything between the batch and the channels. */
function poolAll(mapping: Mapping, x: Bound, type: string, gone: readonly number[], keeps: boolean): Bound | undefined {
  const axes = gone.flatMap((axis) => x.view[axis] ?? []);
  const spatial = [...x.type.axes.keys()].map((i) => i + 1).filter((axis) => axis !== channelAxis(x.type));
  if (!(isImage(x.type) || isSequence(x.type))) return undefined;
  if (axes.toSorted((a, b) => a - b).join() !== spatial.join()) return undefined;
  const y = mapping.one(type, {}, { input: x });
  if (y === undefined) return undefined;
  const rest = x.view.flatMap((seen, axis) => {
    if (gone.includes(axis)) return keeps ? [[]] : [];
    return [seen.map((one) => (one === 0 ? 0 : 1))];
  });
  return { ...y, view: rest };
}

function globalPool(type: string): Mapper {
  return (node, mapping) => {
    const x = mapping.bound(node.inputs[0]);
    if (x === undefined) return false;
    const gone = x.view.map((_, i) => i).slice(2);
    const channels = x.view[1];
    const isSecond = channels?.length === 1 && channels[0] === channelAxis(x.type);
    if (isSecond) return mapping.bind(node.outputs[0], poolAll(mapping, x, type, gone, true));
    const moved = x.view.length === 3 ? featuresFirst(mapping, x) : mapping.plain(x);
    return moved !== undefined && mapping.bind(node.outputs[0], poolAll(mapping, moved, type, gone, true));
  };
}

const reduceNames: Readonly<Record<string, 'mean' | 'sum' | 'maximum'>> = {
  ReduceMean: 'mean',
  ReduceSum: 'sum',
  ReduceMax: 'maximum',
};

const reduce: Mapper = (node, mapping) => {
  const by = reduceNames[node.opType];
  return by !== undefined && mapping.bind(node.outputs[0], reduced(mapping, node, by));
};

/** A sum that is divided by how many were added: a mean. */
const meanOfSum: Mapper = (node, mapping) => {
  for (const [total, share] of bothWays(node.inputs)) {
    const sum = mapping.maker(total, 'ReduceSum');
    const number = mapping.scalar(share);
    if (sum === undefined || number === undefined) continue;
    const [before, after] = [mapping.fact(sum.inputs[0]).dims, mapping.fact(total).dims];
    const factor = node.opType === 'Div' ? 1 / number : number;
    if (before === undefined || after === undefined || !isClose(factor * (countOf(before) / countOf(after)), 1))
      continue;
    return mapping.bind(node.outputs[0], reduced(mapping, sum, 'mean'));
  }
  return false;
};

function reduced(mapping: Mapping, node: SourceNode, by: 'mean' | 'sum' | 'maximum'): Bound | undefined {
  const x = mapping.bound(node.inputs[0]);
  if (x === undefined) return undefined;
  const input = (node.inputs[1] ?? '') === '' ? undefined : mapping.fact(node.inputs[1]);
  const gone = axesOf(node, input, x.view.length);
  const keeps = intOf(node, 'keepdims', 1) === 1;
  if (gone === undefined || gone.length === 0) return undefined;
  const whole = { mean: 'globalAveragePooling', maximum: 'globalMaxPooling', sum: undefined }[by];
  const pooled = whole === undefined ? undefined : poolAll(mapping, x, whole, gone, keeps);
  if (pooled !== undefined) return pooled;
  const [only] = gone;
  const seen = x.view[only ?? 0];
  if (gone.length !== 1 || only === undefined || seen?.length !== 1 || seen[0] === 0) return undefined;
  const order = isImage(x.type) ? (['channels', 'height', 'width'] as const) : x.type.axes.map(({ name }) => name);
  const axis = order[(seen[0] ?? 1) - 1];
  if (axis === undefined || axis === 'vocabulary') return undefined;
  const y = mapping.one('reduce', { by, axis }, { input: x });
  if (y === undefined || isOddType(y)) return undefined;
  const left = (one: number): number => (one > (seen[0] ?? 0) ? one - 1 : one);
  const view = x.view.flatMap((axes, i) => (i === only ? (keeps ? [[]] : []) : [axes.map(left)]));
  return { ...y, view };
}

/** Types that nothing else works on, such as height × width alone. */
function isOddType({ type }: Bound): boolean {
  return !(isImage(type) || isSequence(type) || (type.axes.length === 1 && type.axes[0]?.name === 'features'));
}

/** Mappers by the operator at their end. */
export const poolMappers: Readonly<Record<string, readonly Mapper[]>> = {
  MaxPool: [pool],
  AveragePool: [pool],
  GlobalAveragePool: [globalPool('globalAveragePooling')],
  GlobalMaxPool: [globalPool('globalMaxPooling')],
  ReduceMean: [reduce],
  ReduceSum: [reduce],
  ReduceMax: [reduce],
  Mul: [meanOfSum],
  Div: [meanOfSum],
};
