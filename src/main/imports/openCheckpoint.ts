import { closeSync, fstatSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { safetensorsHeaderEnd } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { safetensorsPlaces, type SafetensorsType } from '../../graph-engine/targets/safetensors/tensorPlaces.ts';
import type { ElementType } from '../datasets/elementTypes.ts';
import { openArrays } from '../datasets/readers/arrayFiles.ts';
import { userCacheFolder } from '../engines/userCacheFolder.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { openTorchCheckpoint } from './openTorchCheckpoint.ts';
import { checkpointOf, damagedWeights, readBytes, type Checkpoint, type TensorFile } from './tensorFiles.ts';

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

/**
 * Opens a file of weights: safetensors, whole or in shards, arrays of NumPy, or what `torch.save` wrote. Throws a `HostFailure` when
 * it is none of them, or damaged.
 */
export async function openCheckpoint(file: string): Promise<Checkpoint> {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.npz') return openArchive(file);
  if (ending === '.safetensors') return openSafetensors(file);
  if (/\.(pt|pth|bin|ckpt)$/.test(ending)) return openTorchCheckpoint(file);
  if (/\.(safetensors|bin)\.index\.json$/i.test(file)) return openShards(file);
  throw new HostFailure({
    code: 'weights/unknown-format',
    message: `"${path.basename(file)}" is no file of weights that can be read.`,
    expected: '.safetensors, the .index.json of one in shards, .npz, or .pt, .pth, .bin, .ckpt by torch.save',
    received: ending === '' ? 'a file without an ending' : `a file that ends in "${ending}"`,
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
    throw damagedWeights(file, 'It has no "weight_map" that says where each tensor lies.');
  }
  const opened = new Map<string, Checkpoint>();
  const close = (): void => {
    for (const shard of opened.values()) shard.close();
  };
  try {
    const shards = new Map<string, Checkpoint>();
    for (const [name, member] of Object.entries(index.weight_map)) {
      if (member !== path.basename(member) || member.includes('\0'))
        throw damagedWeights(file, `"${member}" does not lie beside it.`);
      let shard = opened.get(member);
      if (shard === undefined) opened.set(member, (shard = await openShard(path.join(path.dirname(file), member))));
      if (!shard.sizes.has(name)) throw damagedWeights(file, `"${member}" has no tensor "${name}".`);
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

function openShard(file: string): Promise<Checkpoint> | Checkpoint {
  return /\.bin$/i.test(file) ? openTorchCheckpoint(file) : openSafetensors(file);
}

function openSafetensors(file: string): Checkpoint {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const end = safetensorsHeaderEnd(readBytes(handle, 0, Math.min(8, size)));
    if (end === undefined || end > size) throw damagedWeights(file, 'Its header is longer than the file.');
    const places = safetensorsPlaces(readBytes(handle, 0, end), size);
    if (!places.ok) throw damagedWeights(file, places.error.message);
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
