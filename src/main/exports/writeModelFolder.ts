import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Served } from '../../contract/servingExports.ts';
import {
  type ManifestTensor,
  shardNames,
  shards,
  tensorBytes,
  weightsManifest,
} from '../../graph-engine/targets/tfjs/weightsManifest.ts';
import { replaceFolder } from '../files/replaceFolder.ts';
import type { LoadedWeights } from './loadWeights.ts';
import type { ServingOrder } from './servingOrder.ts';
import { stoppable } from './stoppable.ts';

/** What TensorFlow.js opens first. */
export const MODEL_FILE = 'model.json';

/** Writes `model.json` and the shards, whole or not at all. */
export async function writeModelFolder(
  { folder, signal }: Pick<ServingOrder, 'folder' | 'signal'>,
  tensors: readonly ManifestTensor[],
  { valuesOf }: Pick<LoadedWeights, 'valuesOf'>,
  model: Readonly<Record<string, unknown>>,
): Promise<Pick<Served, 'files' | 'bytes'>> {
  const bytes = tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  const names = shardNames(bytes);
  const json = JSON.stringify({ ...model, weightsManifest: weightsManifest(tensors) });
  await replaceFolder(folder, async (into) => {
    let index = 0;
    for (const shard of stoppable(shards(tensors, valuesOf), signal)) {
      await writeFile(path.join(into, names[index++] ?? ''), shard);
    }
    // A network without weights has an empty shard.
    for (; index < names.length; index++) await writeFile(path.join(into, names[index] ?? ''), '');
    await writeFile(path.join(into, MODEL_FILE), json);
  });
  return { files: [MODEL_FILE, ...names], bytes: bytes + Buffer.byteLength(json) };
}
