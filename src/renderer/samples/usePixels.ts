import { useEffect, useMemo, useRef, type RefObject } from 'react';
import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import { coloursOf, type ColourMapName } from '../../graph-engine/probe/colourMap.ts';
import type { Picture } from '../../graph-engine/probe/valueReading.ts';

/** Red, green, blue and opacity of pixels. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** A canvas element that shows these pixels, one by one: how large they are is a matter of style. */
export function usePixels(image: PixelImage): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.width = image.width;
    element.height = image.height;
    element.getContext('2d')?.putImageData(new ImageData(image.pixels, image.width, image.height), 0, 0);
  }, [image]);
  return canvas;
}

type Tiles = Extract<Picture, { kind: 'tiles' }>;

/** How tiles lie: as many in a row as make them largest in the room there is. */
export function arrangeTiles(
  count: number,
  tile: { readonly width: number; readonly height: number },
  room: { readonly width: number; readonly height: number },
): { readonly columns: number; readonly rows: number; readonly scale: number } {
  let best = { columns: 1, rows: count, scale: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = columns * (tile.width + GAP) - GAP;
    const height = rows * (tile.height + GAP) - GAP;
    const scale = Math.min(room.width / width, room.height / height);
    if (scale > best.scale) best = { columns, rows, scale };
  }
  return best;
}

/** Pixels between tiles. */
export const GAP = 1;

/** The tiles of a picture in rows of `columns`, in colours. */
export function paintTiles({ width, height, pixels, low }: Tiles, columns: number, map: ColourMapName): PixelImage {
  const bytes = fromBase64(pixels);
  const colours = coloursOf(map, low < 0);
  const count = Math.round(bytes.length / (width * height));
  const rows = Math.ceil(count / columns);
  const [fullWidth, fullHeight] = [columns * (width + GAP) - GAP, rows * (height + GAP) - GAP];
  const painted = new Uint8ClampedArray(fullWidth * fullHeight * 4);
  for (let tile = 0; tile < count; tile++) {
    const [left, top] = [(tile % columns) * (width + GAP), Math.floor(tile / columns) * (height + GAP)];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const level = (bytes[(tile * height + y) * width + x] ?? 0) * 3;
        const at = ((top + y) * fullWidth + left + x) * 4;
        painted[at] = colours[level] ?? 0;
        painted[at + 1] = colours[level + 1] ?? 0;
        painted[at + 2] = colours[level + 2] ?? 0;
        painted[at + 3] = 255;
      }
    }
  }
  return { width: fullWidth, height: fullHeight, pixels: painted };
}

/** Painted tiles that are painted again only when the picture or its colours change. */
export function usePaintedTiles(picture: Tiles, columns: number, map: ColourMapName): PixelImage {
  return useMemo(() => paintTiles(picture, columns, map), [picture, columns, map]);
}
