import { isImage, lastAxis, type TensorType } from '../../graph-engine/core/shape.ts';
import type { FeedColumn } from '../training/batches.ts';

/** Mean and standard deviation of each channel of images, or of each feature. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Samples that are measured: of larger sets so many, spread over the training part. */
export const MEASURED_SAMPLES = 20_000;
/** A channel that hardly changes is only moved: dividing by its deviation would blow up its rounding errors. */
const SMALLEST_DEVIATION = 1e-6;

/** How many numbers of a sample are normalized apart: the channels of an image, or all features. */
export function normalizedParts(type: TensorType): number {
  const { size } = lastAxis(type) ?? { size: 1 };
  return isImage(type) || type.axes.length === 1 ? (size ?? 1) : 1;
}

/** Measures a column, not normalized yet, over the samples of the training part. */
export function measureColumn(column: FeedColumn, train: Int32Array, parts: number): Normalization {
  const room = new Float32Array(column.sampleSize);
  const sums = new Float64Array(parts);
  const squares = new Float64Array(parts);
  const count = Math.min(train.length, MEASURED_SAMPLES);
  const measured = Int32Array.from({ length: count }, (_, at) => train[Math.floor((at * train.length) / count)] ?? 0);
  // Sums about the first sample: exact enough for features far from zero.
  const shift = new Float64Array(parts);
  if (measured.length > 0) column.write(measured[0] ?? 0, room);
  for (let part = 0; part < parts; part++) shift[part] = room[part] ?? 0;
  for (const sample of measured) {
    column.write(sample, room);
    for (let i = 0, part = 0; i < room.length; i++) {
      const value = (room[i] ?? 0) - (shift[part] ?? 0);
      sums[part] = (sums[part] ?? 0) + value;
      squares[part] = (squares[part] ?? 0) + value * value;
      part = part + 1 === parts ? 0 : part + 1;
    }
  }
  const numbers = Math.max(1, (measured.length * column.sampleSize) / parts);
  const mean = [...sums].map((sum, part) => sum / numbers + (shift[part] ?? 0));
  const deviation = [...squares].map((square, part) => {
    const own = Math.sqrt(Math.max(0, square / numbers - ((sums[part] ?? 0) / numbers) ** 2));
    return own < SMALLEST_DEVIATION ? 1 : own;
  });
  return { mean, deviation };
}

/** Normalizes numbers in place. */
export function normalize(room: Float32Array, { mean, deviation }: Normalization): void {
  const parts = mean.length;
  for (let i = 0, part = 0; i < room.length; i++) {
    room[i] = ((room[i] ?? 0) - (mean[part] ?? 0)) / (deviation[part] ?? 1);
    part = part + 1 === parts ? 0 : part + 1;
  }
}

/** Numbers as they were before `normalize`, in place. */
export function denormalize(room: Float32Array, { mean, deviation }: Normalization): void {
  const parts = mean.length;
  for (let i = 0, part = 0; i < room.length; i++) {
    room[i] = (room[i] ?? 0) * (deviation[part] ?? 1) + (mean[part] ?? 0);
    part = part + 1 === parts ? 0 : part + 1;
  }
}
