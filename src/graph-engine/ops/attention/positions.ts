import type { OnnxContext } from '../../core/onnxContext.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';
import { sinusoids } from '../embedding/sinusoids.ts';

/** Cosines and sines of rotary angles, `[length, size / 2]` each: pair `i` turns by `position / 10000^(2i / size)`. */
function rotaryAngles(length: number, size: number): { cosines: readonly number[]; sines: readonly number[] } {
  const angles = Array.from({ length: length * (size / 2) }, (_, i) => {
    const pair = i % (size / 2);
    return Math.floor(i / (size / 2)) / 10_000 ** ((2 * pair) / size);
  });
  return { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
}

/**
 * Turns each pair of features by an angle that grows with the position, so that a product of a query and a key depends on their
 * distance alone (Su et al. 2021, arXiv 2104.09864). A pair is a feature of the first half and its partner of the second.
 */
export function rotate(builder: Builder, x: Value): Value {
  const [, heads = 1, length = 1, size = 2] = x.dims;
  const half = size / 2;
  const { cosines, sines } = rotaryAngles(length, size);
  const [cosine, sine] = [builder.constant(cosines, [length, half]), builder.constant(sines, [length, half])];
  const first = builder.slice(x, [0, 0, 0, 0], [-1, heads, length, half]);
  const second = builder.slice(x, [0, 0, 0, half], [-1, heads, length, half]);
  return builder.concat(
    [
      builder.subtract(builder.multiply(first, cosine), builder.multiply(second, sine)),
      builder.add(builder.multiply(second, cosine), builder.multiply(first, sine)),
    ],
    3,
  );
}

type Writer = Pick<OnnxContext<unknown, never, never>, 'node' | 'nodes' | 'float' | 'int64' | 'path'>;

/** The rotation of an exported value `[batch, heads, length, size]`; `part` names it. */
export function exportRotate(context: Writer, x: string, length: number, size: number, part: string): string {
  const half = size / 2;
  const name = (inner: string): string => `${context.path}/${part}/${inner}`;
  const { cosines, sines } = rotaryAngles(length, size);
  const cosine = context.float(`${part}Cosine`, cosines, [length, half]);
  const sine = context.float(`${part}Sine`, sines, [length, half]);
  const halves = context.int64(`${part}Halves`, [half, half]);
  const [first = '', second = ''] = context.nodes('Split', [x, halves], { axis: 3 }, [name('first'), name('second')]);
  const product = (a: string, b: string, inner: string): string => context.node('Mul', [a, b], {}, name(inner));
  const turned = [
    context.node('Sub', [product(first, cosine, 'a'), product(second, sine, 'b')], {}, name('left')),
    context.node('Add', [product(second, cosine, 'c'), product(first, sine, 'd')], {}, name('right')),
  ];
  return context.node('Concat', turned, { axis: 3 }, name('rotated'));
}

/** Distances from a query to a key, from the furthest before it to the furthest behind it. */
function distances(length: number): readonly number[] {
  return Array.from({ length: 2 * length - 1 }, (_, i) => length - 1 - i);
}

/** The encoded distances `[2 · length − 1, size]` of relative positions. */
export function encodedDistances(length: number, size: number): readonly number[] {
  return sinusoids(distances(length), size);
}

/**
 * Scores by distance `[batch, heads, length, 2 · length − 1]` as scores by key `[batch, heads, length, length]`: row `i` moves
 * by `i` (Dai et al. 2019, arXiv 1901.02860, appendix B).
 */
export function alignDistances(builder: Builder, scores: Value): Value {
  const [, heads = 1, length = 1, count = 1] = scores.dims;
  const padded = builder.pad(scores, [0, 0, 0, 0, 0, 0, 1, 0]);
  const folded = builder.reshape(padded, [-1, heads, count + 1, length]);
  const moved = builder.slice(folded, [0, 0, 1, 0], [-1, heads, count, length]);
  const rows = builder.reshape(moved, [-1, heads, length, count]);
  return builder.slice(rows, [0, 0, 0, 0], [-1, heads, length, length]);
}

/** The same for exported scores. */
export function exportAlignDistances(context: Writer, scores: string, heads: number, length: number): string {
  const count = 2 * length - 1;
  const name = (part: string): string => `${context.path}/distance/${part}`;
  const shape = (part: string, rows: number, columns: number): string => context.int64(part, [0, heads, rows, columns]);
  const padded = context.node('Pad', [scores, context.int64('shift', [0, 0, 0, 1, 0, 0, 0, 0])], {}, name('padded'));
  const folded = context.node('Reshape', [padded, shape('folded', count + 1, length)], {}, name('folded'));
  const cut = (x: string, axis: number, from: number, to: number, part: string): string =>
    context.node(
      'Slice',
      [
        x,
        ...(
          [
            ['From', from],
            ['To', to],
            ['Axis', axis],
          ] as const
        ).map(([end, value]) => context.int64(part + end, [value])),
      ],
      {},
      name(part),
    );
  const moved = cut(folded, 2, 1, count + 1, 'moved');
  const rows = context.node('Reshape', [moved, shape('aligned', length, count)], {}, name('aligned'));
  return cut(rows, 3, 0, length, 'kept');
}
