import type { TensorData } from '../executors/compiledProgram.ts';

/** What one feed of a network is filled with: a number of elements for each sample. */
export interface FeedColumn {
  readonly feed: string;
  readonly dtype: 'float32' | 'int32';
  /** Elements of one sample. */
  readonly sampleSize: number;
  /** Writes a sample into room for it. */
  write(sample: number, room: TensorData): void;
}

/** A part of an order of samples, gathered into dense arrays. */
export interface Batch {
  /** By the name of the feed: `[size, ...]`. */
  readonly feeds: Readonly<Record<string, TensorData>>;
  readonly size: number;
}

/**
 * The batches of an order of sample numbers; the last one may be smaller. The arrays are used again for the next batch,
 * so take from one what is needed before asking for another.
 */
export function* batchesOf(columns: readonly FeedColumn[], order: Int32Array, batchSize: number): Generator<Batch> {
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
        column.write(order[start + row] ?? 0, room.subarray(row * sampleSize, (row + 1) * sampleSize));
      }
      feeds[feed] = room.subarray(0, size * sampleSize);
    }
    yield { feeds, size };
  }
}
