import { open } from 'node:fs/promises';
import type { DataInput } from '../../../graph-engine/training/dataDescription.ts';
import { elementTypes } from '../../datasets/elementTypes.ts';
import { NPY_HEADER_BYTES, readNpyHeader, type NpyHeader } from '../../datasets/readers/npyHeader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import type { RunPreparation } from '../runPreparation.ts';
import { cutInWords, MOST_OWN_SAMPLES, type OwnFile, type OwnSamples } from './ownFile.ts';

const BYTE = 255;

type ArrayData = DataInput & { kind: 'image' | 'features' };

/** One sample or several from a NumPy array. Throws a `HostFailure` when it has another shape than the data of the run. */
export async function readOwnArray(file: OwnFile, data: ArrayData, run: RunPreparation): Promise<OwnSamples> {
  const { preparation } = run;
  const handle = await open(file.absolute, 'r');
  try {
    const start = Buffer.alloc(NPY_HEADER_BYTES);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    const header = readNpyHeader(start.subarray(0, bytesRead));
    if ('why' in header) throw refused(file, data, run, header.why);
    const first = preparation?.kind === 'arrays' && preparation.layout === 'channels-first';
    const shapes = shapesOf(data, first);
    const own = shapes.find(({ shape }) => sameShape(shape, header.shape));
    const many = shapes.find(({ shape }) => sameShape(shape, header.shape.slice(1)));
    const form = own ?? many;
    if (form === undefined) throw refused(file, data, run, `It has the shape ${inWords(header)}.`);
    const count = own === undefined ? (header.shape[0] ?? 0) : 1;
    const looked = Math.min(count, MOST_OWN_SAMPLES);
    const size = form.shape.reduce((product, dim) => product * dim, 1);
    const { bytes, decode } = elementTypes[header.type];
    const content = Buffer.alloc(looked * size * bytes);
    const { bytesRead: got } = await handle.read(content, 0, content.length, header.dataAt);
    if (got < content.length) throw refused(file, data, run, 'It is cut off.');
    const divisor = divisorFor(data, header, run);
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    const samples = Array.from({ length: looked }, (_, sample) => {
      const numbers = new Float32Array(size);
      decode(view, sample * size * bytes, numbers, divisor);
      if (!numbers.every(Number.isFinite)) throw refused(file, data, run, 'It has numbers that are not finite.');
      return {
        name: own === undefined ? `sample ${sample}` : '',
        numbers: form.planes ? pixelsOfPlanes(numbers, data) : numbers,
      };
    });
    return {
      received: `an array of ${inWords(header)}`,
      steps: [
        ...cutInWords(count, 'samples'),
        ...(divisor === 1 ? [] : [`Its numbers were divided by ${divisor}.`]),
        ...(form.planes ? ['Its channels were moved behind its pixels.'] : []),
      ],
      samples,
    };
  } finally {
    await handle.close();
  }
}

/** Shapes that one sample may have; `planes` have their channels in front. */
function shapesOf(data: ArrayData, first: boolean): readonly { shape: readonly number[]; planes: boolean }[] {
  if (data.kind === 'features') return [{ shape: [data.names.length], planes: false }];
  const { height, width, channels } = data;
  const whole = first
    ? { shape: [channels, height, width], planes: channels > 1 }
    : { shape: [height, width, channels], planes: false };
  return channels === 1 ? [whole, { shape: [height, width], planes: false }] : [whole];
}

function divisorFor(data: ArrayData, { type }: NpyHeader, { preparation }: RunPreparation): number {
  if (preparation?.kind === 'arrays') return preparation.divisor;
  return data.kind === 'image' && type === 'uint8' ? BYTE : 1;
}

function pixelsOfPlanes(planes: Float32Array, data: ArrayData): Float32Array {
  if (data.kind !== 'image') return planes;
  const { channels } = data;
  const pixels = planes.length / channels;
  return planes.map((_, at) => planes[(at % channels) * pixels + Math.floor(at / channels)] ?? 0);
}

function sameShape(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((dim, axis) => dim === other[axis]);
}

function inWords({ shape, type }: NpyHeader): string {
  return `${shape.length === 0 ? 'a single number' : shape.join('×')} of ${type}`;
}

function refused({ name }: OwnFile, data: ArrayData, { preparation }: RunPreparation, why: string): HostFailure {
  const first = preparation?.kind === 'arrays' && preparation.layout === 'channels-first';
  const [wanted] = shapesOf(data, first);
  const shape = wanted?.shape.join('×') ?? '';
  return new HostFailure({
    code: 'own-file/array',
    message: `"${name}" does not fit this network. ${why}`,
    expected: `an array of ${shape}, or of samples×${shape}`,
    received: why.replace(/\.$/, ''),
    remedy: 'Save one sample, or several, as they were trained on.',
  });
}
