import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredInput, LoweredObjective } from '../../graph-engine/lower/lowerDocument.ts';
import {
  matchData,
  sampleCount,
  type DataMatch,
  type MatchResult,
  type NetworkEnds,
} from '../../graph-engine/training/matchData.ts';
import { dataSourceNamed } from '../datasets/dataSources.ts';
import { imageInputOf, inputColumn, targetColumn, type FittedColumn } from '../datasets/feedColumns.ts';
import { splitSamples, type Split } from '../datasets/splitSamples.ts';
import { splitStratified } from '../datasets/splitStratified.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { FeedColumn } from './batches.ts';

/** A data set as one network takes it. */
export interface PreparedData {
  /** One for each input and each target of the network. */
  readonly columns: readonly FeedColumn[];
  readonly split: Split;
  readonly notices: readonly string[];
}

/** What of a lowered network takes data. */
export interface NetworkFeeds {
  readonly inputs: readonly LoweredInput[];
  readonly outputs: readonly {
    readonly path: string;
    readonly objective?: Pick<LoweredObjective, 'targetFeed' | 'target'>;
  }[];
}

/** Loads the data, fits them to the network and splits them. Throws a `HostFailure` where that cannot be done. */
export async function prepareData(lowered: NetworkFeeds, settings: TrainingSettings): Promise<PreparedData> {
  const { validationData = '', stratified, validationShare, seed } = settings;
  const learned = await prepareSet(lowered, settings.data);
  const notices = learned.columns.flatMap((one) => one.notices);
  const columns = learned.columns.map(({ column }) => column);
  if (validationData === '') {
    const classes = stratified === true ? classesOf(lowered, columns, learned.samples) : undefined;
    const split =
      classes === undefined
        ? splitSamples(learned.samples, validationShare, seed)
        : splitStratified(classes, validationShare, seed);
    return { columns, split, notices: [...new Set(notices)] };
  }
  const measured = await prepareSet(lowered, validationData);
  return {
    columns: joinColumns(columns, learned.samples, measured),
    split: {
      train: Int32Array.from({ length: learned.samples }, (_, i) => i),
      validation: Int32Array.from({ length: measured.samples }, (_, i) => learned.samples + i),
    },
    notices: [...new Set([...notices, ...measured.columns.flatMap((one) => one.notices)])],
  };
}

interface PreparedSet {
  readonly columns: readonly FittedColumn[];
  readonly samples: number;
}

/** One data set, fitted to the network. */
async function prepareSet(lowered: NetworkFeeds, name: string): Promise<PreparedSet> {
  const source = dataSourceNamed(name);
  const ends = endsOf(lowered);
  // Before the data are read, so that a misfit is told at once.
  matched(matchData(source.description, ends));
  const data = await source.load();
  const match = matched(matchData(data.description, ends));
  const { title } = data.description;
  const samples = sampleCount(data.description, ends);
  if (samples < 2) {
    throw new HostFailure({
      code: 'data/too-few',
      message: `"${title}" has ${samples} ${samples === 1 ? 'sample' : 'samples'} for this network; training and validation need one each.`,
      remedy: 'Choose a larger data set.',
    });
  }
  const images = imageInputOf(match, lowered.inputs);
  const columns: FittedColumn[] = [];
  for (const { path, feed, type } of lowered.inputs) {
    const input = match.inputs.get(path);
    if (input !== undefined) columns.push(inputColumn(data, input, feed, type));
  }
  for (const { path, objective } of lowered.outputs) {
    const target = match.targets.get(path);
    if (objective === undefined || target === undefined) continue;
    columns.push(targetColumn(data, target, objective.targetFeed, objective.target, images));
  }
  return { columns, samples };
}

/** The class of each sample, of the first output that learns one. */
function classesOf({ outputs }: NetworkFeeds, columns: readonly FeedColumn[], samples: number): Int32Array | undefined {
  const target = outputs.find(({ objective }) => objective?.target.kind === 'class')?.objective?.targetFeed;
  const column = columns.find(({ feed }) => feed === target);
  if (column === undefined) return undefined;
  const classes = new Int32Array(samples);
  for (let sample = 0; sample < samples; sample++) column.write(sample, classes.subarray(sample, sample + 1));
  return classes;
}

/** The samples of both sets under one numbering: those of the second come after those of the first. */
function joinColumns(first: readonly FeedColumn[], count: number, second: PreparedSet): FeedColumn[] {
  const others = new Map(second.columns.map(({ column }) => [column.feed, column]));
  return first.map((column) => {
    const other = others.get(column.feed);
    if (other === undefined) throw new Error(`The second data set has nothing for ${column.feed}`);
    return {
      ...column,
      write: (sample, room) => (sample < count ? column.write(sample, room) : other.write(sample - count, room)),
    };
  });
}

function endsOf({ inputs, outputs }: NetworkFeeds): NetworkEnds {
  return {
    inputs,
    outputs: outputs.flatMap(({ path, objective }) =>
      objective === undefined ? [] : [{ path, target: objective.target }],
    ),
  };
}

function matched(result: MatchResult): DataMatch {
  if (result.ok) return result.value;
  throw new HostFailure(result.error);
}
