import type { TensorType } from '../../graph-engine/core/shape.ts';
import type { DataInput } from '../../graph-engine/training/dataDescription.ts';
import { drawVariation } from '../../graph-engine/augmentation/variation.ts';
import { varyImage } from '../../graph-engine/augmentation/varyImage.ts';
import type { Augmentation } from '../../graph-engine/training/augmentation.ts';
import type { FeedColumn } from '../training/batches.ts';
import type { DataSet, SampleNumbers } from './dataSet.ts';
import type { FittedColumn } from './feedColumns.ts';
import { fitImages } from './fitImages.ts';
import { normalize, type Normalization } from './normalization.ts';
import { readNumbers } from './numberStore.ts';

/** What is done to the samples of a data set beside fitting them. */
export interface SampleTreatment {
  readonly augmentation?: Augmentation | undefined;
  /** By the name of the feed. */
  readonly normalization?: Readonly<Record<string, Normalization>> | undefined;
}

/** Images are fitted once up to this many numbers (256 MB); beyond, each time they are used. */
const FITTED_AT_ONCE = 64 * 1024 * 1024;

/** Feeds an input with images: fitted, varied where that is asked for, and normalized. */
export function imageColumn(
  { description }: DataSet,
  input: DataInput & { kind: 'image' },
  numbers: SampleNumbers,
  feed: string,
  type: TensorType,
  { augmentation, normalization }: SampleTreatment,
): FittedColumn {
  const { size, convert, recolour, notices } = fitImages(description.title, input, type);
  const given = input.height * input.width * input.channels;
  const sampleSize = size.height * size.width * size.channels;
  const own = normalization?.[feed];
  const fitted = convert === undefined ? undefined : fittedAtOnce(numbers, given, sampleSize, convert);
  const stored = new Float32Array(given);
  const blank = own?.mean ?? new Array<number>(size.channels).fill(0);

  const fit = (sample: number, room: Float32Array): void => {
    if (fitted !== undefined) room.set(fitted.subarray(sample * sampleSize, (sample + 1) * sampleSize));
    else if (convert === undefined) readNumbers(numbers, sample * sampleSize, room);
    else {
      readNumbers(numbers, sample * given, stored);
      room.set(convert(stored));
    }
  };
  const column: FeedColumn = {
    feed,
    dtype: 'float32',
    sampleSize,
    write(sample, room, variation) {
      if (!(room instanceof Float32Array)) throw new Error('Images are float32 numbers');
      if (augmentation === undefined || variation === undefined) fit(sample, room);
      else {
        readNumbers(numbers, sample * given, stored);
        const picture = { ...input, channels: size.channels, values: recolour?.(stored) ?? stored };
        const change = drawVariation(augmentation, variation, sample, input, size);
        varyImage(picture, change, size, blank, room);
      }
      if (own !== undefined) normalize(room, own);
    },
    ...(own !== undefined && { normalization: own }),
  };
  return { column, notices };
}

function fittedAtOnce(
  numbers: SampleNumbers,
  given: number,
  sampleSize: number,
  convert: (image: Float32Array) => Float32Array,
): Float32Array | undefined {
  const samples = numbers.length / given;
  // What is read from files is fitted as it comes.
  if ('place' in numbers || samples * sampleSize > FITTED_AT_ONCE) return undefined;
  const fitted = new Float32Array(samples * sampleSize);
  const image = new Float32Array(given);
  for (let sample = 0; sample < samples; sample++) {
    readNumbers(numbers, sample * given, image);
    fitted.set(convert(image), sample * sampleSize);
  }
  return fitted;
}
