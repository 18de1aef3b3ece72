import type { TargetType } from '../../graph-engine/core/objective.ts';
import { elementCount, sizeOf, type TensorType } from '../../graph-engine/core/shape.ts';
import type { DataInput, DataTarget } from '../../graph-engine/training/dataDescription.ts';
import type { DataMatch } from '../../graph-engine/training/matchData.ts';
import { drawVariation, type Size } from '../../graph-engine/augmentation/variation.ts';
import { pixelAt } from '../../graph-engine/augmentation/varyImage.ts';
import type { FeedColumn } from '../training/batches.ts';
import type { DataSet, SampleNumbers } from './dataSet.ts';
import { fitMasks } from './fitMasks.ts';
import { imageColumn, type SampleTreatment } from './imageColumn.ts';
import { normalize } from './normalization.ts';
import { readNumbers } from './numberStore.ts';

/** A column, and what was done to the data, for the user. */
export interface FittedColumn {
  readonly column: FeedColumn;
  readonly notices: readonly string[];
}

/** What feeds an input of a network with the part of a data set that was chosen for it. */
export function inputColumn(
  data: DataSet,
  input: DataInput,
  feed: string,
  type: TensorType,
  treatment: SampleTreatment = {},
): FittedColumn {
  const numbers = numbersOf(data.inputs, data.description.inputs.indexOf(input));
  switch (input.kind) {
    case 'image':
      return imageColumn(data, input, numbers, feed, type, treatment);
    case 'features':
      return plain(featureColumn(feed, numbers, input.names.length, treatment));
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
  treatment: SampleTreatment = {},
): FittedColumn {
  if (target.kind === 'image') return inputColumn(data, target, feed, wanted.type, treatment);
  const numbers = numbersOf(data.targets, data.description.targets.indexOf(target));
  switch (target.kind) {
    case 'class':
      if (wanted.kind === 'class') return plain(copyColumn(feed, numbers, 1, 'int32'));
      return plain(flagColumn(feed, numbers, elementCount(wanted.type) ?? 1));
    case 'mask':
      return maskColumn(data, target, numbers, feed, wanted, images, treatment);
    case 'values':
      return plain(copyColumn(feed, numbers, target.names.length, 'float32'));
    case 'probabilities':
      return plain(copyColumn(feed, numbers, target.choices.length, 'float32'));
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

function numbersOf(columns: DataSet['inputs'], index: number): SampleNumbers {
  const numbers = columns[index];
  if (numbers === undefined) throw new Error(`The data set has no column ${index}`);
  return numbers;
}

function copyColumn(feed: string, numbers: SampleNumbers, sampleSize: number, dtype: FeedColumn['dtype']): FeedColumn {
  return { feed, dtype, sampleSize, write: (sample, room) => readNumbers(numbers, sample * sampleSize, room) };
}

function featureColumn(
  feed: string,
  numbers: SampleNumbers,
  sampleSize: number,
  { normalization }: SampleTreatment,
): FeedColumn {
  const own = normalization?.[feed];
  if (own === undefined) return copyColumn(feed, numbers, sampleSize, 'float32');
  return {
    feed,
    dtype: 'float32',
    sampleSize,
    normalization: own,
    write(sample, room) {
      readNumbers(numbers, sample * sampleSize, room);
      if (room instanceof Float32Array) normalize(room, own);
    },
  };
}

/** A one at the class and zeros elsewhere; with a single question, whether it is the second of two classes. */
function flagColumn(feed: string, classes: SampleNumbers, sampleSize: number): FeedColumn {
  const room = new Int32Array(1);
  const classOf = (sample: number): number => {
    readNumbers(classes, sample, room);
    return room[0] ?? 0;
  };
  return {
    feed,
    dtype: 'float32',
    sampleSize,
    write(sample, room) {
      const chosen = classOf(sample);
      if (sampleSize === 1) room[0] = chosen;
      else for (let i = 0; i < sampleSize; i++) room[i] = i === chosen ? 1 : 0;
    },
  };
}

/** Windows of a text one after the other, moved on by `shift` tokens. */
function windowColumn(feed: string, tokens: SampleNumbers, type: TensorType, shift: number): FeedColumn {
  const length = elementCount(type) ?? 1;
  return {
    feed,
    dtype: 'int32',
    sampleSize: length,
    write: (sample, room) => readNumbers(tokens, sample * length + shift, room),
  };
}

function maskColumn(
  { description }: DataSet,
  mask: DataTarget & { kind: 'mask' },
  numbers: SampleNumbers,
  feed: string,
  { type }: TargetType,
  images: ImageInput = mask,
  { augmentation }: SampleTreatment,
): FittedColumn {
  const output = { height: sizeOf(type, 'height') ?? mask.height, width: sizeOf(type, 'width') ?? mask.width };
  const { pixels, rows, columns, notices } = fitMasks(description.title, mask, images, output);
  const given = mask.height * mask.width;
  const stored = new Int32Array(given);
  const source = imageSizeOf(description.inputs) ?? mask;
  const column: FeedColumn = {
    feed,
    dtype: type.dtype,
    sampleSize: pixels.length,
    write(sample, room, variation) {
      readNumbers(numbers, sample * given, stored);
      if (augmentation === undefined || variation === undefined) {
        for (let i = 0; i < pixels.length; i++) room[i] = stored[pixels[i] ?? 0] ?? 0;
        return;
      }
      // The same draw as that of the image: the mask goes where its image goes.
      const { map, fill } = drawVariation(augmentation, variation, sample, source, images);
      let at = 0;
      for (const v of rows) {
        for (const u of columns) {
          const row = pixelAt(map.yx * u + map.yy * v + map.y, mask.height, fill);
          const place = pixelAt(map.xx * u + map.xy * v + map.x, mask.width, fill);
          room[at++] = row < 0 || place < 0 ? 0 : (stored[row * mask.width + place] ?? 0);
        }
      }
    },
  };
  return { column, notices };
}

function imageSizeOf(inputs: readonly DataInput[]): Size | undefined {
  return inputs.find((input) => input.kind === 'image');
}
