import { isImage, isSequence } from '../../../core/shape.ts';
import { fromFront } from '../facts.ts';
import { axesOf } from '../outputDims.ts';
import { floatOf, intOf, type SourceNode } from '../sourceModel.ts';
import { bothWays, isClose, perChannel, shortest } from './activations.ts';
import { featuresFirst, weightAs } from './convolutions.ts';
import { isOverChannels } from './linear.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';

/** A constant of one number for each channel. */
function vector(mapping: Mapping, name: string | undefined, size: number): DrawnWeight | undefined {
  const constant = mapping.floats(name);
  return constant?.dims.reduce((a, b) => a * b, 1) === size ? weightAs(constant, [size]) : undefined;
}

function filled(size: number, value: number): DrawnWeight {
  return { dims: [size], values: () => new Float32Array(size).fill(value) };
}

/** The number of channels of an image, of features of anything else. */
function channelsOf({ type }: Bound): number {
  return type.axes.at(-1)?.size ?? 0;
}

/** A value whose second axis holds the channels, as normalizations of ONNX have it. */
function channelsSecond(mapping: Mapping, name: string | undefined): Bound | undefined {
  const found = mapping.bound(name);
  if (found === undefined) return undefined;
  const axis = isImage(found.type) ? 1 : found.type.axes.length;
  const [, second] = found.view;
  if (second?.length === 1 && second[0] === axis) return found;
  if (found.view.length === 3) return featuresFirst(mapping, found);
  return mapping.plain(found);
}

const batchNormalization: Mapper = (node, mapping) => {
  if (intOf(node, 'training_mode', 0) === 1) return false;
  const x = channelsSecond(mapping, node.inputs[0]);
  if (x === undefined) return false;
  const size = channelsOf(x);
  const [scale, offset, runningMean, runningVariance] = node.inputs
    .slice(1, 5)
    .map((name) => vector(mapping, name, size));
  if (scale === undefined || offset === undefined || runningMean === undefined || runningVariance === undefined) {
    return false;
  }
  const epsilon = shortest(floatOf(node, 'epsilon', 1e-5));
  // There it is the share of what was known before.
  const momentum = Number((1 - floatOf(node, 'momentum', 0.9)).toPrecision(6));
  const weights = { scale, offset, runningMean, runningVariance };
  const y = mapping.one('batchNormalization', { epsilon, momentum }, { input: x }, weights);
  return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: x.view });
};

/** A batch normalization with a further factor and shift for each channel, as Caffe has them in layers of their own. */
const scaledBatchNormalization: Mapper = (node, mapping) => {
  for (const [product, shift] of bothWays(node.inputs)) {
    const scaled = mapping.maker(product, 'Mul');
    for (const [inner, factor] of bothWays(scaled?.inputs ?? [])) {
      const norm = mapping.maker(inner, 'BatchNormalization');
      const x = norm === undefined ? undefined : channelsSecond(mapping, norm.inputs[0]);
      if (norm === undefined || x === undefined) continue;
      const size = channelsOf(x);
      const [scale, offset, runningMean, runningVariance] = norm.inputs
        .slice(1, 5)
        .map((one) => vector(mapping, one, size));
      const more = perChannel(mapping, factor, x.view, x.type);
      const further = perChannel(mapping, shift, x.view, x.type);
      if (scale === undefined || offset === undefined || more?.dims[0] !== size || further?.dims[0] !== size) continue;
      if (runningMean === undefined || runningVariance === undefined) continue;
      const weights = {
        scale: { dims: [size], values: () => combined(scale, more, (a, b) => a * b) },
        offset: {
          dims: [size],
          values: () =>
            combined({ dims: [size], values: () => combined(offset, more, (a, b) => a * b) }, further, (a, b) => a + b),
        },
        runningMean,
        runningVariance,
      };
      const epsilon = shortest(floatOf(norm, 'epsilon', 1e-5));
      const y = mapping.one('batchNormalization', { epsilon }, { input: x }, weights);
      return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: x.view });
    }
  }
  return false;
};

/**
 * (x − mean) · factor + shift with a constant for each channel: a batch normalization whose variance an exporter has worked into
 * the factor, as Keras writes it.
 */
const normalizationByConstants: Mapper = (node, mapping) => {
  for (const [product, shift] of bothWays(node.inputs)) {
    const scaled = mapping.maker(product, 'Mul');
    for (const [difference, factor] of bothWays(scaled?.inputs ?? [])) {
      const centred = mapping.maker(difference, 'Sub');
      const x = mapping.bound(centred?.inputs[0]);
      if (x === undefined || x.type.foreign !== undefined) continue;
      const size = channelsOf(x);
      const [mean, scale, offset] = [centred?.inputs[1], factor, shift].map((name) =>
        perChannel(mapping, name, x.view, x.type),
      );
      if (mean?.dims[0] !== size || scale?.dims[0] !== size || offset?.dims[0] !== size) continue;
      const epsilon = 1e-3;
      const weights = { scale, offset, runningMean: mean, runningVariance: filled(size, 1 - epsilon) };
      const y = mapping.one('batchNormalization', { epsilon }, { input: x }, weights);
      if (y !== undefined && mapping.bind(node.outputs[0], { ...y, view: x.view })) return true;
    }
  }
  return false;
};

function combined(a: DrawnWeight, b: DrawnWeight, combine: (x: number, y: number) => number): Float32Array {
  const other = b.values();
  return a.values().map((value, i) => combine(value, other[i] ?? 0));
}

const instanceNormalization: Mapper = (node, mapping) => {
  const x = channelsSecond(mapping, node.inputs[0]);
  if (x === undefined || !(isImage(x.type) || isSequence(x.type))) return false;
  const size = channelsOf(x);
  const [scale, offset] = [vector(mapping, node.inputs[1], size), vector(mapping, node.inputs[2], size)];
  if (scale === undefined || offset === undefined) return false;
  const epsilon = shortest(floatOf(node, 'epsilon', 1e-5));
  const isPlain = everywhere(scale, 1) && everywhere(offset, 0);
  const y = isPlain
    ? mapping.one('instanceNormalization', { epsilon, affine: false }, { input: x })
    : mapping.one('instanceNormalization', { epsilon }, { input: x }, { scale, offset });
  return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: x.view });
};

function everywhere({ values }: DrawnWeight, value: number): boolean {
  return values().every((one) => one === value);
}

function drawLayerNormalization(
  mapping: Mapping,
  input: string,
  epsilon: number,
  scaleName: string | undefined,
  offsetName: string | undefined,
): Bound | undefined {
  const found = mapping.bound(input);
  const x = found === undefined || isOverChannels(found) ? found : mapping.plain(found);
  if (x === undefined || !isOverChannels(x)) return undefined;
  const size = channelsOf(x);
  const scale = scaleName === undefined ? filled(size, 1) : vector(mapping, scaleName, size);
  const offset = offsetName === undefined ? filled(size, 0) : vector(mapping, offsetName, size);
  if (scale === undefined || offset === undefined) return undefined;
  const y = mapping.one('layerNormalization', { epsilon: shortest(epsilon) }, { input: x }, { scale, offset });
  return y === undefined ? undefined : { ...y, view: x.view };
}

const layerNormalization: Mapper = (node, mapping) => {
  const rank = mapping.fact(node.inputs[0]).dims?.length ?? 0;
  if (fromFront(intOf(node, 'axis', -1), rank) !== rank - 1) return false;
  const [input = '', scale, offset] = node.inputs;
  const used = offset === '' ? undefined : offset;
  return mapping.bind(
    node.outputs[0],
    drawLayerNormalization(mapping, input, floatOf(node, 'epsilon', 1e-5), scale, used),
  );
};

/** The mean over the last axis of a value, in the ways in which it is written; returns the name of the value. */
function insideOfLastMean(mapping: Mapping, name: string | undefined): string | undefined {
  const mean = mapping.maker(name, 'ReduceMean');
  if (mean !== undefined) return overLastAxis(mapping, mean) ? mean.inputs[0] : undefined;
  const share = mapping.maker(name, 'Mul');
  for (const [sum, factor] of bothWays(share?.inputs ?? [])) {
    const total = mapping.maker(sum, 'ReduceSum');
    const size = mapping.fact(total?.inputs[0]).dims?.at(-1);
    if (total === undefined || size === undefined || !overLastAxis(mapping, total)) continue;
    if (isClose(mapping.scalar(factor), 1 / size)) return total.inputs[0];
  }
  return undefined;
}

function overLastAxis(mapping: Mapping, node: SourceNode): boolean {
  const rank = mapping.fact(node.inputs[0]).dims?.length ?? 0;
  const input = node.inputs[1] === undefined ? undefined : mapping.fact(node.inputs[1]);
  const axes = axesOf(node, input, rank);
  return intOf(node, 'keepdims', 1) === 1 && axes?.length === 1 && axes[0] === rank - 1;
}

/** The square of a value; returns the name of the value. */
function insideOfSquare(mapping: Mapping, name: string | undefined): string | undefined {
  const product = mapping.maker(name, 'Mul', 'Pow');
  const [a, b] = product?.inputs ?? [];
  if (product?.opType === 'Pow') return isClose(mapping.scalar(b), 2) ? a : undefined;
  return a === b ? a : undefined;
}

interface Standardized {
  readonly input: string;
  readonly epsilon: number;
  /** Whether the mean was taken off before. */
  readonly centred: boolean;
}

/** (x − mean) / √(variance + ε), or x / √(mean of squares + ε). */
function standardizedOf(mapping: Mapping, name: string | undefined): Standardized | undefined {
  const node = mapping.maker(name, 'Div', 'Mul');
  if (node === undefined) return undefined;
  const ways = node.opType === 'Div' ? [[node.inputs[0] ?? '', node.inputs[1] ?? ''] as const] : bothWays(node.inputs);
  for (const [value, divisor] of ways) {
    const root = node.opType === 'Div' ? rootOf(mapping, divisor) : rootOf(mapping, reciprocalOf(mapping, divisor));
    const sum = mapping.maker(root, 'Add');
    for (const [variance, small] of bothWays(sum?.inputs ?? [])) {
      const epsilon = mapping.scalar(small);
      const squared = insideOfSquare(mapping, insideOfLastMean(mapping, variance));
      if (epsilon === undefined || squared === undefined) continue;
      const input = centredOf(mapping, value);
      const other = centredOf(mapping, squared);
      if (input !== undefined && (squared === value || other === input)) return { input, epsilon, centred: true };
      if (squared === value) return { input: value, epsilon, centred: false };
    }
  }
  return undefined;
}

function rootOf(mapping: Mapping, name: string | undefined): string | undefined {
  const root = mapping.maker(name, 'Sqrt');
  if (root !== undefined) return root.inputs[0];
  const power = mapping.maker(name, 'Pow');
  return isClose(mapping.scalar(power?.inputs[1]), 0.5) ? power?.inputs[0] : undefined;
}

function reciprocalOf(mapping: Mapping, name: string | undefined): string | undefined {
  const reciprocal = mapping.maker(name, 'Reciprocal');
  if (reciprocal !== undefined) return reciprocal.inputs[0];
  const quotient = mapping.maker(name, 'Div');
  return isClose(mapping.scalar(quotient?.inputs[0]), 1) ? quotient?.inputs[1] : undefined;
}

/** x − mean(x); returns the name of x. */
function centredOf(mapping: Mapping, name: string | undefined): string | undefined {
  const difference = mapping.maker(name, 'Sub');
  const [x, mean] = difference?.inputs ?? [];
  return x !== undefined && insideOfLastMean(mapping, mean) === x ? x : undefined;
}

/** A normalization of the last axis out of its parts, with its factors and shifts where it has them. */
const normalizationParts: Mapper = (node, mapping) => {
  const [output] = node.outputs;
  const isScaled = node.opType === 'Mul';
  const isShifted = node.opType === 'Add';
  for (const [inner, parameter] of isScaled || isShifted ? bothWays(node.inputs) : []) {
    if (mapping.floats(parameter) === undefined) continue;
    if (isShifted) {
      const product = mapping.maker(inner, 'Mul');
      for (const [standard, scale] of bothWays(product?.inputs ?? [])) {
        const found = mapping.floats(scale) === undefined ? undefined : standardizedOf(mapping, standard);
        if (found?.centred !== true) continue;
        return mapping.bind(output, drawLayerNormalization(mapping, found.input, found.epsilon, scale, parameter));
      }
      continue;
    }
    const found = standardizedOf(mapping, inner);
    if (found === undefined) continue;
    const y = found.centred
      ? drawLayerNormalization(mapping, found.input, found.epsilon, parameter, undefined)
      : drawRootMeanSquare(mapping, found, parameter);
    if (mapping.bind(output, y)) return true;
  }
  const bare = standardizedOf(mapping, output);
  if (bare === undefined) return false;
  const y = bare.centred
    ? drawLayerNormalization(mapping, bare.input, bare.epsilon, undefined, undefined)
    : drawRootMeanSquare(mapping, bare, undefined);
  return mapping.bind(output, y);
};

function drawRootMeanSquare(
  mapping: Mapping,
  { input, epsilon }: { readonly input: string; readonly epsilon: number },
  scaleName: string | undefined,
): Bound | undefined {
  const found = mapping.bound(input);
  const x = found === undefined || isOverChannels(found) ? found : mapping.plain(found);
  if (x === undefined || !isOverChannels(x)) return undefined;
  const size = channelsOf(x);
  const scale = scaleName === undefined ? filled(size, 1) : vector(mapping, scaleName, size);
  if (scale === undefined) return undefined;
  const y = mapping.one('rmsNormalization', { epsilon: shortest(epsilon) }, { input: x }, { scale });
  return y === undefined ? undefined : { ...y, view: x.view };
}

const rmsNormalization: Mapper = (node, mapping) => {
  const rank = mapping.fact(node.inputs[0]).dims?.length ?? 0;
  if (fromFront(intOf(node, 'axis', -1), rank) !== rank - 1) return false;
  const [input = '', scale] = node.inputs;
  const found = { input, epsilon: floatOf(node, 'epsilon', 1e-5) };
  return mapping.bind(node.outputs[0], drawRootMeanSquare(mapping, found, scale));
};

function drawGroups(
  mapping: Mapping,
  input: string | undefined,
  groups: number,
  epsilon: number,
  factors: (size: number) => { readonly scale: DrawnWeight | undefined; readonly offset: DrawnWeight | undefined },
): Bound | undefined {
  const x = channelsSecond(mapping, input);
  if (x === undefined) return undefined;
  const { scale, offset } = factors(channelsOf(x));
  if (scale === undefined || offset === undefined) return undefined;
  const y = mapping.one('groupNormalization', { groups, epsilon: shortest(epsilon) }, { input: x }, { scale, offset });
  return y === undefined ? undefined : { ...y, view: x.view };
}

const groupNormalization: Mapper = (node, mapping) => {
  const groups = intOf(node, 'num_groups', 1);
  const y = drawGroups(mapping, node.inputs[0], groups, floatOf(node, 'epsilon', 1e-5), (size) => ({
    scale: perGroup(mapping, node.inputs[1], size, groups),
    offset: perGroup(mapping, node.inputs[2], size, groups),
  }));
  return mapping.bind(node.outputs[0], y);
};

/** Until opset 21 there was one number a group. */
function perGroup(mapping: Mapping, name: string | undefined, size: number, groups: number): DrawnWeight | undefined {
  const one = vector(mapping, name, size);
  const few = one ?? vector(mapping, name, groups);
  if (few === undefined || few === one) return few;
  return {
    dims: [size],
    values: () => new Float32Array(size).map((_, i) => few.values()[Math.floor((i * groups) / size)] ?? 0),
  };
}

/** Groups as instances: Reshape to [batch, groups, rest], InstanceNormalization of ones and zeros, Reshape back. */
function groupedOf(mapping: Mapping, name: string | undefined) {
  const back = mapping.maker(name, 'Reshape');
  const standard = mapping.maker(back?.inputs[0], 'InstanceNormalization');
  const apart = mapping.maker(standard?.inputs[0], 'Reshape');
  const [groups, dims] = [mapping.fact(standard?.inputs[0]).dims?.[1], mapping.fact(apart?.inputs[0]).dims];
  if (standard === undefined || apart === undefined || groups === undefined || dims === undefined) return undefined;
  const [scale, offset] = [vector(mapping, standard.inputs[1], groups), vector(mapping, standard.inputs[2], groups)];
  if (scale === undefined || offset === undefined || !everywhere(scale, 1) || !everywhere(offset, 0)) return undefined;
  if (mapping.fact(name).dims?.join() !== dims.join()) return undefined;
  return { input: apart.inputs[0], groups, epsilon: floatOf(standard, 'epsilon', 1e-5) };
}

const groupParts: Mapper = (node, mapping) => {
  if (node.opType === 'Reshape') {
    const found = groupedOf(mapping, node.outputs[0]);
    if (found === undefined) return false;
    const y = drawGroups(mapping, found.input, found.groups, found.epsilon, (size) => ({
      scale: filled(size, 1),
      offset: filled(size, 0),
    }));
    return mapping.bind(node.outputs[0], y);
  }
  for (const [scaled, offset] of bothWays(node.inputs)) {
    const product = mapping.maker(scaled, 'Mul');
    for (const [standard, scale] of bothWays(product?.inputs ?? [])) {
      const found = groupedOf(mapping, standard);
      if (found === undefined) continue;
      const y = drawGroups(mapping, found.input, found.groups, found.epsilon, (size) => ({
        scale: vector(mapping, scale, size),
        offset: vector(mapping, offset, size),
      }));
      if (mapping.bind(node.outputs[0], y)) return true;
    }
  }
  return false;
};

/** Mappers by the operator at their end, the ones that explain most first. */
export const normalizationMappers: Readonly<Record<string, readonly Mapper[]>> = {
  BatchNormalization: [batchNormalization],
  InstanceNormalization: [instanceNormalization],
  LayerNormalization: [layerNormalization],
  RMSNormalization: [rmsNormalization],
  SimplifiedLayerNormalization: [rmsNormalization],
  GroupNormalization: [groupNormalization],
  Reshape: [groupParts],
  Add: [normalizationParts, groupParts, scaledBatchNormalization, normalizationByConstants],
  Mul: [normalizationParts],
  Div: [normalizationParts],
};
