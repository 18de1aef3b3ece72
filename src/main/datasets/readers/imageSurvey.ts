import type { DataReader } from '../../../graph-engine/training/dataReader.ts';
import { byCodePoint, type PlacedFile } from './dataPlace.ts';
import { readImageHeader, type ImageForm } from './imageFile.ts';

/** What a look at some of the images says of all. */
export interface ImageSurvey {
  /** The form into which all are brought. */
  readonly form: ImageForm;
  readonly understood: readonly string[];
  readonly warnings: readonly string[];
}

type ImageOptions = Pick<Extract<DataReader, { kind: 'image-folder' }>, 'size' | 'fit' | 'colour'>;

/** Headers that are read to learn how large images are and whether they have colour. */
const LOOKED_AT = 200;
/** Images of many sizes, such as photographs, are not kept larger than this unless the user says so. */
const LARGEST_SIDE = 256;

/** Looks at images spread evenly over all of them. */
export async function surveyImages(files: readonly PlacedFile[], options: ImageOptions): Promise<ImageSurvey> {
  const looked = spread(files, LOOKED_AT);
  const sizes = new Map<string, { height: number; width: number; count: number }>();
  let coloured = 0;
  let unreadable = 0;
  const headers = await Promise.all(looked.map(({ absolute }) => readImageHeader(absolute)));
  for (const header of headers) {
    if ('why' in header) {
      unreadable++;
      continue;
    }
    const { height, width, colour } = header;
    if (colour) coloured++;
    const key = `${height}×${width}`;
    const size = sizes.get(key) ?? { height, width, count: 0 };
    sizes.set(key, { ...size, count: size.count + 1 });
  }
  const ordered = [...sizes.values()].sort((a, b) => b.count - a.count || b.height * b.width - a.height * a.width);
  const own = options.size ?? bounded(ordered[0] ?? { height: 32, width: 32 });
  const channels = options.colour === 'auto' ? (coloured > 0 ? 3 : 1) : options.colour === 'colour' ? 3 : 1;
  const same = ordered.length === 1 && ordered[0]?.height === own.height && ordered[0].width === own.width;
  const size = `${own.height}×${own.width}`;
  const how = { cover: 'cut to', contain: 'bordered to', stretch: 'stretched to' }[options.fit];
  const endings = [...new Set(files.map(({ path }) => endingOf(path)))].sort(byCodePoint);
  return {
    form: { height: own.height, width: own.width, channels, fit: options.fit },
    understood: [
      `${count(files.length, 'image')} (${endings.join(', ')}), ${channels === 3 ? 'in colour' : 'grey'}.`,
      same
        ? `All have ${size} pixels${looked.length < files.length ? `, as far as ${looked.length} of them say` : ''}.`
        : `Images of ${ordered.length === 1 ? `${ordered[0]?.height ?? 0}×${ordered[0]?.width ?? 0}` : count(ordered.length, 'size')} are ${how} ${size}.`,
    ],
    warnings:
      unreadable === 0 ? [] : [`${unreadable} of ${count(looked.length, 'image')} that were looked at cannot be read.`],
  };
}

/** `1 image`, `2 000 images`. */
export function count(number: number, what: string): string {
  const digits = String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return `${digits} ${number === 1 ? what : `${what}${/(s|x|ch|sh)$/.test(what) ? 'es' : 's'}`}`;
}

function bounded({ height, width }: { height: number; width: number }): { height: number; width: number } {
  const shrink = Math.min(1, LARGEST_SIDE / Math.max(height, width));
  return { height: Math.max(1, Math.round(height * shrink)), width: Math.max(1, Math.round(width * shrink)) };
}

/** At most `most` of many, evenly spread. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]).filter(
    (one) => one !== undefined,
  );
}

function endingOf(file: string): string {
  const ending = /\.([^./]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  return ending === 'jpeg' ? 'jpg' : ending;
}
