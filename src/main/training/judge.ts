import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { describeMeasures, type Measurement } from './networkMeasures.ts';

/** The figure of a validation that says how good a network is; smaller is better, whatever it is made of. */
export type Judge = (validation: Measurement) => number;

/** Judges by the validation loss, or by the most telling measure where the settings say so. */
export function createJudge(lowered: LoweredDocument, { judgedBy }: Pick<TrainingSettings, 'judgedBy'>): Judge {
  const [measure] = judgedBy === 'measure' ? describeMeasures(lowered) : [];
  if (measure === undefined) return ({ loss }) => loss;
  const sign = measure.better === 'lower' ? 1 : -1;
  // A measure of nothing, such as the F1 score without a single yes, is no number: then the loss decides.
  return ({ loss, measures }) => sign * (measures[measure.key] ?? sign * loss);
}
