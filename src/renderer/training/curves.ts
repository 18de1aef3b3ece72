import { trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { MeasureDescription, Metrics } from '../../contract/run.ts';
import { createMovingAverage } from './movingAverage.ts';

/** What a chart shows: the loss, or one of the measures of the run. */
export type CurveFigure = 'loss' | MeasureDescription;

/** What curves are drawn over. */
export type CurveAxis = 'epoch' | 'step' | 'time';

/** Columns as uPlot takes them: places, the raw training curve, the smoothed one, validation. Equal lengths. */
export type CurveColumns = [
  places: number[],
  raw: (number | null)[],
  smoothed: (number | null)[],
  validation: (number | null)[],
];

export interface CurveOptions {
  readonly axis: CurveAxis;
  readonly smoothing: number;
  /** Values that a logarithm cannot show become gaps. */
  readonly logarithmic: boolean;
}

/** Columns that grow with a run. */
export interface CurveBuilder {
  /** The columns of these metrics: the same arrays as before, longer, as long as the metrics only grew. */
  update(metrics: readonly Metrics[]): CurveColumns;
}

/**
 * Starts the curves of one figure. Steps stand at the epochs passed, with a fraction; validation at the ends of epochs. The
 * smoothed curve is an exponential moving average without the bias of its start, so that it begins at its first value.
 */
export function createCurveBuilder(figure: CurveFigure, { axis, smoothing, logarithmic }: CurveOptions): CurveBuilder {
  let columns: CurveColumns = [[], [], [], []];
  let seen = 0;
  let last: Metrics | undefined;
  let smooth = createMovingAverage(smoothing);

  const show = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) && !(logarithmic && value <= 0) ? value : null;

  function add(one: Metrics): void {
    const [places, raw, averaged, validation] = columns;
    const place = axis === 'epoch' ? one.epoch : axis === 'step' ? one.step : one.elapsed;
    const before = places.at(-1);
    // The last step of an epoch and the epoch's end share a place; uPlot wants each place once, in rising order.
    if (before === undefined || place > before) {
      places.push(place);
      raw.push(null);
      averaged.push(null);
      validation.push(null);
    }
    const index = places.length - 1;
    if (one.kind === 'step') {
      const value = show(figure === 'loss' ? one.loss : trainingFigure(one, figure.key));
      raw[index] = value;
      averaged[index] = value === null ? null : smooth(value);
    } else {
      validation[index] = show(figure === 'loss' ? one.validationLoss : validationFigure(one, figure.key));
    }
  }

  return {
    update(metrics) {
      // A run that goes on from a checkpoint, or is read anew, begins again.
      if (metrics.length < seen || (seen > 0 && metrics[seen - 1] !== last)) {
        columns = [[], [], [], []];
        seen = 0;
        smooth = createMovingAverage(smoothing);
      }
      for (; seen < metrics.length; seen++) {
        last = metrics[seen];
        if (last !== undefined) add(last);
      }
      return columns;
    },
  };
}
