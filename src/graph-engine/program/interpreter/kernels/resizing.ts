import type { Kernels } from '../kernel.ts';
import { at, sizeOfDims } from '../tensor.ts';

/** Where a place of the result lies between two places of the source. */
interface Mix {
  readonly low: number;
  readonly high: number;
  /** Share of the higher one. */
  readonly share: number;
}

function mixes(input: number, output: number, alignCorners: boolean): readonly Mix[] {
  return Array.from({ length: output }, (_, i) => {
    const place = alignCorners
      ? output === 1
        ? 0
        : (i * (input - 1)) / (output - 1)
      : Math.max(0, ((i + 0.5) * input) / output - 0.5);
    const low = Math.min(Math.floor(place), input - 1);
    return { low, high: Math.min(low + 1, input - 1), share: place - low };
  });
}

/** Visits each element of the result with the four positions of the source it mixes and their shares. */
function forEachMix(
  source: readonly number[],
  result: readonly number[],
  alignCorners: boolean,
  visit: (result: number, source: number, share: number) => void,
): void {
  const [batch = 0, height = 0, width = 0, channels = 0] = source;
  const [, outputHeight = 0, outputWidth = 0] = result;
  const rows = mixes(height, outputHeight, alignCorners);
  const columns = mixes(width, outputWidth, alignCorners);
  let position = 0;
  for (let n = 0; n < batch; n++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let channel = 0; channel < channels; channel++) {
          const from = (y: number, x: number): number => ((n * height + y) * width + x) * channels + channel;
          visit(position, from(row.low, column.low), (1 - row.share) * (1 - column.share));
          visit(position, from(row.low, column.high), (1 - row.share) * column.share);
          visit(position, from(row.high, column.low), row.share * (1 - column.share));
          visit(position, from(row.high, column.high), row.share * column.share);
          position++;
        }
      }
    }
  }
}

export const resizingKernels = {
  resizeBilinear({ inputs: [x], attributes: { alignCorners }, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    forEachMix(x.dims, dims, alignCorners, (result, source, share) => {
      y[result] = at(y, result) + at(x.data, source) * share;
    });
    return [y];
  },
  resizeBilinearGrad({ inputs: [dy], attributes: { alignCorners }, outputDims: [dims] }) {
    const dx = new Float64Array(sizeOfDims(dims));
    forEachMix(dims, dy.dims, alignCorners, (result, source, share) => {
      dx[source] = at(dx, source) + at(dy.data, result) * share;
    });
    return [dx];
  },
} satisfies Kernels<'resizeBilinear' | 'resizeBilinearGrad'>;
