import path from 'node:path';
import type { DataInput } from '../../../graph-engine/training/dataDescription.ts';
import { imageEnding, otherImageEnding } from '../../datasets/readers/imageFile.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import type { RunPreparation } from '../runPreparation.ts';

/** A file of the user's. */
export interface OwnFile {
  /** Where it lies. */
  readonly absolute: string;
  /** What the user calls it. */
  readonly name: string;
}

/** What a file is taken for, by its ending. */
export type OwnFileKind = 'image' | 'table' | 'array' | 'text';

/** A sample of a file, like one of the data set before it is fitted to the network. */
export interface OwnSample {
  readonly name: string;
  readonly numbers: Float32Array;
  /** Targets that the file names, by the name of the target. */
  readonly truth?: ReadonlyMap<string, string | number>;
}

export interface OwnSamples {
  readonly received: string;
  readonly steps: readonly string[];
  readonly samples: readonly OwnSample[];
}

/** Rows and arrays beyond this are not looked at. */
export const MOST_OWN_SAMPLES = 200;

const endings: readonly (readonly [RegExp, OwnFileKind])[] = [
  [imageEnding, 'image'],
  [/\.(csv|tsv|tab)(\.gz)?$/i, 'table'],
  [/\.npy$/i, 'array'],
  [/\.(txt|text|md|markdown|rst|tex|log)$/i, 'text'],
];

/** What a file is. Throws a `HostFailure` when it is nothing that this network takes. */
export function kindOfOwnFile(file: OwnFile, data: DataInput, run: RunPreparation): OwnFileKind {
  const kind = endings.find(([ending]) => ending.test(file.name))?.[1];
  if (kind === undefined || !taken[data.kind].includes(kind)) throw wrongKind(file, kind, data, run);
  return kind;
}

const taken = {
  image: ['image', 'array'],
  features: ['table', 'array'],
  text: ['text'],
} as const satisfies Record<DataInput['kind'], readonly OwnFileKind[]> as Record<
  DataInput['kind'],
  readonly OwnFileKind[]
>;

const kindsInWords: Readonly<Record<OwnFileKind, string>> = {
  image: 'an image',
  table: 'a table',
  array: 'a NumPy array',
  text: 'a text',
};

function wrongKind(file: OwnFile, kind: OwnFileKind | undefined, data: DataInput, run: RunPreparation): HostFailure {
  const ending = path.extname(file.name);
  const strange = otherImageEnding.test(file.name)
    ? `an image of a format that is not read (${ending})`
    : `a file that ends in "${ending}"`;
  return new HostFailure({
    code: 'own-file/wrong-kind',
    message: `"${file.name}" is not what this network takes.`,
    expected: expectedFile(data, run),
    received: kind === undefined ? (ending === '' ? 'a file without an ending' : strange) : kindsInWords[kind],
    remedy: 'Choose such a file, or a run of another network.',
  });
}

/** What a network takes, in words. */
export function expectedFile(data: DataInput, { preparation }: RunPreparation): string {
  switch (data.kind) {
    case 'image':
      return `an image (PNG, JPEG, WebP, BMP), or a .npy array of ${data.height}×${data.width}×${data.channels}`;
    case 'text':
      return 'a text file (.txt, .md)';
    case 'features': {
      const named =
        preparation?.kind === 'table'
          ? preparation.columns.filter(({ use }) => use === 'feature').map(({ name }) => name)
          : data.names;
      return `a table (.csv, .tsv) with the columns ${listed(named)}, or a .npy array of ${data.names.length} numbers a row`;
    }
  }
}

/** `a, b, c and 4 more`. */
export function listed(names: readonly string[], most = 8): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** What is told of samples that were left out for their number. */
export function cutInWords(count: number, what: string): string[] {
  return count > MOST_OWN_SAMPLES ? [`Of ${count} ${what} the first ${MOST_OWN_SAMPLES} are looked at.`] : [];
}
