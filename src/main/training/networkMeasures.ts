import type { MeasureDescription } from '../../contract/run.ts';
import { ratio, type Measure } from '../../graph-engine/core/objective.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { NamedTensors } from '../executors/compiledProgram.ts';
import type { TallyState } from './trainingPosition.ts';

/** A figure of a run, made from sums that `train` and `evaluate` fetch. */
interface NetworkMeasure extends Measure {
  readonly key: string;
  readonly fetch: string;
}

/** The measures of all outputs, and where several of them learn the loss of each. */
function measuresOf({ outputs }: LoweredDocument): readonly NetworkMeasure[] {
  const learning = outputs.flatMap(({ path, objective }) => (objective === undefined ? [] : [{ path, objective }]));
  if (learning.length === 1) {
    return learning.flatMap(({ objective }) =>
      objective.measures.map((measure) => ({ ...measure, key: measure.name })),
    );
  }
  return learning.flatMap(({ path, objective: { measures, lossFetch } }) => {
    const loss = {
      name: 'loss',
      title: 'Loss',
      unit: 'number',
      better: 'lower',
      finish: ratio,
      fetch: lossFetch,
    } as const;
    return [...measures, loss].map((measure) => ({
      ...measure,
      key: `${path}.${measure.name}`,
      title: `${measure.title} of ${path}`,
    }));
  });
}

/** What the metrics of a run will measure, the most telling one first. */
export function describeMeasures(lowered: LoweredDocument): MeasureDescription[] {
  return measuresOf(lowered).map(({ key, title, unit, better }) => ({ key, title, unit, better }));
}

/** Where a network stands, over the examples of some batches. */
export interface Measurement {
  readonly loss: number;
  /** Of the first output, where it is a classifier. */
  readonly accuracy?: number;
  readonly measures: Readonly<Record<string, number>>;
}

/** Sums over batches that become figures. */
export interface Tally {
  /** What it takes of `train` or `evaluate`. */
  readonly fetches: readonly string[];
  /** Takes what `train` or `evaluate` fetched for a batch. */
  add(results: NamedTensors, samples: number): void;
  samples(): number;
  figures(): Measurement;
  /** What another tally of the same network can go on from. */
  state(): TallyState;
}

/** Starts with nothing, or where another one stood. */
export function createTally(lowered: LoweredDocument, from?: TallyState): Tally {
  const measures = measuresOf(lowered);
  const losses = lowered.outputs.flatMap(({ objective }) => (objective === undefined ? [] : [objective]));
  const [first] = losses;
  const accuracy = first?.measures.find(({ name }) => name === 'accuracy');
  const fetches = [...new Set([...losses.map(({ lossFetch }) => lossFetch), ...measures.map((one) => one.fetch)])];
  const sums = new Map(Object.entries(from?.sums ?? {}).map(([fetch, values]) => [fetch, Float64Array.from(values)]));
  let count = from?.samples ?? 0;

  const sumsOf = (fetch: string): Float64Array => sums.get(fetch) ?? new Float64Array();
  return {
    fetches,
    add(results, samples) {
      count += samples;
      for (const fetch of fetches) {
        const values = results[fetch];
        if (values === undefined) throw new Error(`The engine did not return "${fetch}"`);
        const sum = sums.get(fetch) ?? new Float64Array(values.length);
        values.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
        sums.set(fetch, sum);
      }
    },
    samples: () => count,
    state: () => ({
      samples: count,
      sums: Object.fromEntries([...sums].map(([fetch, values]) => [fetch, [...values]])),
    }),
    figures() {
      const figures = measures
        .map(({ key, fetch, finish }) => [key, finish(sumsOf(fetch))] as const)
        // JSON has no other numbers, and a chart no place for them.
        .filter(([, figure]) => Number.isFinite(figure));
      return {
        loss: losses.reduce((total, one) => total + one.lossWeight * ratio(sumsOf(one.lossFetch)), 0),
        ...(accuracy !== undefined && { accuracy: accuracy.finish(sumsOf(accuracy.fetch)) }),
        measures: Object.fromEntries(figures),
      };
    },
  };
}
