import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { TensorSizes } from '../../graph-engine/sources/checkpoint/matchCheckpoint.ts';
import { safetensorsHeaderEnd } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { safetensorsPlaces, type SafetensorsType } from '../../graph-engine/targets/safetensors/tensorPlaces.ts';
import { elementTypes, type ElementType } from '../datasets/elementTypes.ts';
import { openArrays } from '../datasets/readers/arrayFiles.ts';
import { userCacheFolder } from '../engines/userCacheFolder.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** A file of weights whose tensors are read one at a time. */
export interface Checkpoint {
  readonly sizes: TensorSizes;
  /** The numbers of a tensor as float32, row-major. */
  read(name: string): Float32Array;
  close(): void;
}

/** Where a tensor lies on the disk. */
interface TensorFile {
  readonly file: number;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly start: number;
}

const types: Readonly<Record<SafetensorsType, ElementType>> = {
  BOOL: 'uint8',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  F16: 'float16',
  BF16: 'bfloat16',
  U32: 'uint32',
  I32: 'int32',
  F32: 'float32',
  U64: 'uint64',
  I64: 'int64',
  F64: 'float64',
};

/** Bytes read at once: far below what Node reads in one call. */
const CHUNK = 2 ** 28;

/** Opens a `.safetensors` or `.npz` file. Throws a `HostFailure` when it is neither, or damaged. */
export async function openCheckpoint(file: string): Promise<Checkpoint> {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.npz') return openArchive(file);
  if (ending === '.safetensors') return openSafetensors(file);
  if (/\.safetensors\.index\.json$/i.test(file)) return openShards(file);
  throw new HostFailure({
    code: 'weights/unknown-format',
    message: `"${path.basename(file)}" is no file of weights that can be read.`,
    expected: 'a .safetensors file, the .safetensors.index.json of one in shards, or an .npz file',
    received: ending === '' ? 'a file without an ending' : `a file that ends in "${ending}"`,
    ...(/^\.(pt|pth|bin|ckpt)$/.test(ending) && {
      remedy:
        'PyTorch\'s own files are programs when they are opened. Write the state dictionary with safetensors.torch.save_file(model.state_dict(), "weights.safetensors").',
    }),
  });
}

/** Which of several files a tensor lies in, as transformers writes it beside them. */
const ShardIndex = z.object({ weight_map: z.record(z.string(), z.string().min(1)) });

/** A checkpoint in several files, by their index; they lie beside it. */
async function openShards(file: string): Promise<Checkpoint> {
  let index: z.infer<typeof ShardIndex>;
  try {
    index = ShardIndex.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    throw damaged(file, 'It has no "weight_map" that says where each tensor lies.');
  }
  const opened = new Map<string, Checkpoint>();
  const close = (): void => {
    for (const shard of opened.values()) shard.close();
  };
  try {
    const shards = new Map<string, Checkpoint>();
    for (const [name, member] of Object.entries(index.weight_map)) {
      if (member !== path.basename(member)) throw damaged(file, `"${member}" does not lie beside it.`);
      let shard = opened.get(member);
      if (shard === undefined) opened.set(member, (shard = openSafetensors(path.join(path.dirname(file), member))));
      if (!shard.sizes.has(name)) throw damaged(file, `"${member}" has no tensor "${name}".`);
      shards.set(name, shard);
    }
    return {
      sizes: new Map([...shards].map(([name, shard]) => [name, shard.sizes.get(name) ?? []])),
      read(name) {
        const shard = shards.get(name);
        if (shard === undefined) throw new Error(`There is no tensor ${name}`);
        return shard.read(name);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function openSafetensors(file: string): Checkpoint {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const end = safetensorsHeaderEnd(readBytes(handle, 0, Math.min(8, size)));
    if (end === undefined || end > size) throw damaged(file, 'Its header is longer than the file.');
    const places = safetensorsPlaces(readBytes(handle, 0, end), size);
    if (!places.ok) throw damaged(file, places.error.message);
    const tensors = new Map<string, TensorFile>();
    for (const [name, { type, dims, start }] of places.value) {
      tensors.set(name, { file: handle, type: types[type], dims, start });
    }
    return checkpointOf(tensors);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

async function openArchive(file: string): Promise<Checkpoint> {
  const absolute = path.resolve(file);
  const place = { root: path.dirname(absolute), path: path.basename(file), absolute, isFolder: false };
  const arrays = await openArrays(place, userCacheFolder());
  const tensors = new Map<string, TensorFile>();
  try {
    for (const [name, { absolute: lies, type, shape, dataAt }] of arrays) {
      tensors.set(name, { file: openSync(lies, 'r'), type, dims: shape, start: dataAt });
    }
  } catch (error) {
    checkpointOf(tensors).close();
    throw error;
  }
  return checkpointOf(tensors);
}

function checkpointOf(tensors: ReadonlyMap<string, TensorFile>): Checkpoint {
  return {
    sizes: new Map([...tensors].map(([name, { dims }]) => [name, dims])),
    read(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new Error(`There is no tensor ${name}`);
      const { bytes, decode } = elementTypes[tensor.type];
      const numbers = new Float32Array(tensor.dims.reduce((product, size) => product * size, 1));
      const perChunk = Math.floor(CHUNK / bytes);
      for (let first = 0; first < numbers.length; first += perChunk) {
        const room = numbers.subarray(first, first + perChunk);
        const raw = readBytes(tensor.file, tensor.start + first * bytes, room.length * bytes);
        decode(new DataView(raw.buffer, raw.byteOffset, raw.length), 0, room, 1);
      }
      return numbers;
    },
    close() {
      for (const file of new Set([...tensors.values()].map((tensor) => tensor.file))) closeSync(file);
    },
  };
}

function readBytes(file: number, start: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const read = readSync(file, bytes, done, count - done, start + done);
    if (read === 0) throw new HostFailure({ code: 'weights/damaged', message: 'The file of weights became shorter.' });
    done += read;
  }
  return bytes;
}

function damaged(file: string, why: string): HostFailure {
  return new HostFailure({ code: 'weights/damaged', message: `"${path.basename(file)}": ${why}` });
}
