import { gradients, type GradientListener } from './autodiff.ts';
import type { Builder } from './builder.ts';
import { clipGradients, type ClippingSettings } from './clipping.ts';
import { applyOptimizer } from './optimizers/applyOptimizer.ts';
import type { OptimizerSettings } from './optimizers/settings.ts';
import type { Update } from './optimizers/update.ts';
import type { Value, Variable } from './program.ts';
import { createRecomputation, noRecomputation } from './recompute.ts';

export interface GradientOptions {
  /** What to make small; a scalar. */
  readonly loss: Value;
  /** What may move. A variable the loss does not depend on stays as it is, decay included. */
  readonly variables: readonly Variable[];
  /** Forgets activations and computes them a second time when their gradients are due; see `recomputeSegments`. */
  readonly recompute?: boolean;
  /** Hears of the gradients as they are, before anything is clipped. */
  readonly listener?: GradientListener;
  /** What the loss is multiplied by; the gradients are multiplied too. A scalar. */
  readonly scale?: Value;
}

export interface UpdateOptions {
  readonly optimizer: OptimizerSettings;
  /** A float32 scalar. */
  readonly learningRate: Value;
  readonly clipping?: ClippingSettings;
  /** Which variables weight decay pulls on; all but vectors by default. */
  readonly decays?: (variable: Variable) => boolean;
}

/** Appends the gradients of the loss: one for each variable that the loss depends on. */
export function appendGradients(
  builder: Builder,
  { loss, variables, recompute, listener, scale }: GradientOptions,
): readonly Update[] {
  if (loss.dims.length !== 0) throw new Error(`A loss is a scalar, got [${loss.dims.join(', ')}]`);
  const reads = variables.map((variable) => builder.readVariable(variable));
  const recomputation = recompute === true ? createRecomputation(builder) : noRecomputation;
  const values = gradients(builder, loss, reads, recomputation, listener, scale);
  return variables.flatMap((variable, i): Update[] => {
    const gradient = values[i];
    return gradient === undefined ? [] : [{ variable, gradient }];
  });
}

/** Appends one optimizer step along gradients, and returns the slot variables that it needs. */
export function appendUpdate(
  builder: Builder,
  updates: readonly Update[],
  { optimizer, learningRate, clipping = { kind: 'none' }, decays }: UpdateOptions,
): readonly Variable[] {
  return builder.withOrigin('optimizer', () =>
    applyOptimizer(builder, optimizer, clipGradients(builder, updates, clipping), learningRate, decays),
  );
}

/** Appends the gradients of the loss and one optimizer step, and returns the slot variables that the step needs. */
export function appendTrainStep(builder: Builder, options: GradientOptions & UpdateOptions): readonly Variable[] {
  return appendUpdate(builder, appendGradients(builder, options), options);
}
