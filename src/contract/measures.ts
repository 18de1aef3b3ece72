import type { EpochMetrics, MeasureDescription, RunSummary, StepMetrics } from './run.ts';

/** What runs measured before they said what they measure. */
const ACCURACY: MeasureDescription = { key: 'accuracy', title: 'Accuracy', unit: 'share', better: 'higher' };

/** What a run measures, the most telling figure first. */
export function measuresOf(run: Pick<RunSummary, 'measures'>): readonly MeasureDescription[] {
  return run.measures ?? [ACCURACY];
}

/** The one figure that says most about a run. */
export function headlineOf(run: Pick<RunSummary, 'measures'>): MeasureDescription {
  return measuresOf(run)[0] ?? ACCURACY;
}

/** A figure over the training examples of a report; `undefined` where it has none. */
export function trainingFigure(metrics: StepMetrics | EpochMetrics, key: string): number | undefined {
  if (metrics.kind === 'step') return metrics.measures?.[key] ?? (key === 'accuracy' ? metrics.accuracy : undefined);
  return metrics.trainMeasures?.[key] ?? (key === 'accuracy' ? metrics.trainAccuracy : undefined);
}

/** A figure over the validation examples; `undefined` where the epoch has none. */
export function validationFigure(epoch: EpochMetrics, key: string): number | undefined {
  return epoch.validationMeasures?.[key] ?? (key === 'accuracy' ? epoch.validationAccuracy : undefined);
}
