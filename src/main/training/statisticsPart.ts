import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredStatistics } from '../../graph-engine/lower/appendStatistics.ts';
import { finishStatistics } from '../../graph-engine/statistics/finishStatistics.ts';
import { histogramOf, type Histogram } from '../../graph-engine/statistics/histogram.ts';
import {
  DEFAULT_STATISTICS_EVERY,
  isHistogramStep,
  isSampledStep,
} from '../../graph-engine/statistics/sampledSteps.ts';
import type { NamedTensors } from '../executors/compiledProgram.ts';
import { openStatisticsWriter, type StatisticsWriter } from '../runs/runStatistics.ts';
import type { TrainingPart } from './trainingPart.ts';

/** Steps between two samples that a document asks for; 0 for none. */
export function statisticsEvery({ statisticsEvery: every = DEFAULT_STATISTICS_EVERY }: TrainingSettings): number {
  return every;
}

export interface StatisticsOrder {
  readonly statistics: LoweredStatistics;
  readonly settings: TrainingSettings;
  /** The run's folder. */
  readonly folder: string;
  readonly notice: (text: string) => void;
}

/** Every so many steps writes statistics of all nodes into the run's folder. What goes wrong with that is told, and the training goes on. */
export function createStatisticsPart({ statistics, settings, folder, notice }: StatisticsOrder): TrainingPart {
  const every = statisticsEvery(settings);
  const { columns, samples } = statistics;
  const fetches = [...statistics.fetches, ...samples.map((one) => one.fetch)];
  const tensors = samples.flatMap(({ of }) => of.map(({ path, kind }) => ({ path, kind })));
  let writer: StatisticsWriter | undefined;
  let failed = false;
  return {
    name: 'statistics',
    fetches: ({ step }) => (!failed && isSampledStep(step, every) ? fetches : []),
    async afterStep({ step, epoch, stepsPerEpoch, batch, results }) {
      if (failed || statistics.fetches.some((name) => results[name] === undefined)) return;
      try {
        writer ??= await openStatisticsWriter(folder, { columns, tensors, step });
        const values = finishStatistics(statistics, results, lastPart(batch.size, settings));
        await writer.append(step, epoch + (step % stepsPerEpoch) / stepsPerEpoch, values);
        if (tensors.length > 0 && isHistogramStep(step, every)) {
          await writer.appendHistograms(step, histogramsOf(samples, results));
        }
      } catch (error) {
        failed = true;
        notice(`Statistics of the nodes are no longer kept: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

/** Where gradients are gathered, what was fetched is of the last part of the batch. */
function lastPart(size: number, { batchSize, accumulate = 1 }: TrainingSettings): number {
  return accumulate === 1 ? size : ((size - 1) % batchSize) + 1;
}

function histogramsOf(samples: LoweredStatistics['samples'], results: NamedTensors): Histogram[] {
  return samples.flatMap(({ fetch, perExample, of }) => {
    const values = results[fetch] ?? new Float32Array();
    const width = of.reduce((sum, { count }) => sum + count, 0);
    let begin = 0;
    return of.map(({ count }) => {
      const histogram = histogramOf(columnsOf(values, perExample ? width : values.length, begin, count));
      begin += count;
      return histogram;
    });
  });
}

/** The values of some neighbouring columns of a matrix. */
function* columnsOf(values: ArrayLike<number>, width: number, begin: number, count: number): Generator<number> {
  for (let row = 0; row < values.length; row += width) {
    for (let i = 0; i < count; i++) yield values[row + begin + i] ?? Number.NaN;
  }
}
