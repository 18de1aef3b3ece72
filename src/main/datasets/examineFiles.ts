import type { ClassBalance, DataCheck, DataInspection, DataSample, NumberStatistics } from '../../contract/data.ts';
import { permutation } from '../../graph-engine/random/permutation.ts';
import type { DataInput, DataTarget } from '../../graph-engine/training/dataDescription.ts';
import type { DataReader } from '../../graph-engine/training/dataReader.ts';
import { userCacheFolder } from '../engines/userCacheFolder.ts';
import type { DataSet, SampleNumbers } from './dataSet.ts';
import { bilinearResize } from './fitImages.ts';
import { dataMemoryLimit, readNumbers } from './numberStore.ts';
import { openFiles, type OpenedFiles } from './readers/openFiles.ts';
import type { ReadData } from './readers/formatReader.ts';

/** Files of a workspace, and how they are to be read when not as they look. */
export interface FilesReference {
  readonly root: string;
  readonly path: string;
  readonly reader?: DataReader | undefined;
}

type OnProgress = (done: number, total: number) => void;

const BROKEN_TOLD = 100;
/** Samples from which statistics are taken, spread over all. */
const MEASURED = 20_000;
const MASKS_MEASURED = 2_000;
const COLUMNS_MEASURED = 500;
/** Side of the images that are sent to be looked at. */
const SHOWN_SIDE = 128;
const TEXT_SHOWN = 160;
const CHANNEL_NAMES: Readonly<Record<number, readonly string[]>> = { 1: ['grey'], 3: ['red', 'green', 'blue'] };

/** Says what files are. Throws a `HostFailure` when they are nothing that can be read. */
export async function inspectFiles({ root, path, reader }: FilesReference): Promise<DataInspection> {
  const { reader: own, ...survey } = await (await openFiles(root, path, reader)).survey();
  return {
    path,
    reader: own,
    description: survey.description,
    parts: { ...survey.parts },
    understood: [...survey.understood],
    warnings: [...survey.warnings],
    problems: [...survey.problems],
  };
}

/** Reads every sample and says what is in them, and what cannot be read. */
export async function checkFiles(reference: FilesReference, onProgress?: OnProgress): Promise<DataCheck> {
  const { data, broken } = await readAll(reference, onProgress);
  const { description } = data;
  const measured = Math.min(description.samples, MEASURED);
  return {
    samples: description.samples,
    broken: broken.slice(0, BROKEN_TOLD).map((one) => ({ ...one })),
    brokenCount: broken.length,
    balance: description.targets.flatMap((target, index) =>
      balanceOf(target, data.targets[index], description.samples),
    ),
    statistics: [
      ...description.inputs.flatMap((input, index) => statisticsOf(input, data.inputs[index], description.samples)),
      ...description.targets.flatMap((target, index) =>
        target.kind === 'values' ? columnStatistics(target.names, data.targets[index], description.samples) : [],
      ),
    ],
    measured,
  };
}

/** Samples to look at, in an order that mixes the classes; `label` asks for those of one class. */
export async function showSamples(
  reference: FilesReference,
  { from, count, label }: { readonly from: number; readonly count: number; readonly label?: string | undefined },
): Promise<{ samples: DataSample[]; total: number }> {
  const { data } = await readAll(reference);
  const { description } = data;
  const text = description.inputs.find((input) => input.kind === 'text');
  if (text !== undefined) return showText(data, text, from, count);
  const all = permutation(1, description.samples);
  const chosen = label === undefined ? all : all.filter((sample) => labelOf(data, sample) === label);
  const samples = [...chosen.subarray(from, from + count)].map((number) => sampleOf(data, number));
  return { samples, total: chosen.length };
}

/** What was read last: looking at more samples of it does not read it again. */
let kept: { readonly key: string; readonly read: Promise<ReadData> } | undefined;

async function readAll(reference: FilesReference, onProgress?: OnProgress): Promise<ReadData> {
  const files = await openFiles(reference.root, reference.path, reference.reader);
  const survey = await files.survey();
  const key = JSON.stringify([reference.root, reference.path, survey]);
  if (kept?.key !== key) kept = { key, read: readLeniently(files, onProgress) };
  const { read } = kept;
  try {
    return await read;
  } catch (error) {
    if (kept?.read === read) kept = undefined;
    throw error;
  }
}

async function readLeniently(files: OpenedFiles, onProgress?: OnProgress): Promise<ReadData> {
  const { reader, place } = files;
  const lenient = 'leaveOut' in reader ? await openFiles(place.root, place.path, { ...reader, leaveOut: true }) : files;
  return lenient.read({ cacheFolder: userCacheFolder(), memoryLimit: dataMemoryLimit(), onProgress });
}

function balanceOf(target: DataTarget, numbers: SampleNumbers | undefined, samples: number): ClassBalance[] {
  if (numbers === undefined || (target.kind !== 'class' && target.kind !== 'mask')) return [];
  const counts = new Array<number>(target.classes.length).fill(0);
  const size = target.kind === 'class' ? 1 : target.height * target.width;
  const room = new Int32Array(size);
  for (const sample of spreadOver(samples, target.kind === 'class' ? samples : MASKS_MEASURED)) {
    readNumbers(numbers, sample * size, room);
    for (const label of room) counts[label] = (counts[label] ?? 0) + 1;
  }
  const classes = target.classes.map((name, label) => ({ name, count: counts[label] ?? 0 }));
  return [{ target: target.name, unit: target.kind === 'class' ? 'samples' : 'pixels', classes }];
}

function statisticsOf(input: DataInput, numbers: SampleNumbers | undefined, samples: number): NumberStatistics[] {
  if (numbers === undefined || input.kind === 'text') return [];
  if (input.kind === 'features') return columnStatistics(input.names, numbers, samples);
  const names = Array.from(
    { length: input.channels },
    (_, channel) => CHANNEL_NAMES[input.channels]?.[channel] ?? `channel ${channel + 1}`,
  );
  return measured(names, numbers, samples, input.height * input.width * input.channels);
}

function columnStatistics(names: readonly string[], numbers: SampleNumbers | undefined, samples: number) {
  if (numbers === undefined) return [];
  return measured(names, numbers, samples, names.length).slice(0, COLUMNS_MEASURED);
}

/** Statistics of numbers that take turns, such as the channels of pixels. */
function measured(
  names: readonly string[],
  numbers: SampleNumbers,
  samples: number,
  sampleSize: number,
): NumberStatistics[] {
  const parts = names.length;
  const room = new Float32Array(sampleSize);
  const tallies = names.map(() => ({ count: 0, mean: 0, squares: 0, minimum: Infinity, maximum: -Infinity }));
  for (const sample of spreadOver(samples, MEASURED)) {
    readNumbers(numbers, sample * sampleSize, room);
    for (let i = 0; i < room.length; i++) {
      const tally = tallies[i % parts];
      const value = room[i] ?? 0;
      if (tally === undefined) continue;
      tally.count++;
      const before = value - tally.mean;
      tally.mean += before / tally.count;
      tally.squares += before * (value - tally.mean);
      if (value < tally.minimum) tally.minimum = value;
      if (value > tally.maximum) tally.maximum = value;
    }
  }
  return tallies.map(({ count, mean, squares, minimum, maximum }, part) => ({
    name: names[part] ?? '',
    mean,
    deviation: count === 0 ? 0 : Math.sqrt(squares / count),
    minimum: count === 0 ? 0 : minimum,
    maximum: count === 0 ? 0 : maximum,
  }));
}

function* spreadOver(samples: number, most: number): Generator<number> {
  const wanted = Math.min(samples, most);
  for (let index = 0; index < wanted; index++) yield Math.floor((index * samples) / wanted);
}

function labelOf({ description, targets }: DataSet, sample: number): string {
  return description.targets
    .flatMap((target, index) => {
      const numbers = targets[index];
      if (numbers === undefined) return [];
      if (target.kind === 'class') {
        const room = new Int32Array(1);
        readNumbers(numbers, sample, room);
        return [target.classes[room[0] ?? 0] ?? ''];
      }
      if (target.kind !== 'values') return [];
      const room = new Float32Array(target.names.length);
      readNumbers(numbers, sample * room.length, room);
      const words = target.names.slice(0, 3).map((name, at) => `${name} ${Number((room[at] ?? 0).toPrecision(4))}`);
      return [words.join(', ')];
    })
    .join(' · ');
}

function sampleOf(data: DataSet, number: number): DataSample {
  const { description } = data;
  const [input] = description.inputs;
  const [numbers] = data.inputs;
  const label = labelOf(data, number);
  if (input === undefined || numbers === undefined) return { number, label };
  if (input.kind === 'features') {
    const room = new Float32Array(input.names.length);
    readNumbers(numbers, number * room.length, room);
    const words = input.names.slice(0, 8).map((name, index) => `${name} ${Number((room[index] ?? 0).toPrecision(4))}`);
    return { number, label, text: `${words.join(', ')}${input.names.length > 8 ? ' …' : ''}` };
  }
  if (input.kind !== 'image') return { number, label };
  const mask = maskOf(data, number);
  return { number, label, image: imageOf(input, numbers, number), ...(mask !== undefined && { mask }) };
}

function imageOf(input: DataInput & { kind: 'image' }, numbers: SampleNumbers, number: number): DataSample['image'] {
  const { height, width, channels } = input;
  const room = new Float32Array(height * width * channels);
  readNumbers(numbers, number * room.length, room);
  const size = shownSize(input);
  const shown = size.height === height ? room : bilinearResize(input, size, channels)(room);
  // Arrays of numbers beyond 0 to 1 are shown from their least to their most.
  let [low, high] = [0, 1];
  for (const value of shown) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const pixels = Uint8Array.from(shown, (value) => Math.round(((value - low) / (high - low)) * 255));
  return { ...size, channels, pixels: Buffer.from(pixels).toString('base64') };
}

function maskOf({ description, targets }: DataSet, number: number): DataSample['mask'] {
  const index = description.targets.findIndex((target) => target.kind === 'mask');
  const mask = description.targets[index];
  const numbers = targets[index];
  if (mask?.kind !== 'mask' || numbers === undefined) return undefined;
  const room = new Int32Array(mask.height * mask.width);
  readNumbers(numbers, number * room.length, room);
  const size = shownSize(mask);
  const pixels = new Uint8Array(size.height * size.width);
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      const y = Math.floor(((row + 0.5) * mask.height) / size.height);
      const x = Math.floor(((column + 0.5) * mask.width) / size.width);
      pixels[row * size.width + column] = room[y * mask.width + x] ?? 0;
    }
  }
  return { ...size, classes: mask.classes.length, pixels: Buffer.from(pixels).toString('base64') };
}

function shownSize({ height, width }: { readonly height: number; readonly width: number }) {
  const shrink = Math.min(1, SHOWN_SIDE / Math.max(height, width));
  return { height: Math.max(1, Math.round(height * shrink)), width: Math.max(1, Math.round(width * shrink)) };
}

function showText(data: DataSet, text: DataInput & { kind: 'text' }, from: number, count: number) {
  const [numbers] = data.inputs;
  const pages = Math.max(1, Math.floor(text.length / TEXT_SHOWN));
  const samples = [...permutation(1, pages).subarray(from, from + count)].map((number): DataSample => {
    const room = new Int32Array(Math.min(TEXT_SHOWN, text.length - number * TEXT_SHOWN));
    if (numbers !== undefined) readNumbers(numbers, number * TEXT_SHOWN, room);
    return {
      number,
      label: '',
      text: [...room]
        .map((token) => text.vocabulary[token] ?? '')
        .join('')
        .slice(0, 400),
    };
  });
  return { samples, total: pages };
}
