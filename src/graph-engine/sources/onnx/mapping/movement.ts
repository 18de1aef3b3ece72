import { countOf, type Numbers } from '../constantTensor.ts';
import { evaluatorOf, movements } from '../evaluate.ts';
import type { SourceNode } from '../sourceModel.ts';
import type { Mapping } from './mapping.ts';
import { rotatedBy } from './rotations.ts';
import { sizesOf, viewedDims, type View } from '../../drawing/view.ts';
import type { TensorType } from '../../../core/shape.ts';

/** Where a value comes from when everything is left out that only lays out, picks and multiplies by a number. */
export interface Movement {
  readonly origin: string;
  /** What all of it is multiplied by on the way. */
  readonly factor: number;
  /** The value that is turned by rotary positions on the way, if one is. */
  readonly rotated: string | undefined;
  readonly dims: readonly number[];
  /** For each of its places (for the small batch) the place in the origin. */
  readonly places: Numbers;
}

/** Values of more places are not followed: single precision counts no further. */
const MAXIMUM_PLACES = 2 ** 24;

/** The places of a value, counted through. */
function places(count: number): Numbers {
  const counted = new Float32Array(count);
  for (let at = 0; at < count; at++) counted[at] = at;
  return counted;
}

interface Way {
  readonly origin: string;
  readonly factor: number;
  readonly rotated: string | undefined;
  readonly steps: readonly { readonly node: SourceNode; readonly index: number }[];
}

function wayBack(mapping: Mapping, name: string, scales: boolean): Way {
  const steps: { readonly node: SourceNode; readonly index: number }[] = [];
  let [origin, factor] = [name, 1];
  let rotated: string | undefined;
  const follow = (one: string): Movement | undefined => followBack(mapping, one, false);
  for (;;) {
    const node = mapping.maker(origin);
    if (node === undefined) break;
    if (movements.has(node.opType) && followable(mapping, node)) {
      steps.unshift({ node, index: node.outputs.indexOf(origin) });
      origin = node.inputs[0] ?? '';
      continue;
    }
    const scaled = scales ? scaledBy(mapping, node) : undefined;
    if (scaled !== undefined) {
      factor *= scaled.factor;
      origin = scaled.input;
      continue;
    }
    const turned = scales && rotated === undefined ? rotatedBy(mapping, node, follow) : undefined;
    if (turned === undefined) break;
    rotated = origin = turned;
  }
  return { origin, factor, rotated, steps };
}

/** What made the numbers of a value, without a look at where each of them went. */
export function originOf(mapping: Mapping, name: string): string {
  return wayBack(mapping, name, false).origin;
}

/** Follows a value back to what made its numbers. */
export function followBack(mapping: Mapping, name: string, scales = true): Movement | undefined {
  const way = wayBack(mapping, name, scales);
  const { origin, factor, rotated } = way;
  const start = mapping.fact(origin).dims;
  if (start === undefined || countOf(start) > MAXIMUM_PLACES) return undefined;
  const known = remembered.get(mapping) ?? new Map<string, Arrival>();
  remembered.set(mapping, known);
  const key = wordsFor(mapping, start, way);
  const arrival = (key === undefined ? undefined : known.get(key)) ?? arrive(mapping, start, way);
  if (arrival === undefined) return undefined;
  if (key !== undefined) known.set(key, arrival);
  for (const oldest of known.keys()) if (known.size > REMEMBERED) known.delete(oldest);
  return { origin, factor, rotated, ...arrival };
}

type Arrival = Pick<Movement, 'dims' | 'places'>;

/** Layer after layer goes the same ways: those of queries, keys and values, and the way out. */
const remembered = new WeakMap<Mapping, Map<string, Arrival>>();
const REMEMBERED = 8;
/** Ways by longer lists of places are not put in words. */
const LONGEST_LIST = 64;

/** All that a way does, in words; `undefined` where that would be long. */
function wordsFor(mapping: Mapping, start: readonly number[], { steps }: Way): string | undefined {
  const words: unknown[] = [start];
  for (const { node, index } of steps) {
    const lists = node.inputs.slice(1).map((input) => mapping.fact(input).constant?.numbers());
    if (lists.some((list) => (list?.length ?? 0) > LONGEST_LIST)) return undefined;
    const attributes = [...node.attributes.values()].map(
      ({ name, i, ints, s }) => `${name} ${i} ${ints.join()} ${s.join()}`,
    );
    words.push(
      node.opType,
      index,
      mapping.fact(node.outputs[index]).dims,
      attributes,
      lists.map((list) => list?.join()),
    );
  }
  return JSON.stringify(words);
}

function arrive(mapping: Mapping, start: readonly number[], { steps }: Way): Arrival | undefined {
  let [dims, moved]: [readonly number[], Numbers] = [start, places(countOf(start))];
  for (const { node, index } of steps) {
    const [, ...rest] = node.inputs;
    const inputs = [{ elementType: 1, dims }, ...rest.map((input) => (input === '' ? undefined : mapping.fact(input)))];
    const output = mapping.fact(node.outputs[index]).dims;
    if (output === undefined || countOf(output) > MAXIMUM_PLACES) return undefined;
    const values: readonly (Numbers | undefined)[] = [
      moved,
      ...inputs.slice(1).map((input) => input?.constant?.numbers()),
    ];
    const next: Numbers | undefined = evaluatorOf(node.opType)?.({ node, inputs, values, dims: output, index });
    if (next === undefined) return undefined;
    [dims, moved] = [output, next];
  }
  return { dims, places: moved };
}

/** Whether where the numbers go depends on nothing that is fed. */
function followable(mapping: Mapping, node: SourceNode): boolean {
  return node.inputs.slice(1).every((input) => input === '' || mapping.fact(input).constant !== undefined);
}

/** A product with one number: the number and what it multiplies. */
export function scaledBy(
  mapping: Mapping,
  node: SourceNode,
): { readonly input: string; readonly factor: number } | undefined {
  const [a = '', b = ''] = node.inputs;
  const [left, right] = [mapping.scalar(a), mapping.scalar(b)];
  if (node.opType === 'Mul' && right !== undefined) return { input: a, factor: right };
  if (node.opType === 'Mul' && left !== undefined) return { input: b, factor: left };
  if (node.opType === 'Div' && right !== undefined) return { input: a, factor: 1 / right };
  return undefined;
}

/** How far apart neighbours along each axis of a value lie in the ONNX tensor that a view sees. */
export function nativeStrides(type: TensorType, view: View, batch: number): readonly number[] | undefined {
  const sizes = sizesOf(type, batch);
  const dims = viewedDims(type, view, batch);
  if (sizes === null || dims === null) return undefined;
  const strides = sizes.map(() => 0);
  let step = 1;
  for (const axes of view.toReversed()) {
    for (const axis of axes.toReversed()) {
      strides[axis] = step;
      step *= sizes[axis] ?? 1;
    }
  }
  return strides;
}
