import { encodedDistances } from '../../../ops/attention/positions.ts';
import { intsOf, type SourceNode } from '../sourceModel.ts';
import { bothWays, isClose } from './activations.ts';
import { asFloats } from './convolutions.ts';
import type { DrawnWeight } from '../../drawing/drawnNode.ts';
import type { Mapping } from './mapping.ts';

/** The weights of scores by distance (Dai et al. 2019, arXiv 1901.02860, section 3.3). */
export interface Distances {
  readonly distanceKernel: DrawnWeight;
  readonly contentBias: DrawnWeight;
  readonly distanceBias: DrawnWeight;
}

interface RelativeScores {
  readonly query: string;
  readonly key: string;
  readonly distances: Distances;
}

/** Scores of content and of distance added up, as ours are exported: (query + u) · key + aligned((query + v) · distances). */
export function relativeScores(mapping: Mapping, node: SourceNode): RelativeScores | undefined {
  for (const [a, b] of bothWays(node.inputs)) {
    const content = mapping.maker(a, 'MatMul');
    const distance = mapping.maker(alignedFrom(mapping, b), 'MatMul');
    const [shifted, key = ''] = content?.inputs ?? [];
    const [turned, columns] = distance?.inputs ?? [];
    const [first, second] = [shiftedBy(mapping, shifted), shiftedBy(mapping, turned)];
    if (first === undefined || second === undefined || first.query !== second.query) continue;
    const distanceKernel = kernelOf(mapping, columns);
    if (distanceKernel === undefined) continue;
    return {
      query: first.query,
      key,
      distances: { distanceKernel, contentBias: first.bias, distanceBias: second.bias },
    };
  }
  return undefined;
}

/** Scores by distance `[…, length, 2 · length − 1]` behind which each row has moved by its number: Pad, Reshape, Slice, Reshape, Slice. */
function alignedFrom(mapping: Mapping, name: string): string | undefined {
  const kept = mapping.maker(name, 'Slice');
  const rows = mapping.maker(kept?.inputs[0], 'Reshape');
  const moved = mapping.maker(rows?.inputs[0], 'Slice');
  const folded = mapping.maker(moved?.inputs[0], 'Reshape');
  const padded = mapping.maker(folded?.inputs[0], 'Pad');
  const dims = (node: SourceNode | undefined): readonly number[] =>
    mapping.fact(node?.outputs[0]).dims?.slice(-2) ?? [];
  const [length = 0, keys = 0] = dims(kept);
  const count = 2 * length - 1;
  const shapes = [padded, folded, moved, rows, kept].map((node) => dims(node).join());
  const expected = [
    [length, count + 1],
    [count + 1, length],
    [count, length],
    [length, count],
    [length, length],
  ];
  if (length !== keys || shapes.join(' ') !== expected.map((one) => one.join()).join(' ')) return undefined;
  // One column before the others, one row off the top, the first columns.
  const isShift = mapping.numbers(padded?.inputs[1])?.join() === '0,0,0,1,0,0,0,0';
  const isCut = mapping.scalar(moved?.inputs[1]) === 1 && mapping.scalar(kept?.inputs[1]) === 0;
  return isShift && isCut ? padded?.inputs[0] : undefined;
}

/** A query `[batch, heads, length, size]` with a row `[heads, 1, size]` added to each of its positions. */
function shiftedBy(
  mapping: Mapping,
  name: string | undefined,
): { readonly query: string; readonly bias: DrawnWeight } | undefined {
  for (const [query, rows] of bothWays(mapping.maker(name, 'Add')?.inputs ?? [])) {
    const constant = mapping.floats(rows);
    const [heads = 1, one, size = 1] = constant?.dims ?? [];
    if (constant?.dims.length !== 3 || one !== 1) continue;
    return { query, bias: { dims: [heads, size], values: () => asFloats(constant.values()) } };
  }
  return undefined;
}

/** The kernel that encoded distances are multiplied by, of columns `[heads, size, 2 · length − 1]`. */
function kernelOf(mapping: Mapping, name: string | undefined): DrawnWeight | undefined {
  const columns = mapping.maker(name, 'Transpose');
  const parts = mapping.maker(columns?.inputs[0], 'Reshape');
  const product = mapping.maker(parts?.inputs[0], 'MatMul');
  const [rows, kernel] = [mapping.constant(product?.inputs[0]), mapping.floats(product?.inputs[1])];
  const [count = 0, features = 0] = rows?.dims ?? [];
  if (columns === undefined || intsOf(columns, 'perm')?.join() !== '1,2,0') return undefined;
  if (rows === undefined || kernel === undefined || kernel.dims[0] !== features) return undefined;
  const numbers = rows.numbers();
  const isEncoding = encodedDistances((count + 1) / 2, features).every((value, at) => isClose(numbers?.[at], value));
  return isEncoding ? { dims: kernel.dims, values: () => asFloats(kernel.values()) } : undefined;
}
