/** A part of an order of samples, gathered into dense arrays. */
export interface Batch {
  /** `[size, sampleSize]`. */
  readonly images: Float32Array;
  /** `[size]`. */
  readonly labels: Int32Array;
  readonly size: number;
}

interface Samples {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly sampleSize: number;
}

/**
 * The batches of an order of sample numbers; the last one may be smaller. The arrays are used again for the next batch,
 * so take from one what is needed before asking for another.
 */
export function* batchesOf(samples: Samples, order: Int32Array, batchSize: number): Generator<Batch> {
  const { sampleSize } = samples;
  const images = new Float32Array(Math.min(batchSize, order.length) * sampleSize);
  const labels = new Int32Array(Math.min(batchSize, order.length));
  for (let start = 0; start < order.length; start += batchSize) {
    const size = Math.min(batchSize, order.length - start);
    for (let row = 0; row < size; row++) {
      const sample = order[start + row] ?? 0;
      images.set(samples.images.subarray(sample * sampleSize, (sample + 1) * sampleSize), row * sampleSize);
      labels[row] = samples.labels[sample] ?? 0;
    }
    yield { images: images.subarray(0, size * sampleSize), labels: labels.subarray(0, size), size };
  }
}
