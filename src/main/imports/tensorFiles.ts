import { closeSync, readSync } from 'node:fs';
import path from 'node:path';
import type { TensorSizes } from '../../graph-engine/sources/checkpoint/matchCheckpoint.ts';
import { elementTypes, type ElementType } from '../datasets/elementTypes.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** A file of weights whose tensors are read one at a time. */
export interface Checkpoint {
  readonly sizes: TensorSizes;
  /** The numbers of a tensor as float32, row-major. */
  read(name: string): Float32Array;
  close(): void;
}

/** Where a tensor lies on the disk. */
export interface TensorFile {
  readonly file: number;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly start: number;
  /** In elements; row-major where absent. */
  readonly strides?: readonly number[];
}

/** Bytes read at once: far below what Node reads in one call. */
const CHUNK = 2 ** 28;

/** A checkpoint of tensors that lie in open files; closing it closes them. */
export function checkpointOf(tensors: ReadonlyMap<string, TensorFile>): Checkpoint {
  return {
    sizes: new Map([...tensors].map(([name, { dims }]) => [name, dims])),
    read(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new Error(`There is no tensor ${name}`);
      const { dims, strides = rowMajor(dims) } = tensor;
      const count = dims.reduce((product, size) => product * size, 1);
      if (count === 0) return new Float32Array();
      if (isRowMajor(dims, strides)) return readNumbers(tensor, count);
      const span = dims.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 1);
      return gather(readNumbers(tensor, span), dims, strides);
    },
    close() {
      for (const file of new Set([...tensors.values()].map((tensor) => tensor.file))) closeSync(file);
    },
  };
}

function readNumbers({ file, type, start }: TensorFile, count: number): Float32Array {
  const { bytes, decode } = elementTypes[type];
  const numbers = new Float32Array(count);
  // As they are on every processor that this runs on: nothing to translate.
  const plain = type === 'float32' ? new Uint8Array(numbers.buffer) : undefined;
  const perChunk = Math.floor(CHUNK / bytes);
  for (let first = 0; first < numbers.length; first += perChunk) {
    const room = numbers.subarray(first, first + perChunk);
    const at = start + first * bytes;
    if (plain !== undefined) readInto(file, at, plain.subarray(first * bytes, (first + room.length) * bytes));
    else {
      const raw = readBytes(file, at, room.length * bytes);
      decode(new DataView(raw.buffer, raw.byteOffset, raw.length), 0, room, 1);
    }
  }
  return numbers;
}

/** The numbers of a view in the order of its own axes. */
function gather(numbers: Float32Array, dims: readonly number[], strides: readonly number[]): Float32Array {
  const gathered = new Float32Array(dims.reduce((product, size) => product * size, 1));
  const index = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < gathered.length; to++) {
    gathered[to] = numbers[from] ?? 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const [size = 1, stride = 0] = [dims[axis], strides[axis]];
      const next = (index[axis] ?? 0) + 1;
      from += stride;
      if (next < size) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      from -= size * stride;
    }
  }
  return gathered;
}

function rowMajor(dims: readonly number[]): readonly number[] {
  return dims.map((_, axis) => dims.slice(axis + 1).reduce((product, size) => product * size, 1));
}

function isRowMajor(dims: readonly number[], strides: readonly number[]): boolean {
  const plain = rowMajor(dims);
  return dims.every((size, axis) => size === 1 || strides[axis] === plain[axis]);
}

/** Bytes of a file of weights. Throws a `HostFailure` where it has fewer. */
export function readBytes(file: number, start: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  readInto(file, start, bytes);
  return bytes;
}

function readInto(file: number, start: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, bytes.length - done, start + done);
    if (read === 0) throw new HostFailure({ code: 'weights/damaged', message: 'The file of weights became shorter.' });
    done += read;
  }
}

/** What is told of a file of weights that cannot be read. */
export function damagedWeights(file: string, why: string): HostFailure {
  return new HostFailure({ code: 'weights/damaged', message: `"${path.basename(file)}": ${why}` });
}
