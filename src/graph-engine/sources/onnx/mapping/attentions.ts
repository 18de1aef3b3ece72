import { isSequence, sequence } from '../../../core/shape.ts';
import { countOf } from '../constantTensor.ts';
import { fromFront } from '../facts.ts';
import { floatOf, intOf, type SourceNode } from '../sourceModel.ts';
import { broadcastStrides, copyStrided } from '../strided.ts';
import { bothWays, isClose } from './activations.ts';
import { linearOf, type Linear } from './linear.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';
import { relativeScores, type Distances } from './distances.ts';
import { followBack, nativeStrides, originOf, scaledBy, type Movement } from './movement.ts';
import { viewedDims, type View } from '../../drawing/view.ts';

/** The inside of an attention: queries, keys and values in heads, and what is done with the scores. */
interface Core {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** Whether keys lie on their side for the product, `[…, size, length]`. */
  readonly keysOnSide: boolean;
  /** What scores are multiplied by, beside what queries and keys are. */
  readonly factor: number;
  readonly mask: Mask;
  /** What scores of distances are made with, where there are any. */
  readonly distances?: Distances;
}

interface Mask {
  readonly causal: boolean;
  readonly padding?: { readonly tokens: Bound; readonly token: number };
}

/** One of the three that enter: the value it is cut out of, the first feature that it takes, and how many a head has. */
interface Part {
  readonly origin: string;
  readonly bound: Bound;
  readonly first: number;
  readonly size: number;
  readonly factor: number;
}

interface Attention {
  readonly query: Part;
  readonly key: Part;
  readonly value: Part;
  readonly heads: number;
  /** What scores are multiplied by in all. */
  readonly scale: number;
  readonly mask: Mask;
  /** Whether queries and keys are turned by their positions. */
  readonly rotary: boolean;
  readonly distances: Distances | undefined;
  /** How the file sees what comes out. */
  readonly view: View;
}

/** What was found so far: the product behind an attention asks for it, and so does the sum behind that. */
const found = new WeakMap<Mapping, Map<string, Attention | undefined>>();

/** Reads the attention that ends in a value `[batch, length, heads · size]`, however it is written. */
function attentionAt(mapping: Mapping, name: string): Attention | undefined {
  const known = found.get(mapping) ?? new Map<string, Attention | undefined>();
  found.set(mapping, known);
  if (!known.has(name)) known.set(name, readAttention(mapping, name));
  return known.get(name);
}

function readAttention(mapping: Mapping, name: string): Attention | undefined {
  const core = coreAt(mapping, originOf(mapping, name));
  const out = core === undefined ? undefined : followBack(mapping, name, false);
  if (out === undefined || core === undefined) return undefined;
  const [batch] = mapping.batches;
  const dims = mapping.fact(out.origin).dims ?? [];
  // Heads may lie beside the batch: [batch · heads, length, size].
  const perBatch = countOf(dims.slice(0, -2)) / batch;
  const [length = 1, valueSize = 1] = dims.slice(-2);
  const [query, key, value] = [core.query, core.key, core.value].map((one) => followBack(mapping, one));
  if (query === undefined || key === undefined || value === undefined || !Number.isInteger(perBatch)) return undefined;
  const keys = value.dims.at(-2) ?? 1;
  const queryPart = partOf(mapping, query, { heads: perBatch, length, onSide: false });
  const keyPart = partOf(mapping, key, { heads: perBatch, length: keys, onSide: core.keysOnSide });
  const valuePart = partOf(mapping, value, { heads: perBatch, length: keys, onSide: false });
  if (queryPart === undefined || keyPart === undefined || valuePart === undefined) return undefined;
  if (!isClose(value.factor, 1)) return undefined;
  const view = viewOf(mapping, out, { heads: perBatch, length, size: valueSize });
  if (view === undefined) return undefined;
  const turned = [query, key].map(({ rotated }) => rotated).filter((one) => one !== undefined);
  // What is turned has positions and features where the scores are made of them.
  const isRotary = turned.every((one) => {
    const back = followBack(mapping, one, false);
    return back !== undefined && partOf(mapping, back, { heads: perBatch, length, onSide: false }) !== undefined;
  });
  if (value.rotated !== undefined || turned.length === 1 || !isRotary) return undefined;
  return {
    query: queryPart,
    key: keyPart,
    value: valuePart,
    heads: perBatch,
    scale: core.factor * query.factor * key.factor,
    mask: core.mask,
    rotary: turned.length > 0,
    distances: core.distances,
    view,
  };
}

function coreAt(mapping: Mapping, origin: string): Core | undefined {
  const whole = mapping.maker(origin, 'Attention');
  if (whole !== undefined) return wholeCore(mapping, whole);
  const product = mapping.maker(origin, 'MatMul');
  if (product === undefined) return undefined;
  const [shares, value = ''] = product.inputs;
  const softmax = softmaxAt(mapping, shares);
  if (softmax === undefined) return undefined;
  const rank = mapping.fact(softmax.inputs[0]).dims?.length ?? 0;
  if (fromFront(intOf(softmax, 'axis', -1), rank) !== rank - 1) return undefined;
  let [current, factor] = [softmax.inputs[0] ?? '', 1];
  let mask: Mask = { causal: false };
  for (;;) {
    const node = mapping.maker(current);
    if (node === undefined) return undefined;
    if (node.opType === 'MatMul') {
      const [query = '', key = ''] = node.inputs;
      return { query, key, value, keysOnSide: true, factor, mask };
    }
    const both = node.opType === 'Add' ? relativeScores(mapping, node) : undefined;
    if (both !== undefined) return { ...both, value, keysOnSide: true, factor, mask };
    const scaled = scaledBy(mapping, node);
    if (scaled !== undefined) {
      factor *= scaled.factor;
      current = scaled.input;
      continue;
    }
    if (['Reshape', 'Identity', 'Cast', 'Squeeze', 'Unsqueeze'].includes(node.opType)) {
      current = node.inputs[0] ?? '';
      continue;
    }
    const masked = maskAt(mapping, node);
    if (masked === undefined) return undefined;
    mask = { ...mask, ...masked.mask, causal: mask.causal || masked.mask.causal };
    current = masked.scores;
  }
}

/** The Softmax behind what drops nothing at prediction and what mends rows that see nothing. */
function softmaxAt(mapping: Mapping, name: string | undefined): SourceNode | undefined {
  const node = mapping.maker(name, 'Softmax', 'Dropout', 'Cast', 'Identity', 'Where', 'Reshape');
  if (node === undefined || node.opType === 'Softmax') return node;
  if (node.opType !== 'Where') return softmaxAt(mapping, node.inputs[0]);
  const [condition, zero, shares] = node.inputs;
  const isMend = mapping.maker(condition, 'IsNaN')?.inputs[0] === shares && mapping.scalar(zero) === 0;
  return isMend ? softmaxAt(mapping, shares) : undefined;
}

/** The operator that is an attention by itself. */
function wholeCore(mapping: Mapping, node: SourceNode): Core | undefined {
  const [query = '', key = '', value = '', maskName = ''] = node.inputs;
  const rank = mapping.fact(query).dims?.length;
  if (rank !== 4 || node.inputs.length > 4 || floatOf(node, 'softcap', 0) !== 0) return undefined;
  const size = mapping.fact(query).dims?.at(-1) ?? 1;
  const factor = node.attributes.has('scale') ? floatOf(node, 'scale', 1) : 1 / Math.sqrt(size);
  const told = maskName === '' ? { causal: false } : constantMask(mapping, maskName, scoresOf(mapping, query, key));
  if (told === undefined) return undefined;
  const causal = told.causal || intOf(node, 'is_causal', 0) === 1;
  return { query, key, value, keysOnSide: false, factor, mask: { causal } };
}

function scoresOf(mapping: Mapping, query: string, key: string): readonly number[] {
  const [q = [], k = []] = [mapping.fact(query).dims, mapping.fact(key).dims];
  return [...q.slice(0, -1), k.at(-2) ?? 1];
}

/** Below this a score does not count. */
const NEVER = -1e4;

function maskAt(mapping: Mapping, node: SourceNode): { readonly scores: string; readonly mask: Mask } | undefined {
  const dims = mapping.fact(node.outputs[0]).dims ?? [];
  if (node.opType === 'Add') {
    for (const [scores, mask] of bothWays(node.inputs)) {
      const told = constantMask(mapping, mask, dims);
      if (told !== undefined) return { scores, mask: told };
    }
    return undefined;
  }
  if (node.opType !== 'Where') return undefined;
  const [condition = '', yes = '', no = ''] = node.inputs;
  const hides = (name: string): boolean => {
    const values = mapping.fact(name).constant?.numbers();
    return values?.every((value) => value <= NEVER) === true;
  };
  if (hides(yes)) {
    const padding = paddingAt(mapping, condition);
    if (padding !== undefined) return { scores: no, mask: { causal: false, padding } };
    const told = constantMask(mapping, condition, dims, (value) => (value === 0 ? 0 : -Infinity));
    return told === undefined ? undefined : { scores: no, mask: told };
  }
  if (!hides(no)) return undefined;
  const told = constantMask(mapping, condition, dims, (value) => (value === 0 ? -Infinity : 0));
  return told === undefined ? undefined : { scores: yes, mask: told };
}

/** Tokens that only fill up, as exports write them. */
function paddingAt(mapping: Mapping, condition: string): Mask['padding'] | undefined {
  const wide = mapping.maker(condition, 'Unsqueeze', 'Reshape');
  const equal = mapping.maker(wide?.inputs[0], 'Equal');
  for (const [tokensName, tokenName] of bothWays(equal?.inputs ?? [])) {
    const [tokens, token] = [mapping.bound(tokensName), mapping.scalar(tokenName)];
    if (tokens?.type.dtype === 'int32' && token !== undefined) return { tokens, token };
  }
  return undefined;
}

/** What a constant that is added to scores means: nothing, or that nothing looks ahead. */
function constantMask(
  mapping: Mapping,
  name: string,
  scores: readonly number[],
  meaning: (value: number) => number = (value) => value,
): Mask | undefined {
  const constant = mapping.fact(name).constant;
  const numbers = constant?.numbers();
  if (constant === undefined || numbers === undefined) return undefined;
  const isFlag = constant.elementType === 9;
  const read =
    isFlag && meaning(0) === 0 && meaning(1) === 1 ? (value: number) => (value === 0 ? -Infinity : 0) : meaning;
  const [rows = 1, columns = 1] = scores.slice(-2);
  const own = constant.dims;
  if (own.every((size) => size === 1)) return read(numbers[0] ?? 0) === 0 ? { causal: false } : undefined;
  const planes = own.slice(0, -2);
  const wide = [...planes, rows, columns];
  const isWide = own.join() === wide.join();
  const spread = isWide ? numbers : copyStrided(numbers, wide, broadcastStrides(own, wide));
  let [isOpen, isCausal] = [true, true];
  for (let at = 0, row = 0; at < spread.length && (isOpen || isCausal); row = (row + 1) % rows) {
    for (let column = 0; column < columns; column++, at++) {
      const value = read(spread[at] ?? 0);
      if (value !== 0) isOpen = false;
      if (column <= row ? value !== 0 : value > NEVER) isCausal = false;
    }
  }
  if (isOpen) return { causal: false };
  return isCausal && rows === columns ? { causal: true } : undefined;
}

interface HeadSizes {
  readonly heads: number;
  readonly length: number;
  readonly onSide: boolean;
}

/** Checks that a value is `[batch, heads, length, size]` of some features of a sequence, place by place. */
function partOf(mapping: Mapping, moved: Movement, { heads, length, onSide }: HeadSizes): Part | undefined {
  const bound = mapping.bound(moved.origin);
  const [batch] = mapping.batches;
  if (bound === undefined || !isSequence(bound.type)) return undefined;
  const strides = nativeStrides(bound.type, bound.view, batch);
  const [perBatch = 0, perPosition = 0, perFeature = 0] = strides ?? [];
  const [rows = 1, columns = 1] = moved.dims.slice(-2);
  const size = onSide ? rows : columns;
  if ((onSide ? columns : rows) !== length || moved.places.length !== batch * heads * length * size) return undefined;
  const offset = moved.places[0] ?? 0;
  if (perFeature === 0 || offset % perFeature !== 0) return undefined;
  const [perRow, perColumn] = onSide ? [perFeature, perPosition] : [perPosition, perFeature];
  const { places } = moved;
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < rows; i++) {
        let expected = offset + b * perBatch + h * size * perFeature + i * perRow;
        for (let j = 0; j < columns; j++, expected += perColumn) if (places[at++] !== expected) return undefined;
      }
    }
  }
  return { origin: moved.origin, bound, first: offset / perFeature, size, factor: moved.factor };
}

const outputViews: readonly View[] = [
  [[0], [1], [2]],
  [[1], [0], [2]],
  [[0, 1], [2]],
  [[1, 0], [2]],
];

/** How the file sees `[batch, length, heads · size]` in what comes out. */
function viewOf(
  mapping: Mapping,
  { dims, places }: Movement,
  { heads, length, size }: { readonly heads: number; readonly length: number; readonly size: number },
): View | undefined {
  const [batch] = mapping.batches;
  const type = sequence(length, heads * size);
  return outputViews.find((view) => {
    if (viewedDims(type, view, batch)?.join() !== dims.join()) return false;
    const [perBatch = 0, perPosition = 0, perFeature = 0] = nativeStrides(type, view, batch) ?? [];
    for (let b = 0; b < batch; b++) {
      for (let l = 0; l < length; l++) {
        for (let h = 0; h < heads; h++) {
          const [from, first] = [
            b * perBatch + l * perPosition + h * size * perFeature,
            ((b * heads + h) * length + l) * size,
          ];
          for (let j = 0; j < size; j++) if (places[from + j * perFeature] !== first + j) return false;
        }
      }
    }
    return true;
  });
}

/** Attention with the four linear maps around it. */
const multiHeadAttention: Mapper = (node, mapping) => {
  const last = linearOf(mapping, node.outputs[0]);
  const found = last === undefined ? undefined : attentionAt(mapping, last.input);
  if (last === undefined || found === undefined) return false;
  const { query, key, value, heads } = found;
  const [queries, keys, values] = [query, key, value].map(({ origin }) => linearOf(mapping, origin));
  if (queries === undefined || keys === undefined || values === undefined) return false;
  if (keys.input !== values.input) return false;
  const [input, memory] = [sequenceAt(mapping, queries.input), sequenceAt(mapping, keys.input)];
  const features = input?.type.axes[1]?.size;
  if (input === undefined || memory === undefined || last.kernel.dims[1] !== features) return false;
  const isSelf = queries.input === keys.input;
  // What scores are multiplied by beyond what is usual goes into the queries.
  const extra = found.scale * Math.sqrt(query.size);
  const bias = [queries, keys, values].some((one) => one.bias !== undefined);
  const weights = {
    ...projected('query', queries, query, heads, bias, isClose(extra, 1) ? 1 : extra),
    ...projected('key', keys, key, heads, bias),
    ...projected('value', values, value, heads, bias),
    outputKernel: last.kernel,
    ...(last.bias === undefined ? {} : { outputBias: last.bias }),
    ...found.distances,
  };
  const { causal, padding } = found.mask;
  const parameters = {
    heads,
    keySize: query.size * heads === features ? 0 : query.size,
    valueSize: value.size === query.size ? 0 : value.size,
    causal,
    ...(found.rotary ? { positions: 'rotary' } : {}),
    ...(found.distances === undefined ? {} : { positions: 'relative' }),
    bias,
    outputBias: last.bias !== undefined,
    ...(padding === undefined ? {} : { paddingToken: padding.token }),
  };
  const inputs = {
    input,
    ...(isSelf ? {} : { memory }),
    ...(padding === undefined ? {} : { tokens: padding.tokens }),
  };
  const y = mapping.one('multiHeadAttention', parameters, inputs, weights);
  return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: found.view });
};

/** The sequence that a linear map works on: where it is seen otherwise, that is the linear map's business. */
function sequenceAt(mapping: Mapping, name: string): Bound | undefined {
  const x = mapping.bound(name);
  if (x !== undefined && isSequence(x.type)) return x;
  const plain = mapping.plain(x);
  return plain !== undefined && isSequence(plain.type) ? plain : undefined;
}

function projected(
  part: 'query' | 'key' | 'value',
  { kernel, bias }: Linear,
  { first, size }: Part,
  heads: number,
  isBiased: boolean,
  factor = 1,
): Readonly<Record<string, DrawnWeight>> {
  const [rows = 1, columns = 1] = kernel.dims;
  const width = heads * size;
  const cut = (values: Float32Array, count: number): Float32Array => {
    const result = new Float32Array(count * width);
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < width; i++) result[row * width + i] = (values[row * columns + first + i] ?? 0) * factor;
    }
    return result;
  };
  return {
    [`${part}Kernel`]: { dims: [rows, width], values: () => cut(kernel.values(), rows) },
    ...(isBiased
      ? { [`${part}Bias`]: { dims: [width], values: () => cut(bias?.values() ?? new Float32Array(columns), 1) } }
      : {}),
  };
}

/** The inside of an attention alone. */
const scaledDotProduct: Mapper = (node, mapping) => {
  const found = attentionAt(mapping, node.outputs[0] ?? '');
  if (found === undefined || found.rotary || found.distances !== undefined) return false;
  const { heads, query, key, value, mask } = found;
  const cut = (part: Part): Bound | undefined => {
    const x = mapping.plain({ ...part.bound, view: [[0], [1], [2]] });
    const width = heads * part.size;
    if (x === undefined || x.type.axes[1]?.size === width) return x;
    return mapping.one('slice', { axis: 'features', start: part.first, count: width }, { input: x });
  };
  const usual = 1 / Math.sqrt(query.size);
  const asked = cut(query);
  const scaled =
    asked === undefined || isClose(found.scale, usual)
      ? asked
      : mapping.one('multiplyBy', { factor: found.scale / usual }, { input: asked });
  const [keys, values] = [cut(key), cut(value)];
  if (scaled === undefined || keys === undefined || values === undefined) return false;
  const { causal, padding } = mask;
  const parameters = { heads, causal, ...(padding === undefined ? {} : { paddingToken: padding.token }) };
  const inputs = {
    query: scaled,
    key: keys,
    value: values,
    ...(padding === undefined ? {} : { tokens: padding.tokens }),
  };
  const y = mapping.one('scaledDotProductAttention', parameters, inputs);
  return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: found.view });
};

/** Mappers by the operator at their end, the ones that explain most first. */
export const attentionMappers: Readonly<Record<string, readonly Mapper[]>> = {
  Add: [multiHeadAttention],
  MatMul: [multiHeadAttention],
  Gemm: [multiHeadAttention],
  Reshape: [scaledDotProduct],
  Transpose: [scaledDotProduct],
};
