import { isImage, isSequence, sizeOf } from '../../../core/shape.ts';
import { countOf } from '../constantTensor.ts';
import { isFloating } from '../elementTypes.ts';
import { fromFront } from '../facts.ts';
import { intOf, type SourceNode } from '../sourceModel.ts';
import { perChannel, shortest } from './activations.ts';
import { asFloats } from './convolutions.ts';
import { isPlainImage } from '../../drawing/drawing.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';
import { channelAxis, isSameView, plainView } from '../../drawing/view.ts';
import { broadcastStrides, copyStrided } from '../strided.ts';

const mergeOps: Readonly<Record<string, string>> = { Add: 'add', Sum: 'add', Sub: 'subtract', Mul: 'multiply' };

/** Two values in the same type and view. */
function agreed(mapping: Mapping, a: Bound, b: Bound): readonly [Bound, Bound] | undefined {
  const isSameType = JSON.stringify(a.type.axes) === JSON.stringify(b.type.axes);
  if (isSameType && isSameView(a.view, b.view)) return [a, b];
  const [left, right] = [mapping.plain(a), mapping.plain(b)];
  return left === undefined || right === undefined ? undefined : [left, right];
}

const merge: Mapper = (node, mapping) => {
  const type = mergeOps[node.opType];
  const bounds = node.inputs.map((name) => mapping.bound(name));
  if (type === undefined || bounds.length < 2) return false;
  let [total] = bounds;
  for (const next of bounds.slice(1)) {
    if (total === undefined || next === undefined) return false;
    total = (type === 'multiply' ? gate(mapping, total, next) : undefined) ?? combined(mapping, type, total, next);
  }
  return mapping.bind(node.outputs[0], total);
};

function combined(mapping: Mapping, type: string, a: Bound, b: Bound): Bound | undefined {
  const pair = agreed(mapping, a, b);
  if (pair === undefined) return undefined;
  const y = mapping.one(type, {}, { a: pair[0], b: pair[1] });
  return y === undefined ? undefined : { ...y, view: pair[0].view };
}

/** A factor for each channel, as squeeze-and-excitation makes it. */
function gate(mapping: Mapping, a: Bound, b: Bound): Bound | undefined {
  for (const [x, factors] of [
    [a, b],
    [b, a],
  ] as const) {
    if (!(isImage(x.type) || isSequence(x.type)) || factors.type.axes.length !== 1) continue;
    const channels = channelAxis(x.type);
    const expected = x.view.map((axes) => axes.flatMap((axis) => (axis === 0 ? [0] : axis === channels ? [1] : [])));
    const isAlone = x.view.every((axes) => axes.length === 1);
    if (!isAlone || !isSameView(factors.view, expected)) continue;
    const y = mapping.one('multiply', {}, { a: x, b: factors });
    return y === undefined ? undefined : { ...y, view: x.view };
  }
  return undefined;
}

const concatenate: Mapper = (node, mapping) => classToken(node, mapping) || joined(node, mapping);

function joined(node: SourceNode, mapping: Mapping): boolean {
  const bounds = node.inputs.map((name) => mapping.bound(name));
  let [total] = bounds;
  if (total === undefined) return false;
  const axis = fromFront(intOf(node, 'axis', 1), total.view.length);
  for (const next of bounds.slice(1)) {
    if (total === undefined || next === undefined) return false;
    const [first, second] = [croppedTo(mapping, total, next), croppedTo(mapping, next, total)];
    total = pairJoined(mapping, first ?? total, second ?? next, axis);
  }
  return mapping.bind(node.outputs[0], total);
}

/** An image that was cut in its middle to the size of the one that it is put beside, as a U-Net does with its skips. */
function croppedTo(mapping: Mapping, cut: Bound, like: Bound): Bound | undefined {
  if (!isPlainImage(cut) || !isPlainImage(like)) return undefined;
  const begins = new Map<string, number>();
  let { node, port } = cut.source;
  // Exporters cut both axes at once or one at a time; here it is one slice for each.
  while (node.op === 'slice') {
    const { input } = node.inputs;
    const axis = String(node.parameters['axis']);
    if (input === undefined || begins.has(axis)) return undefined;
    begins.set(axis, Number(node.parameters['start'] ?? 0));
    ({ node, port } = input);
  }
  const type = node.types[port];
  if (begins.size === 0 || begins.has('channels') || type === undefined || !isImage(type)) return undefined;
  const isMiddle = (['height', 'width'] as const).every((axis) => {
    const [size, kept, wanted] = [type, cut.type, like.type].map((one) => sizeOf(one, axis) ?? 0);
    return kept === wanted && (begins.get(axis) ?? 0) === Math.floor(((size ?? 0) - (kept ?? 0)) / 2);
  });
  if (!isMiddle) return undefined;
  return mapping.one('cropToMatch', {}, { input: { source: { node, port }, type, view: plainView(type) }, like });
}

function pairJoined(mapping: Mapping, a: Bound, b: Bound, axis: number): Bound | undefined {
  const isAlong = (x: Bound): boolean => x.view[axis]?.length === 1 && x.view[axis]?.[0] === channelAxis(x.type);
  const names = (x: Bound): string => x.type.axes.map(({ name }) => name).join();
  const isAlike = isSameView(a.view, b.view) && isAlong(a) && names(a) === names(b);
  const [left, right] = isAlike ? [a, b] : [mapping.plain(a), mapping.plain(b)];
  if (left === undefined || right === undefined || !isAlong(left) || !isAlong(right)) return undefined;
  const y = mapping.one('concatenate', {}, { a: left, b: right });
  return y === undefined ? undefined : { ...y, view: left.view };
}

/** Learned rows before a sequence: constants that are spread over the batch. */
function classToken(node: SourceNode, mapping: Mapping): boolean {
  const rest = mapping.bound(node.inputs.at(-1));
  if (rest === undefined || rest.view.length !== 3 || fromFront(intOf(node, 'axis', 1), 3) !== 1) return false;
  let sequence = mapping.plain(rest);
  for (const name of node.inputs.slice(0, -1).toReversed()) {
    const row = mapping.analysis.small.get(name)?.constant;
    if (row === undefined || sequence === undefined || !isSequence(sequence.type)) return false;
    const [, length, size = 1] = row.dims;
    if (length !== 1 || size !== sequence.type.axes[1]?.size) return false;
    const values = (): Float32Array => asFloats(row.numbers() ?? new Float32Array(size)).slice(0, size);
    sequence = mapping.one('classToken', {}, { input: sequence }, { token: { dims: [size], values } });
  }
  return mapping.bind(node.outputs[0], sequence);
}

/** An Add of a constant to each position of a sequence: a table of positions. */
const positions: Mapper = (node, mapping) => {
  for (const [name, other] of [node.inputs, node.inputs.toReversed()]) {
    const found = mapping.bound(name);
    const constant = alikeForAll(mapping, other) ?? mapping.floats(other);
    if (found === undefined || constant === undefined) continue;
    const x = mapping.plain(found);
    if (x === undefined || !isSequence(x.type)) continue;
    const [length, size] = x.type.axes.map((axis) => axis.size ?? 0);
    if (length === undefined || size === undefined) continue;
    const dims = [1, length, size];
    const own = constant.dims;
    if (own.length > 3 || own.length === 0 || own.at(-1) !== size) continue;
    if ((own.at(-2) ?? 1) !== length && (own.at(-2) ?? 1) !== 1) continue;
    if ((own.at(-3) ?? 1) !== 1) continue;
    const values = (): Float32Array => asFloats(copyStrided(constant.values(), dims, broadcastStrides(own, dims)));
    const y = mapping.one('positionalEmbedding', {}, { input: x }, { table: { dims: [length, size], values } });
    return y !== undefined && mapping.bind(node.outputs[0], y);
  }
  return false;
};

/** A constant that is the same for every example of the batch, as that of one example. */
function alikeForAll(mapping: Mapping, name: string | undefined) {
  const constant = mapping.analysis.small.get(name ?? '')?.constant;
  const large = mapping.analysis.large.get(name ?? '')?.constant;
  if (constant === undefined || large === undefined || constant.dims[0] !== mapping.batches[0]) return undefined;
  if (constant.dims.length !== 3 || !isFloating(constant.elementType)) return undefined;
  const one = [1, ...constant.dims.slice(1)];
  const count = countOf(one);
  const numbers = constant.numbers();
  if (numbers === undefined) return undefined;
  if (!numbers.every((value, i) => Object.is(value, numbers[i % count]))) return undefined;
  return { dims: one, values: () => numbers.slice(0, count) };
}

/** A product with a constant: one number, or one for each channel. */
const scaled: Mapper = (node, mapping) => {
  const sides = node.opType === 'Mul' ? [node.inputs, node.inputs.toReversed()] : [node.inputs];
  for (const [name, other] of sides) {
    const x = mapping.bound(name);
    if (x === undefined || mapping.floats(other) === undefined) continue;
    const alpha = perChannel(mapping, other, x.view, x.type);
    if (alpha === undefined) continue;
    const inverse = node.opType === 'Div';
    if (isScalarOfFile(mapping, other) || (inverse && alpha.dims[0] === 1)) {
      const [number = 1] = alpha.values();
      const factor = inverse ? 1 / number : shortest(number);
      return mapping.bind(node.outputs[0], mapping.each('multiplyBy', x, { factor }));
    }
    const values = inverse ? () => alpha.values().map((value) => 1 / value) : alpha.values;
    const per = alpha.dims[0] === 1 ? 'tensor' : 'channel';
    const channels = x.type.axes.at(-1)?.size;
    const isOne = per === 'tensor' && channels === 1;
    const weight = { alpha: { dims: alpha.dims, values } };
    const y = mapping.one('scale', { per: isOne ? 'tensor' : per }, { input: x }, weight);
    return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: x.view });
  }
  return false;
};

/** Whether a constant is a number alone, and no learned one of one place. */
function isScalarOfFile(mapping: Mapping, name: string | undefined): boolean {
  return mapping.constant(name)?.dims.length === 0;
}

const negated: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  return x !== undefined && mapping.bind(node.outputs[0], mapping.each('multiplyBy', x, { factor: -1 }));
};

/** A gated linear unit: one half times what a gate makes of the other. */
const gatedUnit: Mapper = (node, mapping) => {
  for (const [value, opened] of [node.inputs, node.inputs.toReversed()]) {
    const halves = mapping.maker(value, 'Split');
    if (halves === undefined || halves.outputs.length !== 2 || value !== halves.outputs[0]) continue;
    const second = halves.outputs[1] ?? '';
    const gateName = gateOf(mapping, opened, second);
    const dims = mapping.fact(halves.inputs[0]).dims ?? [];
    const axis = fromFront(intOf(halves, 'axis', 0), dims.length);
    const x = mapping.bound(halves.inputs[0]);
    const isEven = mapping.fact(value).dims?.[axis] === mapping.fact(second).dims?.[axis];
    const seen = x?.view[axis];
    if (gateName === undefined || x === undefined || !isEven) continue;
    if (seen?.length !== 1 || seen[0] !== channelAxis(x.type)) continue;
    return mapping.bind(node.outputs[0], mapping.each('gatedLinearUnit', x, { gate: gateName }));
  }
  return false;
};

function gateOf(mapping: Mapping, name: string | undefined, half: string): string | undefined {
  if (name === half) return 'none';
  if (mapping.maker(name, 'Sigmoid')?.inputs[0] === half) return 'sigmoid';
  const silu = mapping.maker(name, 'Mul');
  const isSilu =
    silu?.inputs.includes(half) === true &&
    silu.inputs.some((input) => mapping.maker(input, 'Sigmoid')?.inputs[0] === half);
  return isSilu ? 'silu' : undefined;
}

/** Where nothing changes but the view, a value is laid out for those that want it plain. */
export function isPlain(x: Bound): boolean {
  return isSameView(x.view, plainView(x.type));
}

/** Mappers by the operator at their end. */
export const mergeMappers: Readonly<Record<string, readonly Mapper[]>> = {
  Add: [merge, positions],
  Sum: [merge],
  Sub: [merge],
  Mul: [gatedUnit, merge, scaled],
  Div: [scaled],
  Neg: [negated],
  Concat: [concatenate],
};
