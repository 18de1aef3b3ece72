import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import { coloursOf, type ColourMapName } from '../../graph-engine/probe/colourMap.ts';
import type { Picture } from '../../graph-engine/probe/valueReading.ts';
import { encodePng } from './encodePng.ts';

/** Pixels between two tiles. */
const GAP = 1;
/** The picture's shorter side in the file is at least this. */
const SMALLEST = 240;
const PAPER = 255;
const BAR_HEIGHT = 60;

/** A picture as a PNG file: tiles in rows that make about a square; bars stand on their zero. `undefined` for tokens. */
export function drawReading(picture: Picture, map: ColourMapName): Uint8Array | undefined {
  if (picture.kind === 'tokens') return undefined;
  const { columns, rows, at } = picture.kind === 'tiles' ? tiles(picture) : bars(picture);
  const colours = coloursOf(map, picture.low < 0);
  const zoom = Math.max(1, Math.ceil(SMALLEST / Math.min(columns, rows)));
  const [width, height] = [columns * zoom, rows * zoom];
  const pixels = new Uint8Array(width * height * 3).fill(PAPER);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = at(Math.floor(x / zoom), Math.floor(y / zoom));
      if (level !== undefined) pixels.set(colours.subarray(level * 3, level * 3 + 3), (y * width + x) * 3);
    }
  }
  return encodePng(width, height, pixels);
}

interface Drawing {
  readonly columns: number;
  readonly rows: number;
  /** The byte at a place; `undefined` where there is paper. */
  readonly at: (x: number, y: number) => number | undefined;
}

function tiles({ width, height, pixels }: Extract<Picture, { kind: 'tiles' }>): Drawing {
  const bytes = fromBase64(pixels);
  const count = Math.round(bytes.length / (width * height));
  const perRow = Math.ceil(Math.sqrt((count * height) / width));
  const lines = Math.ceil(count / perRow);
  return {
    columns: perRow * (width + GAP) - GAP,
    rows: lines * (height + GAP) - GAP,
    at(x, y) {
      const [column, row] = [Math.floor(x / (width + GAP)), Math.floor(y / (height + GAP))];
      const [inX, inY] = [x - column * (width + GAP), y - row * (height + GAP)];
      const tile = row * perRow + column;
      if (inX >= width || inY >= height || tile >= count) return undefined;
      return bytes[(tile * height + inY) * width + inX];
    },
  };
}

function bars({ values, low, high }: Extract<Picture, { kind: 'bars' }>): Drawing {
  const rowOf = (value: number): number => Math.round(((high - value) / (high - low)) * (BAR_HEIGHT - 1));
  return {
    columns: values.length * 2 - 1,
    rows: BAR_HEIGHT,
    at(x, y) {
      const value = x % 2 === 0 ? values[x / 2] : undefined;
      if (value === undefined) return undefined;
      const [from, to] = [Math.min(rowOf(value), rowOf(0)), Math.max(rowOf(value), rowOf(0))];
      return y >= from && y <= to ? Math.round(((value - low) / (high - low)) * 254) : undefined;
    },
  };
}
