import { gradients } from './autodiff.ts';
import type { Builder } from './builder.ts';
import { applyOptimizer } from './optimizers/applyOptimizer.ts';
import type { OptimizerSettings } from './optimizers/settings.ts';
import type { Update } from './optimizers/update.ts';
import type { Value, Variable } from './program.ts';
import { createRecomputation, noRecomputation } from './recompute.ts';

export interface TrainStepOptions {
  /** What to make small; a scalar. */
  readonly loss: Value;
  /** What may move. A variable the loss does not depend on stays as it is, decay included. */
  readonly variables: readonly Variable[];
  readonly optimizer: OptimizerSettings;
  /** A float32 scalar. */
  readonly learningRate: Value;
  /** Gradients are scaled down together so that their common norm is at most this. */
  readonly clipNorm?: number;
  /** Forgets activations and computes them a second time when their gradients are due; see `recomputeSegments`. */
  readonly recompute?: boolean;
  /** Which variables weight decay pulls on; all but vectors by default. */
  readonly decays?: (variable: Variable) => boolean;
}

/** Appends the gradients of the loss and one optimizer step, and returns the slot variables that the step needs. */
export function appendTrainStep(
  builder: Builder,
  { loss, variables, optimizer, learningRate, clipNorm, recompute, decays }: TrainStepOptions,
): readonly Variable[] {
  if (loss.dims.length !== 0) throw new Error(`A loss is a scalar, got [${loss.dims.join(', ')}]`);
  const reads = variables.map((variable) => builder.readVariable(variable));
  const recomputation = recompute === true ? createRecomputation(builder) : noRecomputation;
  const values = gradients(builder, loss, reads, recomputation);
  return builder.withOrigin('optimizer', () => {
    const updates = variables.flatMap((variable, i): Update[] => {
      const gradient = values[i];
      return gradient === undefined ? [] : [{ variable, gradient }];
    });
    const clipped = clipNorm === undefined ? updates : clipByGlobalNorm(builder, updates, clipNorm);
    return applyOptimizer(builder, optimizer, clipped, learningRate, decays);
  });
}

/** Scales all gradients by `min(1, clipNorm / (norm + 1e-6))` of their common norm, as PyTorch's `clip_grad_norm_`. */
function clipByGlobalNorm(builder: Builder, updates: readonly Update[], clipNorm: number): readonly Update[] {
  const squares = updates.map(({ gradient }) =>
    builder.reduceSum(
      builder.square(gradient),
      gradient.dims.map((_, axis) => axis),
    ),
  );
  const [first, ...rest] = squares;
  if (first === undefined) return updates;
  const norm = builder.sqrt(rest.reduce((sum, square) => builder.add(sum, square), first));
  const scale = builder.minimum(
    builder.divide(builder.scalar(clipNorm), builder.add(norm, builder.scalar(1e-6))),
    builder.scalar(1),
  );
  return updates.map(({ variable, gradient }) => ({ variable, gradient: builder.multiply(gradient, scale) }));
}
