import type { OpDefinition } from '../core/opDefinition.ts';
import { features, type TensorType } from '../core/shape.ts';
import { gradients } from '../program/autodiff.ts';
import { createBuilder } from '../program/builder.ts';
import { createInterpreter } from '../program/interpreter/createInterpreter.ts';
import type { Value, Variable } from '../program/program.ts';
import type { Moments } from './moments.ts';

/** Points of the normal distribution: of the means of channels, and within a channel. Even numbers, so that none lies on a kink at zero. */
const [BETWEEN, WITHIN] = [normalPoints(32), normalPoints(128)];

/** Evenly spaced points with the weights that a normal distribution gives them. */
function normalPoints(count: number): readonly { readonly at: number; readonly weight: number }[] {
  const reach = 5.5;
  const points = Array.from({ length: count }, (_, i) => ((2 * i) / (count - 1) - 1) * reach);
  const total = points.reduce((sum, at) => sum + Math.exp(-(at ** 2) / 2), 0);
  return points.map((at) => ({ at, weight: Math.exp(-(at ** 2) / 2) / total }));
}

/** What becomes of normally distributed numbers in an elementwise op, and the mean square of its slope there. */
export interface ElementwiseMoments {
  readonly output: Moments;
  readonly slope: number;
}

/**
 * Found by trying the op itself on points of the distribution, its gradient included: there is no second truth about an
 * activation.
 */
export function elementwiseMoments(
  op: OpDefinition,
  parameters: Readonly<Record<string, unknown>>,
  { mean, square, within }: Moments,
): ElementwiseMoments {
  const between = Math.max(0, square - mean ** 2 - within);
  const outer = between > 1e-12 * square ? BETWEEN : [{ at: 0, weight: 1 }];
  const points = Float64Array.from(
    outer.flatMap(({ at }) => WITHIN.map((inner) => mean + Math.sqrt(between) * at + Math.sqrt(within) * inner.at)),
  );
  const { values, slopes } = tried(op, parameters, points);
  const sums = { mean: 0, square: 0, within: 0, slope: 0 };
  outer.forEach((channel, c) => {
    let [first, second] = [0, 0];
    WITHIN.forEach(({ weight }, i) => {
      const at = c * WITHIN.length + i;
      first += weight * (values[at] ?? 0);
      second += weight * (values[at] ?? 0) ** 2;
      sums.slope += channel.weight * weight * (slopes[at] ?? 0) ** 2;
    });
    sums.mean += channel.weight * first;
    sums.square += channel.weight * second;
    sums.within += channel.weight * Math.max(0, second - first ** 2);
  });
  const { slope, ...output } = sums;
  return { output: { ...output, isPositive: values.every((value) => value >= 0) }, slope };
}

/** The op and its slope at some points. */
function tried(op: OpDefinition, parameters: Readonly<Record<string, unknown>>, points: Float64Array) {
  const builder = createBuilder('try');
  const type: TensorType = features(points.length);
  const x = builder.input('x', [-1, points.length], 'float32');
  const specs = op.weights?.({ parameters, inputs: { input: type } }) ?? {};
  const weights: Record<string, Variable> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (spec === undefined) continue;
    const { dims, initializer, trainable } = spec;
    weights[name] = { name, dims, dtype: 'float32', initializer, role: 'weight', trainable, origin: 'try' };
  }
  const results: Readonly<Record<string, Value>> = op.lower({
    builder,
    parameters,
    inputs: { input: x },
    types: { input: type },
    weights,
    mode: 'train',
    seed: undefined,
    path: 'try',
  });
  const y = results['output'];
  if (y === undefined) throw new Error(`"${op.type}" has no output`);
  const [slope] = gradients(builder, y, [x]);
  builder.output('y', y);
  if (slope !== undefined) builder.output('slope', slope);
  const program = { variables: Object.values(weights), entries: { try: builder.entry() } };
  const interpreter = createInterpreter(program, { seed: 1, precision: 'float64' });
  const found = interpreter.run('try', { x: { dims: [1, points.length], data: points } });
  return { values: found['y']?.data ?? [], slopes: found['slope']?.data ?? [] };
}
