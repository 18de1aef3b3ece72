import type { VariationSeed } from '../../graph-engine/augmentation/variation.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import type { Normalization } from '../datasets/normalization.ts';
import { epochOrder, type Split } from '../datasets/splitSamples.ts';
import type { TensorData } from '../executors/compiledProgram.ts';

/** What one feed of a network is filled with: a number of elements for each sample. */
export interface FeedColumn {
  readonly feed: string;
  readonly dtype: 'float32' | 'int32';
  /** Elements of one sample. */
  readonly sampleSize: number;
  /** Writes a sample into room for it; with a `variation` it is augmented, the same numbers always in the same way. */
  write(sample: number, room: TensorData, variation?: VariationSeed): void;
  /** What was taken from its numbers and what they were divided by, by channel or feature. */
  readonly normalization?: Normalization;
}

/** A part of an order of samples, gathered into dense arrays. */
export interface Batch {
  /** By the name of the feed: `[size, ...]`. */
  readonly feeds: Readonly<Record<string, TensorData>>;
  readonly size: number;
}

/**
 * Where a training takes its batches from. What a batch holds depends on nothing but settings, epoch and offset, so that a
 * training that goes on from a checkpoint sees the same samples, with the same augmentation.
 */
export interface BatchSource {
  /** Samples of an epoch. */
  readonly samples: number;
  /**
   * The batches of an epoch (from 0), each for one step (see `stepSize`), in its own order, without the first `offset` samples. An array may be used again once
   * the next batch is asked for.
   */
  training(place: { readonly epoch: number; readonly offset: number }): AsyncIterable<Batch>;
  /** The batches to measure on, always in the same order. */
  validation(): AsyncIterable<Batch>;
}

/** Evaluation needs no gradients, so small training batches are joined. */
export const SMALLEST_EVALUATION_BATCH = 64;

/** Batches gathered from columns that are in memory. */
export function batchSource(
  { columns, split }: { readonly columns: readonly FeedColumn[]; readonly split: Split },
  settings: Pick<TrainingSettings, 'seed' | 'batchSize' | 'accumulate'>,
): BatchSource {
  const { seed, batchSize } = settings;
  return {
    samples: split.train.length,
    async *training({ epoch, offset }) {
      yield* batchesOf(columns, epochOrder(split.train, seed, epoch).subarray(offset), stepSize(settings), {
        seed,
        epoch,
      });
    },
    async *validation() {
      yield* batchesOf(columns, split.validation, Math.max(batchSize, SMALLEST_EVALUATION_BATCH));
    },
  };
}

/**
 * The batches of an order of sample numbers; the last one may be smaller. The arrays are used again for the next batch,
 * so take from one what is needed before asking for another.
 */
export function* batchesOf(
  columns: readonly FeedColumn[],
  order: Int32Array,
  batchSize: number,
  variation?: VariationSeed,
): Generator<Batch> {
  const largest = Math.min(batchSize, order.length);
  const rooms = columns.map(({ dtype, sampleSize }) =>
    dtype === 'int32' ? new Int32Array(largest * sampleSize) : new Float32Array(largest * sampleSize),
  );
  for (let start = 0; start < order.length; start += batchSize) {
    const size = Math.min(batchSize, order.length - start);
    const feeds: Record<string, TensorData> = {};
    for (const [index, column] of columns.entries()) {
      const room = rooms[index];
      if (room === undefined) continue;
      const { feed, sampleSize } = column;
      for (let row = 0; row < size; row++) {
        column.write(order[start + row] ?? 0, room.subarray(row * sampleSize, (row + 1) * sampleSize), variation);
      }
      feeds[feed] = room.subarray(0, size * sampleSize);
    }
    yield { feeds, size };
  }
}
