import type { TargetType } from '../../graph-engine/core/objective.ts';
import type { TensorType } from '../../graph-engine/core/shape.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { matchData, type DataMatch, type NetworkEnds } from '../../graph-engine/training/matchData.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { FeedColumn } from '../training/batches.ts';
import type { DataSet, SampleNumbers } from './dataSet.ts';
import { imageInputOf, inputColumn, targetColumn } from './feedColumns.ts';
import type { SampleTreatment } from './imageColumn.ts';
import { openNumbers, type NumberPlace } from './numberStore.ts';

/** What of a network takes data. */
export interface PlannedFeeds {
  readonly inputs: readonly { readonly path: string; readonly feed: string; readonly type: TensorType }[];
  readonly outputs: readonly { readonly path: string; readonly targetFeed: string; readonly target: TargetType }[];
}

interface PlannedSet {
  readonly description: DataSetDescription;
  readonly inputs: readonly (Float32Array | Int32Array | NumberPlace)[];
  readonly targets: readonly (Float32Array | Int32Array | NumberPlace)[];
  /** How many samples it has for this network. */
  readonly samples: number;
}

/** How the columns of a network are made, as plain data that another thread can be given. */
export interface ColumnPlan {
  /** One set, or one to learn from and another to measure on, whose samples are numbered after those of the first. */
  readonly sets: readonly PlannedSet[];
  readonly feeds: PlannedFeeds;
  readonly treatment: SampleTreatment;
}

export interface PlannedColumns {
  readonly columns: readonly FeedColumn[];
  readonly notices: readonly string[];
  readonly match: DataMatch;
}

/** One column for each input and each target of a network. Throws a `HostFailure` when the data do not fit it. */
export function columnsFor(data: DataSet, feeds: PlannedFeeds, treatment: SampleTreatment): PlannedColumns {
  const result = matchData(data.description, endsOf(feeds));
  if (!result.ok) throw new HostFailure(result.error);
  const match = result.value;
  const images = imageInputOf(match, feeds.inputs);
  const fitted = [
    ...feeds.inputs.flatMap(({ path, feed, type }) => {
      const input = match.inputs.get(path);
      return input === undefined ? [] : [inputColumn(data, input, feed, type, treatment)];
    }),
    ...feeds.outputs.flatMap(({ path, targetFeed, target: wanted }) => {
      const target = match.targets.get(path);
      return target === undefined ? [] : [targetColumn(data, target, targetFeed, wanted, images, treatment)];
    }),
  ];
  return {
    columns: fitted.map(({ column }) => column),
    notices: [...new Set(fitted.flatMap(({ notices }) => notices))],
    match,
  };
}

/** The ends of a network, for `matchData`. */
export function endsOf({ inputs, outputs }: PlannedFeeds): NetworkEnds {
  return { inputs, outputs };
}

/** A data set, with how many samples it has for a network. */
export interface CountedSet {
  readonly data: DataSet;
  readonly samples: number;
}

/** The plan for columns that another thread is to make. */
export function planColumns(sets: readonly CountedSet[], feeds: PlannedFeeds, treatment: SampleTreatment): ColumnPlan {
  const placed = (numbers: SampleNumbers) => ('place' in numbers ? numbers.place : numbers);
  return {
    sets: sets.map(({ data, samples }) => ({
      description: data.description,
      inputs: data.inputs.map(placed),
      targets: data.targets.map(placed),
      samples,
    })),
    feeds,
    treatment,
  };
}

/** Whether some of the numbers are read from files again for each sample, since there are too many of them for the memory. */
export function liesOnDisk({ sets }: ColumnPlan): boolean {
  const numbers = sets.flatMap(({ inputs, targets }) => [...inputs, ...targets]);
  return numbers.some((one) => 'file' in one && one.memory === undefined);
}

/** Makes the columns of a plan, in the thread that was given it. */
export function openPlan({ sets, feeds, treatment }: ColumnPlan): readonly FeedColumn[] {
  const opened = (numbers: Float32Array | Int32Array | NumberPlace): SampleNumbers =>
    'file' in numbers ? openNumbers(numbers) : numbers;
  const columns = sets.map(({ description, inputs, targets, samples }) => {
    const data = { description, inputs: inputs.map(opened), targets: targets.map(opened) };
    return { columns: columnsFor(data, feeds, treatment).columns, samples };
  });
  return joinColumns(columns);
}

/** The samples of several sets under one numbering: those of each come after those of the one before. */
export function joinColumns(
  sets: readonly { readonly columns: readonly FeedColumn[]; readonly samples: number }[],
): readonly FeedColumn[] {
  const [first, second] = sets;
  if (first === undefined || second === undefined) return first?.columns ?? [];
  const others = new Map(second.columns.map((column) => [column.feed, column]));
  return first.columns.map((column) => {
    const other = others.get(column.feed);
    if (other === undefined) throw new Error(`The second data set has nothing for ${column.feed}`);
    return {
      ...column,
      write: (sample, room, variation) =>
        sample < first.samples
          ? column.write(sample, room, variation)
          : other.write(sample - first.samples, room, variation),
    };
  });
}
