import path from 'node:path';
import type { HostProblem } from '../../../contract/contract.ts';
import { dataSettingOf, type ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { dataParts } from '../dataSet.ts';
import { byCodePoint, listFiles, listFolders, type DataPlace, type PlacedFile } from './dataPlace.ts';
import { decodeSample, keyOf, openBytes, refuseBroken } from './fileRecords.ts';
import type { DataSurvey, FormatReader, PartCounts } from './formatReader.ts';
import { imageEnding, otherImageEnding } from './imageFile.ts';
import { count, surveyImages } from './imageSurvey.ts';
import { cachedRecords } from './recordCache.ts';

/** Names that folders of the parts have. */
const partNames: Readonly<Record<string, keyof typeof dataParts>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

interface LabelledFile extends PlacedFile {
  readonly label: number;
  readonly part: number;
}

interface Listing {
  readonly files: readonly LabelledFile[];
  readonly classes: readonly string[];
  readonly parts: PartCounts;
  readonly others: number;
}

/** The part that a folder's name stands for. */
export function partNamed(folder: string): keyof typeof dataParts | undefined {
  return Object.hasOwn(partNames, folder.toLowerCase()) ? partNames[folder.toLowerCase()] : undefined;
}

/** A folder of images for each class; torchvision's ImageFolder numbers and orders them in the same way. */
export const imageFolder: FormatReader<'image-folder'> = {
  kind: 'image-folder',

  async detect(place) {
    const listing = await list(place);
    if (listing.files.length === 0) return undefined;
    return { kind: 'image-folder', fit: 'cover', colour: 'auto', leaveOut: false };
  },

  async survey(place, reader) {
    const { files, classes, parts, others } = await list(place);
    const images = await surveyImages(files, reader);
    const problems = problemsOf(place, files, classes);
    const split = parts.validation + parts.test === 0 ? [] : [`${partsInWords(parts)}, as the folders say.`];
    return {
      reader: { ...reader, size: { height: images.form.height, width: images.form.width } },
      description: describe(place, reader, images.form, classes, files.length),
      parts,
      understood: [`A folder for each of ${count(classes.length, 'class')}.`, ...images.understood, ...split],
      warnings: [
        ...images.warnings,
        ...(others === 0 ? [] : [`${count(others, 'image')} of other formats (GIF, TIFF, HEIC …) are not read.`]),
        ...unevenness(files, classes),
      ],
      problems,
    } satisfies DataSurvey;
  },

  async read(place, reader, options) {
    const { files, classes } = await list(place);
    const [problem] = problemsOf(place, files, classes);
    if (problem !== undefined) throw new HostFailure(problem);
    const { form } = await surveyImages(files, reader);
    const size = form.height * form.width * form.channels;
    const records = await cachedRecords(
      {
        key: keyOf(place, files, form),
        samples: files.length,
        recordBytes: [size],
        async decode(sample) {
          const file = files[sample];
          if (file === undefined) throw new Error(`There is no file ${sample}`);
          const decoded = await decodeSample(place, file, form);
          return decoded instanceof Uint8Array ? [decoded] : decoded;
        },
      },
      options,
    );
    refuseBroken(place, records.broken, reader.leaveOut);
    const images = await openBytes(records.files[0] ?? '', records.kept.length * size, 255, options);
    return {
      data: {
        description: describe(place, reader, form, classes, records.kept.length),
        inputs: [images],
        targets: [records.kept.map((sample) => files[sample]?.label ?? 0)],
        preparation: { kind: 'image', fit: reader.fit },
        ...(files.some(({ part }) => part !== dataParts.train) && {
          parts: Uint8Array.from(records.kept, (sample) => files[sample]?.part ?? 0),
        }),
      },
      broken: records.broken,
    };
  },
};

async function list(place: DataPlace): Promise<Listing> {
  const top = await listFolders(place);
  const parted = top.filter((name) => partNamed(name) !== undefined);
  // A class may be called "test": only where every folder is a part are they parts.
  const roots = parted.length > 0 && parted.length === top.length ? parted : [''];
  const classFolders = (
    await Promise.all(
      roots.map(async (root) => {
        const names = root === '' ? top : await listFolders(place, root);
        return names.map((name) => ({ root, name }));
      }),
    )
  ).flat();
  const classes = [...new Set(classFolders.map(({ name }) => name))].sort(byCodePoint);
  const files: LabelledFile[] = [];
  let others = 0;
  for (const { root, name } of classFolders) {
    const part = dataParts[partNamed(root) ?? 'train'];
    for (const file of await listFiles(place, root === '' ? name : `${root}/${name}`)) {
      if (imageEnding.test(file.path)) files.push({ ...file, label: classes.indexOf(name), part });
      else if (otherImageEnding.test(file.path)) others++;
    }
  }
  return { files, classes, parts: countParts(files), others };
}

/** How many of each part. */
export function countParts(files: readonly { readonly part: number }[]): PartCounts {
  const of = (part: number): number => files.filter((file) => file.part === part).length;
  return { train: of(dataParts.train), validation: of(dataParts.validation), test: of(dataParts.test) };
}

/** `50 000 for training, 10 000 for test`. */
export function partsInWords({ train, validation, test }: PartCounts): string {
  const words: string[] = [`${count(train, 'sample')} for training`];
  if (validation > 0) words.push(`${count(validation, 'sample')} for validation`);
  if (test > 0) words.push(`${count(test, 'sample')} for test`);
  return words.join(', ');
}

function problemsOf(place: DataPlace, files: readonly LabelledFile[], classes: readonly string[]): HostProblem[] {
  const labels = new Set(files.map(({ label }) => label));
  const empty = classes.filter((_, label) => !labels.has(label));
  const problems: HostProblem[] = [];
  if (empty.length > 0) {
    problems.push({
      code: 'data/empty-class',
      message: `The class ${empty
        .slice(0, 5)
        .map((name) => `"${name}"`)
        .join(', ')}${empty.length > 5 ? ' and others' : ''} in "${place.path}" has no image.`,
      expected: 'at least one PNG, JPEG, WebP or BMP in every folder',
      received: `${empty.length} empty of ${classes.length}`,
      remedy: 'Put images into the folder, or remove it.',
    });
  }
  if (classes.length < 2) {
    problems.push({
      code: 'data/one-class',
      message: `"${place.path}" has ${classes.length === 1 ? 'one class' : 'no class'}; there is nothing to tell apart.`,
      expected: 'two folders of images or more',
      received: classes[0] ?? 'none',
      remedy: 'Sort the images into a folder for each class.',
    });
  }
  return problems;
}

/** Says when some classes are far larger than others. */
function unevenness(files: readonly LabelledFile[], classes: readonly string[]): string[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const { label } of files) counts[label] = (counts[label] ?? 0) + 1;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least === 0 || most < least * 10) return [];
  const name = (wanted: number): string => classes[counts.indexOf(wanted)] ?? '';
  return [
    `"${name(most)}" has ${count(most, 'image')}, "${name(least)}" only ${least}: a network may ignore the small one.`,
  ];
}

function describe(
  place: DataPlace,
  _reader: ReaderOf<'image-folder'>,
  { height, width, channels }: { height: number; width: number; channels: number },
  classes: readonly string[],
  samples: number,
) {
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `Images in the folder "${place.path}", a class for each folder in it.`,
    inputs: [{ kind: 'image' as const, name: 'image', height, width, channels }],
    targets: [{ kind: 'class' as const, name: 'class', classes: [...classes] }],
    samples,
    licence: '',
  };
}
