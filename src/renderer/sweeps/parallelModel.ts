import type { SweepAttempt, SweepSummary } from '../../contract/sweeps.ts';
import type { ParameterValue } from '../../graph-engine/document/schema.ts';
import { axisImportance, type AxisImportance } from '../../graph-engine/training/sweep/axisImportance.ts';
import { latestOfTrials } from '../../graph-engine/training/sweep/rankTrials.ts';
import { nameOfAxis } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { formatFigure } from '../training/format.ts';
import { shortPath, shortValue } from './describeSweep.ts';

export interface Tick {
  /** From 0, the foot of the axis, to 1. */
  readonly at: number;
  readonly label: string;
}

/** One upright line of parallel coordinates. */
export interface CoordinateAxis {
  readonly key: string;
  readonly label: string;
  /** The whole path, for those who want to know. */
  readonly title: string;
  readonly ticks: readonly Tick[];
  /** Where a value lies, from 0 to 1. */
  readonly place: (value: ParameterValue) => number;
  /** The nearest value that a place stands for, in words. */
  readonly wordsAt: (place: number) => string;
  /** How far a key moves the end of a range. */
  readonly step: number;
  /** What the axis has to do with the goal; of the goal itself nothing. */
  readonly importance?: AxisImportance | undefined;
}

/** A trial as a line over the axes. */
export interface CoordinateLine {
  readonly attempt: SweepAttempt;
  /** A place on every axis by its key; none on the goal's before the trial is done. */
  readonly places: Readonly<Record<string, number>>;
  /** How good it is, from 0 to 1 for the best; undefined before it is done. */
  readonly quality: number | undefined;
}

export interface Coordinates {
  readonly axes: readonly CoordinateAxis[];
  readonly lines: readonly CoordinateLine[];
}

/** Name of the goal's axis; no path is empty. */
export const GOAL = '';

/** A range of an axis that lines must go through. */
export type Brushes = Readonly<Record<string, readonly [low: number, high: number]>>;

/** A sweep as parallel coordinates: an axis for each of the plan's, and the goal's at the end. */
export function coordinatesOf({
  plan,
  attempts,
  measure,
}: Pick<SweepSummary, 'plan' | 'attempts' | 'measure'>): Coordinates {
  const latest = latestOfTrials(attempts);
  const done = latest.flatMap((attempt) =>
    attempt.outcome.status === 'done' ? [{ attempt, value: attempt.outcome.value }] : [],
  );
  const goals = done.map(({ value }) => value);
  const axes = plan.axes.map((axis, index): CoordinateAxis => {
    // Listed values have their place before a trial has them, and keep their order.
    const listed = axis.range.kind === 'values' ? axis.range.values : [];
    const values = [...listed, ...attempts.map(({ point }) => point[index] ?? '')];
    const key = axis.paths[0] ?? '';
    return {
      key,
      label: `${shortPath(key)}${axis.paths.length > 1 ? ' +' : ''}`,
      title: nameOfAxis(axis),
      ...scaleOf(values, shortValue, axis.range.kind === 'log'),
      importance: axisImportance(
        done.map(({ attempt }) => attempt.point[index] ?? ''),
        goals,
      ),
    };
  });
  const goal: CoordinateAxis = {
    key: GOAL,
    label: measure.title,
    title: `${measure.title}, ${measure.better} is better`,
    ...scaleOf(goals, (value) => formatFigure(measure, Number(value))),
  };
  return { axes: [...axes, goal], lines: latest.map((attempt) => lineOf(attempt, axes, goal, measure.better)) };
}

function lineOf(
  attempt: SweepAttempt,
  axes: readonly CoordinateAxis[],
  goal: CoordinateAxis,
  better: 'lower' | 'higher',
): CoordinateLine {
  const { outcome, point } = attempt;
  const reached = outcome.status === 'done' ? goal.place(outcome.value) : undefined;
  const places = axes.map(({ key, place }, index) => [key, place(point[index] ?? '')] as const);
  return {
    attempt,
    places: Object.fromEntries(reached === undefined ? places : [...places, [GOAL, reached]]),
    quality: reached === undefined ? undefined : better === 'higher' ? reached : 1 - reached,
  };
}

/** Numbers further apart than this factor are laid out by factors. */
const WIDE = 8;
/** Up to so many different numbers each get their tick. */
const MOST_TICKS = 6;

function scaleOf(
  values: readonly ParameterValue[],
  words: (value: ParameterValue) => string,
  byFactors = false,
): Pick<CoordinateAxis, 'ticks' | 'place' | 'wordsAt' | 'step'> {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length < values.length || numbers.length === 0
    ? choiceScale(values, words)
    : numberScale(numbers, words, byFactors);
}

function choiceScale(values: readonly ParameterValue[], words: (value: ParameterValue) => string) {
  const choices = [...new Map(values.map((value) => [JSON.stringify(value), value])).entries()];
  const at = (index: number): number => (choices.length < 2 ? 0.5 : index / (choices.length - 1));
  return {
    step: 1 / Math.max(1, choices.length - 1),
    ticks: choices.map(([, value], index) => ({ at: at(index), label: words(value) })),
    place: (value: ParameterValue) => at(choices.findIndex(([key]) => key === JSON.stringify(value))),
    wordsAt: (place: number) => {
      const choice = choices[Math.round(place * (choices.length - 1))];
      return choice === undefined ? '' : words(choice[1]);
    },
  };
}

function numberScale(numbers: readonly number[], words: (value: number) => string, byFactors: boolean) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const factors = low > 0 && (byFactors || high / low >= WIDE);
  const bend = (value: number): number => (factors ? Math.log(value) : value);
  const [from, length] = [bend(low), bend(high) - bend(low)];
  const place = (value: ParameterValue): number => (length === 0 ? 0.5 : (bend(Number(value)) - from) / length);
  const valueAt = (share: number): number => {
    const bent = from + share * length;
    // Powers and roots of a computer do not quite meet.
    return share === 0 ? low : share === 1 ? high : factors ? Math.exp(bent) : bent;
  };
  const distinct = [...new Set(numbers)].toSorted((a, b) => a - b);
  const ticks =
    distinct.length <= MOST_TICKS
      ? distinct.map((value) => ({ at: place(value), label: words(value) }))
      : [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: words(Number(valueAt(at).toPrecision(2))) }));
  return { step: 0.05, ticks, place, wordsAt: (at: number) => words(Number(valueAt(at).toPrecision(3))) };
}

/** Whether a line goes through all ranges; one without a place on an axis does not go through it. */
export function isThrough({ places }: CoordinateLine, brushes: Brushes): boolean {
  return Object.entries(brushes).every(([key, [low, high]]) => {
    const place = places[key];
    // Ends of a range and values are both computed.
    return place !== undefined && place >= low - 1e-9 && place <= high + 1e-9;
  });
}

/** Moves one of a list to another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return items;
  const others = items.toSpliced(from, 1);
  return others.toSpliced(to, 0, item);
}
