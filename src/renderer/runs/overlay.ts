import { measuresOf, trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { MeasureDescription, Metrics, RunSummary } from '../../contract/run.ts';
import type { CurveAxis } from '../training/curves.ts';
import type { CurveRange } from '../training/curveView.ts';
import { createMovingAverage } from '../training/movingAverage.ts';

/** Something that several runs are compared by, over time. */
export interface OverlayFigure {
  /** Such as `validation loss` and `train accuracy`. */
  readonly key: string;
  readonly title: string;
  readonly unit: 'share' | 'number';
  /** Whether it comes with every report and is smoothed; else with the ends of epochs, which are not. */
  readonly everyStep: boolean;
  readonly value: (metrics: Metrics) => number | undefined;
}

/** Points of one run, from left to right. */
export interface Curve {
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/** Everything these runs can be compared by; the same objects for runs that measure the same. */
export function overlayFigures(runs: readonly RunSummary[]): readonly OverlayFigure[] {
  const measures = [...new Map(runs.flatMap(measuresOf).map((measure) => [measure.key, measure])).values()];
  const key = JSON.stringify(measures);
  const known = figuresByMeasures.get(key) ?? figuresOf(measures);
  figuresByMeasures.set(key, known);
  return known;
}

const figuresByMeasures = new Map<string, readonly OverlayFigure[]>();

function figuresOf(measures: readonly MeasureDescription[]): readonly OverlayFigure[] {
  return [
    figure('validation loss', 'Validation loss', false, (one) =>
      one.kind === 'epoch' ? one.validationLoss : undefined,
    ),
    figure('train loss', 'Training loss', true, (one) => (one.kind === 'step' ? one.loss : undefined)),
    ...measures.flatMap(({ key, title, unit }): readonly OverlayFigure[] => [
      {
        ...{ key: `validation ${key}`, title: `Validation ${title.toLowerCase()}`, unit, everyStep: false },
        value: (one) => (one.kind === 'epoch' ? validationFigure(one, key) : undefined),
      },
      {
        ...{ key: `train ${key}`, title: `Training ${title.toLowerCase()}`, unit, everyStep: true },
        value: (one) => (one.kind === 'step' ? trainingFigure(one, key) : undefined),
      },
    ]),
    figure('learning rate', 'Learning rate', true, (one) => (one.kind === 'step' ? one.learningRate : undefined)),
    figure('speed', 'Samples per second', true, (one) => (one.kind === 'step' ? one.samplesPerSecond : undefined)),
    figure('memory', 'Memory in bytes', true, (one) => (one.kind === 'step' ? one.memory : undefined)),
  ];
}

function figure(key: string, title: string, everyStep: boolean, value: OverlayFigure['value']): OverlayFigure {
  return { key, title, unit: 'number', everyStep, value };
}

export interface CurveLook {
  readonly axis: CurveAxis;
  readonly smoothing: number;
  /** Leaves out what a logarithm cannot show. */
  readonly logarithmic: boolean;
}

/** The curve of one run. */
export function curveOf(
  metrics: readonly Metrics[],
  { value, everyStep }: OverlayFigure,
  { axis, smoothing, logarithmic }: CurveLook,
): Curve {
  const [places, values]: [number[], number[]] = [[], []];
  const smooth = createMovingAverage(everyStep ? smoothing : 0);
  for (const one of metrics) {
    const found = value(one);
    if (found === undefined || !Number.isFinite(found) || (logarithmic && found <= 0)) continue;
    const place = axis === 'epoch' ? one.epoch : axis === 'step' ? one.step : one.elapsed;
    const before = places.at(-1);
    // Steps never fall, but clocks of two hosts may.
    if (before !== undefined && place <= before) continue;
    places.push(place);
    values.push(smooth(found));
  }
  return { places, values };
}

/**
 * What of a curve is to be seen in a range, in at most about so many points: of each stretch the least and the greatest
 * value, so that no peak is lost, and one point beyond each end.
 */
export function thinCurve({ places, values }: Curve, range: CurveRange | null, most = 1200): Curve {
  const first = range === null ? 0 : Math.max(0, lowerBound(places, range.from) - 1);
  const end = range === null ? places.length : Math.min(places.length, lowerBound(places, range.to) + 2);
  const count = end - first;
  if (count <= most) return { places: places.slice(first, end), values: values.slice(first, end) };
  const kept: number[] = [first];
  const stretches = Math.floor(most / 2);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = first + Math.floor((stretch * count) / stretches);
    const to = first + Math.floor(((stretch + 1) * count) / stretches);
    let [least, greatest] = [from, from];
    for (let at = from; at < to; at++) {
      if ((values[at] ?? 0) < (values[least] ?? 0)) least = at;
      if ((values[at] ?? 0) > (values[greatest] ?? 0)) greatest = at;
    }
    for (const at of least < greatest ? [least, greatest] : [greatest, least])
      if (at > (kept.at(-1) ?? -1)) kept.push(at);
  }
  if (kept.at(-1) !== end - 1) kept.push(end - 1);
  return { places: kept.map((at) => places[at] ?? 0), values: kept.map((at) => values[at] ?? 0) };
}

function lowerBound(places: readonly number[], wanted: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Columns as uPlot takes them: every place of any curve once, and of each curve its values or nothing there. */
export type JoinedCurves = [places: number[], ...values: (number | null)[][]];

/** Curves with places of their own, in one table. */
export function joinCurves(curves: readonly Curve[]): JoinedCurves {
  const places = [...new Set(curves.flatMap((curve) => curve.places))].sort((a, b) => a - b);
  const columns = curves.map((curve) => {
    let at = 0;
    return places.map((place) => (curve.places[at] === place ? (curve.values[at++] ?? null) : null));
  });
  return [places, ...columns];
}

/** What a curve says at a place: the value there, or the last one before; nothing before its first point. */
export function valueAt({ places, values }: Curve, place: number): number | undefined {
  const after = lowerBound(places, place);
  return places[after] === place ? values[after] : values[after - 1];
}

/** From the first place of any curve to the last; never without width. */
export function wholeRange(curves: readonly Curve[]): CurveRange {
  const ends = curves.flatMap(({ places }) => [places[0] ?? [], places.at(-1) ?? []].flat());
  const [from, to] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
  return to > from ? { from, to } : { from: from - 0.5, to: from + 0.5 };
}
