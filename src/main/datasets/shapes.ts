import { createWordStream, domains, uniformFloat } from '../../graph-engine/random/philox.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { HeldDataSet, HeldDataSource } from './dataSet.ts';
import { contrast, outlines, type Colour, type Outline } from './shapeOutlines.ts';

const SIDE = 32;
const CHANNELS = 3;
const SAMPLES = 4000;
/** The set is one fixed thing, like a file: only its split depends on the run's seed. */
const SEED = 20_260;

const description: DataSetDescription = {
  id: 'shapes',
  title: 'Coloured shapes',
  description:
    '4 000 colour 32×32 images of ten shapes at changing places, sizes and angles, on a noisy background; drawn on demand.',
  inputs: [{ kind: 'image', name: 'image', height: SIDE, width: SIDE, channels: CHANNELS }],
  targets: [{ kind: 'class', name: 'shape', classes: Object.keys(outlines) }],
  samples: SAMPLES,
  licence: 'Made by Skipwire; free to use',
};

/** The procedural shapes: the same images on every machine and every day. */
export function shapes(samples: number = SAMPLES): HeldDataSource {
  const own = { ...description, samples };
  return { description: own, load: async () => drawShapes(own) };
}

function drawShapes(own: DataSetDescription): HeldDataSet {
  const kinds = Object.values(outlines);
  const size = SIDE * SIDE * CHANNELS;
  const images = new Float32Array(own.samples * size);
  const labels = new Int32Array(own.samples);
  for (let sample = 0; sample < own.samples; sample++) {
    const label = sample % kinds.length;
    const outline = kinds[label];
    if (outline === undefined) throw new Error(`No outline for class ${label}`);
    labels[sample] = label;
    // One stream a sample: a shorter set is the beginning of a longer one.
    const words = createWordStream([SEED, sample], 0, domains.data);
    drawShape(outline, words, images.subarray(sample * size, (sample + 1) * size));
  }
  return { description: own, inputs: [images], targets: [labels] };
}

/** Draws one `[32, 32, 3]` image: a smooth two-colour background, noise, and the shape with soft edges. */
function drawShape(outline: Outline, words: () => number, image: Float32Array): void {
  const between = (low: number, high: number): number => low + (high - low) * uniformFloat(words());
  const colour = (): Colour => [between(0, 1), between(0, 1), between(0, 1)];
  const ink = colour();
  let [from, to] = [colour(), colour()];
  // A shape in the colour of its background cannot be seen by anybody.
  while (contrast(ink, from) < 0.5 || contrast(ink, to) < 0.5) [from, to] = [colour(), colour()];
  const radius = between(8, 13);
  const centreX = between(radius * 0.9, SIDE - radius * 0.9);
  const centreY = between(radius * 0.9, SIDE - radius * 0.9);
  const turn = between(-Math.PI / 4, Math.PI / 4);
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const slope = between(0, 2 * Math.PI);
  const [slopeX, slopeY] = [Math.cos(slope) / (SIDE * 1.42), Math.sin(slope) / (SIDE * 1.42)];
  const noise = between(0.01, 0.06);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const x = (column + 0.5 - centreX) / radius;
      const y = (row + 0.5 - centreY) / radius;
      const distance = outline(x * cosine + y * sine, y * cosine - x * sine) * radius;
      const cover = Math.min(1, Math.max(0, 0.5 - distance));
      const along = (column - SIDE / 2) * slopeX + (row - SIDE / 2) * slopeY + 0.5;
      // One draw a pixel, ten bits for the noise of each channel.
      const bits = words();
      for (let channel = 0; channel < CHANNELS; channel++) {
        const ground = (from[channel] ?? 0) * (1 - along) + (to[channel] ?? 0) * along;
        const value =
          ground * (1 - cover) + (ink[channel] ?? 0) * cover + noise * (((bits >>> (10 * channel)) & 1023) / 512 - 1);
        image[(row * SIDE + column) * CHANNELS + channel] = Math.min(1, Math.max(0, value));
      }
    }
  }
}
