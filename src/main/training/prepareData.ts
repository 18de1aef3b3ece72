import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredInput, LoweredObjective } from '../../graph-engine/lower/lowerDocument.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { matchData, sampleCount } from '../../graph-engine/training/matchData.ts';
import {
  columnsFor,
  endsOf,
  joinColumns,
  planColumns,
  type ColumnPlan,
  type CountedSet,
  type PlannedFeeds,
} from '../datasets/columnPlan.ts';
import { dataSourceFor, type DataPlacement } from '../datasets/dataSourceFor.ts';
import { dataParts } from '../datasets/dataSet.ts';
import type { FilePreparation } from '../datasets/filePreparation.ts';
import type { SampleTreatment } from '../datasets/imageColumn.ts';
import { MEASURED_SAMPLES, measureColumn, normalizedParts, type Normalization } from '../datasets/normalization.ts';
import { splitByParts, splitSamples, type Split } from '../datasets/splitSamples.ts';
import { splitStratified } from '../datasets/splitStratified.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { FeedColumn } from './batches.ts';

/** A data set as one network takes it. */
export interface PreparedData {
  /** What the data are, now that they are loaded. */
  readonly description: DataSetDescription;
  /** One for each input and each target of the network. */
  readonly columns: readonly FeedColumn[];
  readonly split: Split;
  /** Mean and deviation by the name of the feed; empty where nothing is normalized. */
  readonly normalization: Readonly<Record<string, Normalization>>;
  /** How another thread makes the same columns. */
  readonly plan: ColumnPlan;
  readonly notices: readonly string[];
  /** How another file becomes a sample like these. */
  readonly preparation?: FilePreparation | undefined;
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
export async function prepareData(
  lowered: NetworkFeeds,
  settings: TrainingSettings,
  placement: DataPlacement = {},
): Promise<PreparedData> {
  const { validationData = '' } = settings;
  const feeds = feedsOf(lowered);
  const learned = await openSet(feeds, settings, placement);
  const measured = validationData === '' ? undefined : await openSet(feeds, { data: validationData }, placement);
  const split = measured === undefined ? splitOf(learned, feeds, settings) : splitBySets(learned, measured);
  const normalization =
    settings.normalization === 'standardize' ? measureInputs(learned.columns, feeds, split.train) : {};
  const { augmentation } = settings;
  const treatment: SampleTreatment = {
    ...(augmentation !== undefined && Object.keys(augmentation).length > 0 && { augmentation }),
    normalization,
  };
  const treated = treatment.augmentation !== undefined || Object.keys(normalization).length > 0;
  const sets = measured === undefined ? [learned] : [learned, measured];
  const { description } = learned.data;
  return {
    description,
    columns: joinColumns(
      sets.map(({ data, samples, columns }) => ({
        columns: treated ? columnsFor(data, feeds, treatment).columns : columns,
        samples,
      })),
    ),
    split,
    normalization,
    preparation: learned.data.preparation,
    plan: planColumns(sets, feeds, treatment),
    notices: [
      ...new Set([
        ...sets.flatMap(({ notices }) => notices),
        ...normalizationNotices(normalization, split, description.title),
      ]),
    ],
  };
}

interface OpenedSet extends CountedSet {
  /** Fitted to the network, and nothing else. */
  readonly columns: readonly FeedColumn[];
  readonly notices: readonly string[];
}

async function openSet(
  feeds: PlannedFeeds,
  chosen: Pick<TrainingSettings, 'data' | 'reader'>,
  placement: DataPlacement,
): Promise<OpenedSet> {
  const source = await dataSourceFor(chosen, placement);
  // Before the data are read, so that a misfit is told at once.
  const fit = matchData(source.description, endsOf(feeds));
  if (!fit.ok) throw new HostFailure(fit.error);
  const data = await source.load();
  const { columns, notices } = columnsFor(data, feeds, {});
  const samples = sampleCount(data.description, feeds);
  return { data, samples, columns, notices: [...source.notices(), ...notices] };
}

function feedsOf({ inputs, outputs }: NetworkFeeds): PlannedFeeds {
  return {
    inputs: inputs.map(({ path, feed, type }) => ({ path, feed, type })),
    outputs: outputs.flatMap(({ path, objective }) =>
      objective === undefined ? [] : [{ path, targetFeed: objective.targetFeed, target: objective.target }],
    ),
  };
}

function splitOf({ data, samples, columns }: OpenedSet, feeds: PlannedFeeds, settings: TrainingSettings): Split {
  const { validationShare, seed, stratified } = settings;
  const classes = stratified === true ? classesOf(feeds, columns, samples) : undefined;
  const byChance = (among: Int32Array | undefined): Split => {
    if (classes === undefined) return splitSamples(among?.length ?? samples, validationShare, seed);
    return splitStratified(among?.map((sample) => classes[sample] ?? 0) ?? classes, validationShare, seed);
  };
  const split = data.parts === undefined ? byChance(undefined) : splitByParts(data.parts, byChance);
  if (split.train.length > 0 && split.validation.length > 0) return split;
  const { title } = data.description;
  throw new HostFailure({
    code: 'data/too-few',
    message: `"${title}" has ${samples} ${samples === 1 ? 'sample' : 'samples'} for this network; training and validation need one each.`,
    remedy: 'Choose a larger data set.',
  });
}

/** All that the one set has for training is learned from, and all of the other is measured on. */
function splitBySets(learned: OpenedSet, measured: OpenedSet): Split {
  const { parts } = learned.data;
  const all = Int32Array.from({ length: learned.samples }, (_, sample) => sample);
  return {
    train: parts === undefined ? all : all.filter((sample) => parts[sample] !== dataParts.test),
    validation: Int32Array.from({ length: measured.samples }, (_, sample) => learned.samples + sample),
  };
}

/** The class of each sample, of the first output that learns one. */
function classesOf({ outputs }: PlannedFeeds, columns: readonly FeedColumn[], samples: number): Int32Array | undefined {
  const target = outputs.find((output) => output.target.kind === 'class')?.targetFeed;
  const column = columns.find(({ feed }) => feed === target);
  if (column === undefined) return undefined;
  const classes = new Int32Array(samples);
  for (let sample = 0; sample < samples; sample++) column.write(sample, classes.subarray(sample, sample + 1));
  return classes;
}

function measureInputs(
  columns: readonly FeedColumn[],
  { inputs }: PlannedFeeds,
  train: Int32Array,
): Readonly<Record<string, Normalization>> {
  return Object.fromEntries(
    inputs.flatMap(({ feed, type }) => {
      const column = columns.find((one) => one.feed === feed);
      // Token numbers mean nothing as numbers.
      if (column === undefined || column.dtype !== 'float32') return [];
      return [[feed, measureColumn(column, train, normalizedParts(type))] as const];
    }),
  );
}

function normalizationNotices(
  normalization: Readonly<Record<string, Normalization>>,
  { train }: Split,
  title: string,
): string[] {
  return Object.values(normalization).map(({ mean, deviation }) => {
    const digits = (numbers: readonly number[]): string => numbers.map((number) => number.toFixed(4)).join(', ');
    const measured =
      train.length > MEASURED_SAMPLES ? `, measured on ${MEASURED_SAMPLES} of ${train.length} training samples` : '';
    const figures =
      mean.length > 4 ? `${mean.length} features` : `mean ${digits(mean)}; deviation ${digits(deviation)}`;
    return `${title}: normalized (${figures}${measured}).`;
  });
}
