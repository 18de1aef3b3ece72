import type { PrimitiveName } from './primitives/index.ts';
import { isNarrow } from './narrowFloat.ts';
import type { Attributes, NarrowFloat, Value } from './program.ts';

/** What training computes in. Weights, their gradients' sums and the optimizer are float32 either way. */
export type Precision = 'float32' | NarrowFloat;

/**
 * When a primitive computes in a narrow float: `always` - products, whose kernels add up in float32 inside; `like` - as the input
 * at this index does; `agree` - where all inputs do, so that a float32 value stays one (constants do not count).
 */
export interface CastRule {
  readonly when: 'always' | 'agree' | { readonly like: number };
  /** Inputs that stay as they are. */
  readonly keeps?: readonly number[];
  /** Only the first output is narrow: the others are statistics. */
  readonly onlyFirst?: true;
}

const first: CastRule = { when: { like: 0 } };
const second: CastRule = { when: { like: 1 } };
const agree: CastRule = { when: 'agree' };
const always: CastRule = { when: 'always' };

/** What has no rule is computed in float32: reductions, statistics, softmax, losses, exponentials, the optimizer. */
const rules: Partial<Record<PrimitiveName, CastRule>> = {
  conv2d: always,
  conv2dBackpropInput: always,
  conv2dBackpropFilter: always,
  matMul: always,
  batchMatMul: always,
  biasAdd: first,
  add: agree,
  subtract: agree,
  multiply: agree,
  maximum: agree,
  minimum: agree,
  concat: agree,
  negate: first,
  relu: first,
  reluGrad: second,
  // The mean and variance of a batch are computed and kept in float32, whatever the image is in.
  batchNormTraining: { when: { like: 0 }, keeps: [1, 2, 3, 4], onlyFirst: true },
  batchNormTrainingGrad: { when: { like: 1 }, keeps: [2, 3, 4, 5], onlyFirst: true },
  maxPool: first,
  maxPoolGrad: first,
  averagePool: first,
  averagePoolGrad: first,
  reshape: first,
  transpose: first,
  slice: first,
  stridedSlice: first,
  pad: first,
  broadcastTo: first,
};

/** The rule for a primitive, if it ever computes in a narrow float. */
export function castRuleOf(name: PrimitiveName): CastRule | undefined {
  return rules[name];
}

/** Whether an instruction computes in a narrow float. `scalars` are the constants without axes. */
export function narrowed(
  rule: CastRule | undefined,
  inputs: readonly Value[],
  attributes: Attributes,
  scalars: ReadonlySet<number>,
): boolean {
  if (rule === undefined) return false;
  const { when } = rule;
  // Grouped convolutions have no narrow kernels everywhere, and are small.
  if (when === 'always') return (attributes['groups'] ?? 1) === 1;
  if (when !== 'agree') return isNarrow(inputs[when.like]?.dtype ?? 'float32');
  const counting = inputs.filter(({ id }) => !scalars.has(id));
  return counting.length > 0 && counting.every(({ dtype }) => isNarrow(dtype));
}
