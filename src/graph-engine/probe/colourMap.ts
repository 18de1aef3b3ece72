import { LEVELS, NOT_FINITE } from './picture.ts';

/** Ways to colour numbers. Those around zero keep zero apart from both sides. */
export const colourMaps = {
  viridis: 'Viridis, and blue to red around zero',
  grey: 'Grey',
  contrast: 'Magma, and green to purple around zero',
} as const satisfies Record<string, string>;
export type ColourMapName = keyof typeof colourMaps;

type Colour = readonly [number, number, number];

/** Stops at equal distances, from published maps: viridis and magma of matplotlib, RdBu and PRGn of ColorBrewer. */
const stops: Readonly<Record<ColourMapName, { readonly from: readonly Colour[]; readonly around: readonly Colour[] }>> =
  {
    viridis: {
      from: [
        [68, 1, 84],
        [59, 82, 139],
        [33, 145, 140],
        [94, 201, 98],
        [253, 231, 37],
      ],
      around: [
        [5, 48, 97],
        [67, 147, 195],
        [247, 247, 247],
        [214, 96, 77],
        [103, 0, 31],
      ],
    },
    grey: {
      from: [
        [0, 0, 0],
        [255, 255, 255],
      ],
      around: [
        [0, 0, 0],
        [255, 255, 255],
      ],
    },
    contrast: {
      from: [
        [0, 0, 4],
        [81, 18, 124],
        [183, 55, 121],
        [252, 137, 97],
        [252, 253, 191],
      ],
      around: [
        [0, 68, 27],
        [90, 174, 97],
        [247, 247, 247],
        [153, 112, 171],
        [64, 0, 75],
      ],
    },
  };

/** What is not a number must not be taken for one. */
const ALARM: Colour = [255, 0, 200];

/** The colours of all bytes of a picture, three numbers each. `signed` says that its scale lies around zero. */
export function coloursOf(name: ColourMapName, signed: boolean): Uint8Array {
  const row = stops[name][signed ? 'around' : 'from'];
  const table = new Uint8Array((NOT_FINITE + 1) * 3);
  for (let level = 0; level <= LEVELS; level++) {
    const place = (level / LEVELS) * (row.length - 1);
    const below = Math.min(Math.floor(place), row.length - 2);
    const [a, b] = [row[below] ?? ALARM, row[below + 1] ?? ALARM];
    for (let part = 0; part < 3; part++) {
      table[level * 3 + part] = Math.round((a[part] ?? 0) + (place - below) * ((b[part] ?? 0) - (a[part] ?? 0)));
    }
  }
  table.set(ALARM, NOT_FINITE * 3);
  return table;
}
