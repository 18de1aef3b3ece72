import { createWordStream, domains, uniformFloat } from '../../graph-engine/random/philox.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { HeldDataSet, HeldDataSource } from './dataSet.ts';
import { contrast, outlines, REACH, type Colour, type Outline } from './shapeOutlines.ts';

const SIDE = 32;
const CHANNELS = 3;
const SAMPLES = 2000;
/** The set is one fixed thing, like a file: only its split depends on the run's seed. */
const SEED = 20_261;
const KINDS = ['disc', 'triangle', 'square', 'star'];

const size = { height: SIDE, width: SIDE };
const description: DataSetDescription = {
  id: 'shape-masks',
  title: 'Shapes with masks',
  description:
    '2 000 colour 32×32 images of one to three overlapping shapes on a noisy background, with the exact mask of every pixel: of what kind it is, or whether it is a shape at all.',
  inputs: [{ kind: 'image', name: 'image', ...size, channels: CHANNELS }],
  targets: [
    { kind: 'mask', name: 'kinds', ...size, classes: ['background', ...KINDS] },
    { kind: 'mask', name: 'foreground', ...size, classes: ['background', 'shape'] },
  ],
  samples: SAMPLES,
  licence: 'Made by Skipwire; free to use',
};

/** Procedural scenes with their masks: the same on every machine and every day. */
export function shapeMasks(samples: number = SAMPLES): HeldDataSource {
  const own = { ...description, samples };
  return { description: own, load: async () => drawScenes(own) };
}

function drawScenes(own: DataSetDescription): HeldDataSet {
  const pixels = SIDE * SIDE;
  const images = new Float32Array(own.samples * pixels * CHANNELS);
  const kinds = new Int32Array(own.samples * pixels);
  for (let sample = 0; sample < own.samples; sample++) {
    // One stream a sample: a shorter set is the beginning of a longer one.
    const words = createWordStream([SEED, sample], 0, domains.data);
    drawScene(
      words,
      images.subarray(sample * pixels * CHANNELS, (sample + 1) * pixels * CHANNELS),
      kinds.subarray(sample * pixels, (sample + 1) * pixels),
    );
  }
  return { description: own, inputs: [images], targets: [kinds, kinds.map((kind) => Math.min(1, kind))] };
}

interface Piece {
  readonly kind: number;
  readonly outline: Outline;
  readonly ink: Colour;
  readonly radius: number;
  readonly x: number;
  readonly y: number;
  readonly cosine: number;
  readonly sine: number;
}

/** Draws one image with its mask; later pieces cover earlier ones. */
function drawScene(words: () => number, image: Float32Array, mask: Int32Array): void {
  const between = (low: number, high: number): number => low + (high - low) * uniformFloat(words());
  const colour = (): Colour => [between(0, 1), between(0, 1), between(0, 1)];
  const ground = colour();
  const noise = between(0.01, 0.08);
  const pieces = Array.from({ length: 1 + (words() % 3) }, (): Piece => {
    const kind = words() % KINDS.length;
    const outline = outlines[KINDS[kind] ?? ''];
    if (outline === undefined) throw new Error(`There is no outline ${kind}`);
    let ink = colour();
    // A shape in the colour of its background cannot be seen by anybody.
    while (contrast(ink, ground) < 0.4) ink = colour();
    const radius = between(5, 9);
    const turn = between(-Math.PI / 4, Math.PI / 4);
    const place = { x: between(radius * 0.7, SIDE - radius * 0.7), y: between(radius * 0.7, SIDE - radius * 0.7) };
    return { kind: kind + 1, outline, ink, radius, ...place, cosine: Math.cos(turn), sine: Math.sin(turn) };
  });
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let value: Colour = ground;
      for (const piece of pieces) {
        const x = (column + 0.5 - piece.x) / piece.radius;
        const y = (row + 0.5 - piece.y) / piece.radius;
        // Nothing of it is here.
        if (x * x + y * y > REACH * REACH) continue;
        const distance =
          piece.outline(x * piece.cosine + y * piece.sine, y * piece.cosine - x * piece.sine) * piece.radius;
        const cover = Math.min(1, Math.max(0, 0.5 - distance));
        if (cover > 0) value = mixed(value, piece.ink, cover);
        if (cover >= 0.5) mask[row * SIDE + column] = piece.kind;
      }
      // One draw a pixel, ten bits for the noise of each channel.
      const bits = words();
      for (let channel = 0; channel < CHANNELS; channel++) {
        const level = value[channel] ?? 0;
        const grain = noise * (((bits >>> (10 * channel)) & 1023) / 512 - 1);
        image[(row * SIDE + column) * CHANNELS + channel] = Math.min(1, Math.max(0, level + grain));
      }
    }
  }
}

function mixed([r, g, b]: Colour, [inkR, inkG, inkB]: Colour, share: number): Colour {
  return [r + (inkR - r) * share, g + (inkG - g) * share, b + (inkB - b) * share];
}
