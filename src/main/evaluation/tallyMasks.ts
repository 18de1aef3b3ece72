import { createPixelTally } from '../../graph-engine/evaluation/segmentationReport.ts';
import { argMax, tallySource, type OutputTally, type TalliedOutput } from './outputTally.ts';

/** For outputs of which the answer is a class for every pixel: one mask at a time is in memory. */
export function tallyMasks(wanted: TalliedOutput, classes: readonly string[]): OutputTally {
  const source = tallySource(wanted, 'logits');
  const pixels = pixelsOf(wanted);
  const tally = createPixelTally(classes.length);
  const told = new Uint8Array(pixels);
  const meanIou = new Float64Array(wanted.samples);
  const pixelAccuracy = new Float64Array(wanted.samples);
  return {
    ...source,
    add({ from, size, answers, targets }) {
      for (let row = 0; row < size; row++) {
        readMask(answers, row * source.size, source.size / pixels, told);
        const figures = tally.add(targets.subarray(row * pixels, (row + 1) * pixels), told);
        meanIou[from + row] = figures.meanIou;
        pixelAccuracy[from + row] = figures.pixelAccuracy;
      }
    },
    finish: (numbers) => ({
      kind: 'mask',
      path: source.path,
      classes: [...classes],
      confusion: tally.confusion.map((row) => [...row]),
      samples: [...numbers],
      meanIou: [...meanIou],
      pixelAccuracy: [...pixelAccuracy],
    }),
  };
}

function pixelsOf({ objective: { target } }: TalliedOutput): number {
  const [height, width] = target.type.axes.map(({ size }) => size);
  if (typeof height !== 'number' || typeof width !== 'number') throw new Error('The mask has an unknown size');
  return height * width;
}

/** The class of each pixel from scores: the highest of them, or, where there is one only, whether it is above zero. */
export function readMask(scores: ArrayLike<number>, at: number, channels: number, told: Uint8Array): void {
  for (let pixel = 0; pixel < told.length; pixel++) {
    const place = at + pixel * channels;
    told[pixel] = channels === 1 ? Number((scores[place] ?? 0) > 0) : argMax(scores, place, channels);
  }
}
