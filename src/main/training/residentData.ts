import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { SAMPLE_NUMBERS, withResidentTables } from '../../graph-engine/program/residentTables.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import { liesOnDisk } from '../datasets/columnPlan.ts';
import { epochOrder } from '../datasets/splitSamples.ts';
import type { CompiledProgram, Executor, TensorData } from '../executors/compiledProgram.ts';
import { SMALLEST_EVALUATION_BATCH, type Batch, type BatchSource, type FeedColumn } from './batches.ts';
import type { PreparedData } from './prepareData.ts';

/** A program whose samples are on the device, and the batches that name them. */
export interface ResidentTraining {
  readonly compiled: CompiledProgram;
  /** What stays as it was: batches of samples that are augmented anew each time. */
  readonly batches: (fed: BatchSource) => BatchSource;
  /** For the user. */
  readonly notice: string;
}

/**
 * Compiles a program that keeps the data set on the device, where that is worth it: the device has memory of its own with enough
 * room, and the samples are in the memory of the machine already. Otherwise `undefined`. To everybody else the program
 * is as it was: tables are none of its variables.
 */
export async function compileResident(
  executor: Executor,
  program: Program,
  { columns, split, plan }: PreparedData,
  settings: Pick<TrainingSettings, 'seed' | 'batchSize' | 'accumulate'>,
): Promise<ResidentTraining | undefined> {
  const samples = 1 + Math.max(largest(split.train), largest(split.validation));
  const size = samples * columns.reduce((sum, { sampleSize }) => sum + sampleSize * 4, 0);
  if (liesOnDisk(plan) || size > (executor.roomForData ?? 0)) return undefined;
  const varies = plan.treatment.augmentation !== undefined;
  const tables = columns.map((column) => ({ feed: column.feed, samples, data: allSamples(column, samples) }));
  const entries = varies ? ['evaluate'] : ['train', 'evaluate'];
  const extended = withResidentTables(program, tables, entries);
  const compiled = await executor.compile(extended, { seed: settings.seed, tables: { fed: program, tables } });
  const own = program.variables.map(({ name }) => name);
  return {
    notice: `The data set, ${(size / 1e6).toFixed(1)} MB, stays on ${executor.device?.name ?? executor.name}${varies ? '; augmented samples are sent for each step' : ''}.`,
    compiled: {
      ...compiled,
      program,
      readVariables: (names = own) => compiled.readVariables(names),
    },
    batches: (fed) => ({
      samples: split.train.length,
      training: varies
        ? (place) => fed.training(place)
        : async function* ({ epoch, offset }) {
            yield* numbered(epochOrder(split.train, settings.seed, epoch).subarray(offset), stepSize(settings));
          },
      async *validation() {
        yield* numbered(split.validation, Math.max(settings.batchSize, SMALLEST_EVALUATION_BATCH));
      },
    }),
  };
}

function largest(numbers: Int32Array): number {
  return numbers.reduce((most, number) => Math.max(most, number), -1);
}

function allSamples({ dtype, sampleSize, write }: FeedColumn, samples: number): TensorData {
  const data = dtype === 'int32' ? new Int32Array(samples * sampleSize) : new Float32Array(samples * sampleSize);
  for (let sample = 0; sample < samples; sample++) {
    write(sample, data.subarray(sample * sampleSize, (sample + 1) * sampleSize));
  }
  return data;
}

function* numbered(order: Int32Array, batchSize: number): Generator<Batch> {
  for (let start = 0; start < order.length; start += batchSize) {
    const numbers = order.slice(start, start + batchSize);
    yield { feeds: { [SAMPLE_NUMBERS]: numbers }, size: numbers.length };
  }
}
