import { trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { MeasureDescription, Metrics } from '../../contract/run.ts';
import { smoothCurve } from './smoothCurve.ts';

/** What a chart shows: the loss, or one of the measures of the run. */
export type CurveFigure = 'loss' | MeasureDescription;

/** Columns as uPlot takes them: epochs, the raw training curve, the smoothed one, validation. Equal lengths. */
export type CurveColumns = [
  epochs: number[],
  raw: (number | null)[],
  smoothed: (number | null)[],
  validation: (number | null)[],
];

export interface CurveOptions {
  readonly smoothing: number;
  /** Values that a logarithm cannot show become gaps. */
  readonly logarithmic: boolean;
}

/** The curves of a run. Steps stand at the epochs passed, with a fraction; validation at the ends of epochs. */
export function curveColumns(metrics: readonly Metrics[], figure: CurveFigure, options: CurveOptions): CurveColumns {
  const show = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) && !(options.logarithmic && value <= 0) ? value : null;
  const epochs: number[] = [];
  const raw: (number | null)[] = [];
  const validation: (number | null)[] = [];
  for (const one of metrics) {
    const step = one.kind === 'step';
    // The last step of an epoch and the epoch's end share a place; uPlot wants each place once, in rising order.
    const last = epochs.at(-1);
    if (last === undefined || one.epoch > last) {
      epochs.push(one.epoch);
      raw.push(null);
      validation.push(null);
    }
    const index = epochs.length - 1;
    if (step) raw[index] = show(figure === 'loss' ? one.loss : trainingFigure(one, figure.key));
    else validation[index] = show(figure === 'loss' ? one.validationLoss : validationFigure(one, figure.key));
  }
  return thinned([epochs, raw, smoothCurve(raw, options.smoothing), validation]);
}

/** More places than this a chart of a few hundred pixels cannot show. */
const MAXIMUM_PLACES = 3000;

/**
 * A long run with fewer places: of each few neighbours, the one that lies farthest from the smoothed curve, so that spikes
 * stay; all places with a validation, and the last one.
 */
function thinned(columns: CurveColumns): CurveColumns {
  const [epochs, raw, smoothed, validation] = columns;
  const group = Math.ceil(epochs.length / MAXIMUM_PLACES);
  if (group <= 1) return columns;
  const distance = (index: number) => Math.abs((raw[index] ?? 0) - (smoothed[index] ?? 0));
  const kept: number[] = [];
  for (let start = 0; start < epochs.length; start += group) {
    const end = Math.min(start + group, epochs.length);
    let farthest = start;
    for (let index = start; index < end; index++) if (distance(index) > distance(farthest)) farthest = index;
    for (let index = start; index < end; index++) {
      if (index === farthest || index === epochs.length - 1 || typeof validation[index] === 'number') kept.push(index);
    }
  }
  return [
    kept.map((index) => epochs[index] ?? 0),
    kept.map((index) => raw[index] ?? null),
    kept.map((index) => smoothed[index] ?? null),
    kept.map((index) => validation[index] ?? null),
  ];
}
