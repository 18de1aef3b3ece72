import type { SamplePicture, SampleView } from '../../contract/samples.ts';
import { isImage, sizeOf, type TensorType } from '../../graph-engine/core/shape.ts';
import { toBase64 } from '../../graph-engine/probe/base64.ts';
import type { DataInput, DataTarget } from '../../graph-engine/training/dataDescription.ts';
import type { DataMatch } from '../../graph-engine/training/matchData.ts';
import type { TensorData } from '../executors/compiledProgram.ts';
import { denormalize } from '../datasets/normalization.ts';
import type { FeedColumn } from '../training/batches.ts';

/** One input or target of a network, with what of the data set feeds it. */
export interface SampleEnd {
  readonly column: FeedColumn;
  readonly type: TensorType;
  readonly data: DataInput | DataTarget;
}

/** Pixels of a sample's picture at its longer side. */
const SIDE = 48;
const TEXT = 240;
const NUMBERS = 32;

/** The numbers of one sample for one feed. */
export function sampleOf({ dtype, sampleSize, write }: FeedColumn, sample: number): TensorData {
  const room = dtype === 'int32' ? new Int32Array(sampleSize) : new Float32Array(sampleSize);
  write(sample, room);
  return room;
}

/** What a sample looks like, as the network sees it; an image with at most `side` pixels at its longer side. */
export function pictureOfSample({ column, type, data }: SampleEnd, sample: number, side = SIDE): SamplePicture {
  const numbers = sampleOf(column, sample);
  if (data.kind === 'text') {
    const text = [...numbers.subarray(0, TEXT)].map((token) => data.vocabulary[token] ?? '').join('');
    return { kind: 'text', text };
  }
  if (isImage(type) && numbers instanceof Float32Array) {
    if (column.normalization !== undefined) denormalize(numbers, column.normalization);
    return imagePicture(numbers, type, side);
  }
  return { kind: 'numbers', values: [...numbers.subarray(0, NUMBERS)] };
}

/** An image of any size as a picture. */
export function imagePicture(numbers: Float32Array, type: TensorType, side: number): SamplePicture {
  const [height, width] = [sizeOf(type, 'height') ?? 1, sizeOf(type, 'width') ?? 1];
  const given = sizeOf(type, 'channels') ?? 1;
  const channels = given >= 3 ? 3 : 1;
  const factor = Math.max(1, Math.max(width, height) / side);
  const [columns, rows] = [Math.max(1, Math.round(width / factor)), Math.max(1, Math.round(height / factor))];
  // Images are from 0 to 1 unless they were normalized.
  let [low, high] = [0, 1];
  for (const number of numbers) [low, high] = [Math.min(low, number), Math.max(high, number)];
  const pixels = new Uint8Array(columns * rows * channels);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [y, x] = [Math.floor(((row + 0.5) * height) / rows), Math.floor(((column + 0.5) * width) / columns)];
      for (let channel = 0; channel < channels; channel++) {
        const value = numbers[(y * width + x) * given + channel] ?? 0;
        pixels[(row * columns + column) * channels + channel] = Math.round(((value - low) / (high - low)) * 255);
      }
    }
  }
  return { kind: 'image', width: columns, height: rows, channels, pixels: toBase64(pixels) };
}

/** What a sample ought to come out as, in a few words. */
export function labelOfSample({ column, data }: SampleEnd, sample: number): string {
  const numbers = sampleOf(column, sample);
  switch (data.kind) {
    case 'class': {
      // Yes or no for each class, or the class itself.
      const flags = numbers.length === data.classes.length && numbers.length > 1;
      const chosen = flags ? numbers.findIndex((flag) => flag > 0.5) : (numbers[0] ?? 0);
      return data.classes[chosen] ?? String(chosen);
    }
    case 'mask': {
      const present = new Set<number>([...numbers].map(Math.round));
      return data.classes.filter((_, index) => index > 0 && present.has(index)).join(', ');
    }
    case 'probabilities': {
      const best = numbers.indexOf(Math.max(...numbers));
      return data.choices[best] ?? String(best);
    }
    case 'values':
      return data.names.map((name, index) => `${name} ${(numbers[index] ?? 0).toPrecision(4)}`).join(', ');
    case 'next-token':
    case 'image':
    case 'text':
    case 'features':
      return '';
  }
}

/** What each output's choices are called. */
export function choiceNames(match: DataMatch): Record<string, string[]> {
  return Object.fromEntries(
    [...match.targets].flatMap(([path, target]) => {
      const names = namesOf(target);
      return names === undefined ? [] : [[path, names]];
    }),
  );
}

function namesOf(target: DataTarget | DataInput): string[] | undefined {
  switch (target.kind) {
    case 'class':
    case 'mask':
      return target.classes;
    case 'next-token':
    case 'text':
      return target.vocabulary;
    case 'values':
    case 'features':
      return target.names;
    case 'probabilities':
      return target.choices;
    case 'image':
      return undefined;
  }
}

/** A sample in a list. */
export function viewSample(
  number: number,
  isValidation: boolean,
  input: SampleEnd | undefined,
  label: string,
): SampleView {
  const picture = input === undefined ? { kind: 'text' as const, text: '' } : pictureOfSample(input, number);
  return { number, part: isValidation ? 'validation' : 'train', label, picture };
}
