import type { TrainingSettings } from '../document/trainingSettings.ts';
import type { GradientListener } from '../program/autodiff.ts';
import { appendGathering, gathered } from '../program/accumulation.ts';
import { averagingEntry } from '../program/averaging.ts';
import { createBuilder, type Builder } from '../program/builder.ts';
import type { Update } from '../program/optimizers/update.ts';
import type { Entry, Value, Variable } from '../program/program.ts';
import {
  allFinite,
  guardedBuilder,
  lossScaleIn,
  moveLossScale,
  unscaled,
  unscaledListener,
} from '../program/lossScaling.ts';
import { appendGradients, appendUpdate, type UpdateOptions } from '../program/trainStep.ts';

/** The entries of a training beside `train`, and the feed that a part of a batch needs. */
export const learningEntries = { update: 'update', average: 'average', share: 'share' } as const;

export interface Learning {
  readonly loss: Value;
  /** Weights and statistics of the network. */
  readonly variables: readonly Variable[];
  /** What may move. */
  readonly trainable: readonly Variable[];
  readonly decays: (variable: Variable) => boolean;
  readonly training: TrainingSettings;
  /** Hears of the gradients. */
  readonly listener?: GradientListener;
  /** Hears of the gathered gradients, in the entry that takes the step, once that has been written. */
  readonly onGathered?: (step: Builder, gathered: readonly Update[]) => void;
}

/**
 * Appends to `train` how the network learns. With one batch a step that is gradients and the optimizer. With several, `train`
 * gathers the gradients of a part of the batch, weighted by its `share`, and the entry `update` takes the step. With averaging
 * the entry `average` is to be run after each step. Returns the further entries and the variables that all this needs.
 */
export function lowerLearning(
  builder: Builder,
  { loss, variables, trainable, decays, training, listener, onGathered }: Learning,
): { readonly entries: readonly Entry[]; readonly slots: readonly Variable[] } {
  const { optimizer, clipping, averaging, accumulate = 1 } = training;
  const options = { optimizer, decays, ...(clipping !== undefined && { clipping }) };
  const scales = training.precision === 'float16';
  const given = appendGradients(builder, {
    loss,
    variables: trainable,
    recompute: training.recompute === true,
    ...(listener !== undefined && { listener: scales ? unscaledListener(builder, listener) : listener }),
    ...(scales && { scale: lossScaleIn(builder) }),
  });
  const updates = scales ? unscaled(builder, given) : given;
  const entries: Entry[] = [];
  const slots: Variable[] = [];
  if (accumulate === 1) {
    const learningRate = builder.input('learningRate', [], 'float32');
    slots.push(...takeStep(builder, updates, { ...options, learningRate }, scales));
  } else {
    slots.push(...appendGathering(builder, updates, builder.input(learningEntries.share, [], 'float32')));
    const step = createBuilder(learningEntries.update);
    const learningRate = step.input('learningRate', [], 'float32');
    const whole = gathered(
      step,
      updates.map(({ variable }) => variable),
    );
    slots.push(...takeStep(step, whole, { ...options, learningRate }, scales));
    step.output('learningRate', learningRate);
    onGathered?.(step, whole);
    entries.push(step.entry());
  }
  if (averaging?.kind === 'ema') {
    const average = averagingEntry(learningEntries.average, variables, averaging.decay);
    entries.push(average.entry);
    slots.push(...average.slots);
  }
  return { entries, slots };
}

/** Appends the optimizer's step; where the loss was scaled, one that is not taken unless all gradients are finite. */
function takeStep(
  builder: Builder,
  updates: readonly Update[],
  options: UpdateOptions,
  scales: boolean,
): readonly Variable[] {
  if (!scales) return appendUpdate(builder, updates, options);
  const finite = allFinite(builder, updates);
  return [...appendUpdate(guardedBuilder(builder, finite), updates, options), ...moveLossScale(builder, finite)];
}
