import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';

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
