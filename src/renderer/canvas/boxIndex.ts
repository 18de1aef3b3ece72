import type { Box } from './routeWire.ts';

const BAND_HEIGHT = 400;

/** Finds boxes by where they lie, without looking at those that lie elsewhere. */
export interface BoxIndex {
  /** Boxes that begin from `left` to `right` (not at it) and reach into the heights from `top` to `bottom`. */
  starting(left: number, right: number, top: number, bottom: number): Box[];
  /** The heights that boxes take. */
  readonly top: number;
  readonly bottom: number;
}

/** Where in a list sorted by its left side the boxes begin that start at `x` or behind it. */
function firstFrom(boxes: readonly Box[], x: number): number {
  let [from, to] = [0, boxes.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((boxes[middle]?.x ?? Infinity) < x) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Sorts boxes into bands across the canvas, and each band from left to right. */
export function indexBoxes(boxes: Iterable<Box>): BoxIndex {
  const bands = new Map<number, Box[]>();
  const bandAt = (y: number): number => Math.floor(y / BAND_HEIGHT);
  let [top, bottom, tallest] = [Infinity, -Infinity, 0];
  for (const box of boxes) {
    const band = bands.get(bandAt(box.y));
    if (band === undefined) bands.set(bandAt(box.y), [box]);
    else band.push(box);
    top = Math.min(top, box.y);
    bottom = Math.max(bottom, box.y + box.height);
    tallest = Math.max(tallest, box.height);
  }
  for (const band of bands.values()) band.sort((a, b) => a.x - b.x);
  return {
    top,
    bottom,
    starting(left, right, from, to) {
      const found: Box[] = [];
      const last = bandAt(Math.min(to, bottom));
      for (let at = bandAt(Math.max(from, top) - tallest); at <= last; at++) {
        const band = bands.get(at) ?? [];
        for (let index = firstFrom(band, left); index < band.length; index++) {
          const box = band[index];
          if (box === undefined || box.x >= right) break;
          if (box.y < to && box.y + box.height > from) found.push(box);
        }
      }
      return found;
    },
  };
}
