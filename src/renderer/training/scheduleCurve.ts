import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';
import { nextPlateau, noPlateau } from '../../graph-engine/training/plateau.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';

/** Steps in one epoch: the training part in batches, the last one possibly smaller. At least one. */
export function stepsPerEpoch(settings: TrainingSettings, samples: number): number {
  const share = (settings.validationData ?? '') === '' ? 1 - settings.validationShare : 1;
  return Math.max(1, Math.ceil((samples * share) / stepSize(settings)));
}

/** The learning rate at `count` evenly spaced steps of the whole run, the first and the last among them. */
export function scheduleCurve(settings: TrainingSettings, samples: number, count: number): number[] {
  const perEpoch = stepsPerEpoch(settings, samples);
  const lastStep = Math.max(0, settings.epochs * perEpoch - 1);
  return Array.from({ length: count }, (_, index) =>
    learningRateAt(settings, Math.round((lastStep * index) / (count - 1)), perEpoch),
  );
}

/**
 * Of a plateau schedule the rate at the same steps if the validation never gets better: nobody knows before whether and when it
 * will not. Undefined for other schedules.
 */
export function worstScheduleCurve(settings: TrainingSettings, samples: number, count: number): number[] | undefined {
  const { schedule, epochs } = settings;
  if (schedule.kind !== 'plateau') return undefined;
  const perEpoch = stepsPerEpoch(settings, samples);
  const lastStep = Math.max(0, epochs * perEpoch - 1);
  let state = noPlateau;
  let epoch = 0;
  return Array.from({ length: count }, (_, index) => {
    const step = Math.round((lastStep * index) / (count - 1));
    for (; epoch < Math.floor(step / perEpoch); epoch++) state = nextPlateau(state, schedule, 1);
    return learningRateAt(settings, step, perEpoch, state.drops);
  });
}
