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
  const source = dataSourceNamed(settings.data);
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
  return {
    columns: columns.map(({ column }) => column),
    split: splitSamples(samples, settings.validationShare, settings.seed),
    notices: [...new Set(columns.flatMap(({ notices }) => notices))],
  };
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
