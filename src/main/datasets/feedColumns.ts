import type { TargetType } from '../../graph-engine/core/objective.ts';
import { elementCount, sizeOf, type TensorType } from '../../graph-engine/core/shape.ts';
import type { DataInput, DataTarget } from '../../graph-engine/training/dataDescription.ts';
import type { DataMatch } from '../../graph-engine/training/matchData.ts';
import type { TensorData } from '../executors/compiledProgram.ts';
import type { FeedColumn } from '../training/batches.ts';
import type { DataSet } from './dataSet.ts';
import { fitImages } from './fitImages.ts';
import { fitMasks } from './fitMasks.ts';

/** A column, and what was done to the data, for the user. */
export interface FittedColumn {
  readonly column: FeedColumn;
  readonly notices: readonly string[];
}

/** Images are fitted once up to this many numbers (256 MB); beyond, each time they are used. */
const FITTED_AT_ONCE = 64 * 1024 * 1024;

/** What feeds an input of a network with the part of a data set that was chosen for it. */
export function inputColumn(data: DataSet, input: DataInput, feed: string, type: TensorType): FittedColumn {
  const numbers = numbersOf(data.inputs, data.description.inputs.indexOf(input));
  switch (input.kind) {
    case 'image':
      return imageColumn(data, input, numbers, feed, type);
    case 'features':
      return plain(copyColumn(feed, numbers, input.names.length));
    case 'text':
      return plain(windowColumn(feed, numbers, type, 0));
  }
}

/** What teaches an output of a network with the part of a data set that was chosen for it. */
export function targetColumn(
  data: DataSet,
  target: DataTarget | (DataInput & { kind: 'image' }),
  feed: string,
  wanted: TargetType,
  images: ImageInput | undefined,
): FittedColumn {
  if (target.kind === 'image') return inputColumn(data, target, feed, wanted.type);
  const numbers = numbersOf(data.targets, data.description.targets.indexOf(target));
  switch (target.kind) {
    case 'class':
      if (wanted.kind === 'class') return plain(copyColumn(feed, numbers, 1));
      return plain(flagColumn(feed, numbers, elementCount(wanted.type) ?? 1));
    case 'mask':
      return maskColumn(data, target, numbers, feed, wanted, images);
    case 'values':
      return plain(copyColumn(feed, numbers, target.names.length));
    case 'probabilities':
      return plain(copyColumn(feed, numbers, target.choices.length));
    case 'next-token':
      return plain(windowColumn(feed, numbers, wanted.type, 1));
  }
}

/** The size of the images that go in, which masks are fitted along with. */
export interface ImageInput {
  readonly height: number;
  readonly width: number;
}

/** The first image input of a network, for its masks. */
export function imageInputOf(
  match: DataMatch,
  inputs: readonly { readonly path: string; readonly type: TensorType }[],
): ImageInput | undefined {
  const image = inputs.find(({ path }) => match.inputs.get(path)?.kind === 'image');
  const height = image === undefined ? undefined : sizeOf(image.type, 'height');
  const width = image === undefined ? undefined : sizeOf(image.type, 'width');
  return typeof height === 'number' && typeof width === 'number' ? { height, width } : undefined;
}

function plain(column: FeedColumn): FittedColumn {
  return { column, notices: [] };
}

function numbersOf(columns: DataSet['inputs'], index: number): TensorData {
  const numbers = columns[index];
  if (numbers === undefined) throw new Error(`The data set has no column ${index}`);
  return numbers;
}

function dtypeOf(numbers: TensorData): FeedColumn['dtype'] {
  return numbers instanceof Int32Array ? 'int32' : 'float32';
}

function copyColumn(feed: string, numbers: TensorData, sampleSize: number): FeedColumn {
  return {
    feed,
    dtype: dtypeOf(numbers),
    sampleSize,
    write: (sample, room) => room.set(numbers.subarray(sample * sampleSize, (sample + 1) * sampleSize)),
  };
}

/** A one at the class and zeros elsewhere; with a single question, whether it is the second of two classes. */
function flagColumn(feed: string, classes: TensorData, sampleSize: number): FeedColumn {
  return {
    feed,
    dtype: 'float32',
    sampleSize,
    write(sample, room) {
      const chosen = classes[sample] ?? 0;
      if (sampleSize === 1) room[0] = chosen;
      else for (let i = 0; i < sampleSize; i++) room[i] = i === chosen ? 1 : 0;
    },
  };
}

/** Windows of a text one after the other, moved on by `shift` tokens. */
function windowColumn(feed: string, tokens: TensorData, type: TensorType, shift: number): FeedColumn {
  const length = elementCount(type) ?? 1;
  return {
    feed,
    dtype: 'int32',
    sampleSize: length,
    write: (sample, room) => room.set(tokens.subarray(sample * length + shift, (sample + 1) * length + shift)),
  };
}

function imageColumn(
  { description }: DataSet,
  input: DataInput & { kind: 'image' },
  numbers: TensorData,
  feed: string,
  type: TensorType,
): FittedColumn {
  if (!(numbers instanceof Float32Array)) throw new Error(`The images of "${description.id}" are no float32 numbers`);
  const { size, convert, notices } = fitImages(description.title, input, type);
  const given = input.height * input.width * input.channels;
  const sampleSize = size.height * size.width * size.channels;
  if (convert === undefined) return { column: copyColumn(feed, numbers, sampleSize), notices };
  const imageOf = (sample: number): Float32Array => convert(numbers.subarray(sample * given, (sample + 1) * given));
  const samples = numbers.length / given;
  if (samples * sampleSize > FITTED_AT_ONCE) {
    const column: FeedColumn = {
      feed,
      dtype: 'float32',
      sampleSize,
      write: (sample, room) => room.set(imageOf(sample)),
    };
    return { column, notices };
  }
  const fitted = new Float32Array(samples * sampleSize);
  for (let sample = 0; sample < samples; sample++) fitted.set(imageOf(sample), sample * sampleSize);
  return { column: copyColumn(feed, fitted, sampleSize), notices };
}

function maskColumn(
  { description }: DataSet,
  mask: DataTarget & { kind: 'mask' },
  numbers: TensorData,
  feed: string,
  { type }: TargetType,
  images: ImageInput = mask,
): FittedColumn {
  const output = { height: sizeOf(type, 'height') ?? mask.height, width: sizeOf(type, 'width') ?? mask.width };
  const { pixels, notices } = fitMasks(description.title, mask, images, output);
  const given = mask.height * mask.width;
  const column: FeedColumn = {
    feed,
    dtype: type.dtype,
    sampleSize: pixels.length,
    write(sample, room) {
      for (let i = 0; i < pixels.length; i++) room[i] = numbers[sample * given + (pixels[i] ?? 0)] ?? 0;
    },
  };
  return { column, notices };
}
