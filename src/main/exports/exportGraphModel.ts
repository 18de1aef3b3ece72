import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Served, ServingChoices } from '../../contract/servingExports.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { encodeGraphModel } from '../../graph-engine/targets/tfjs/graphModel.ts';
import {
  type ManifestTensor,
  shardNames,
  shards,
  tensorBytes,
  weightsManifest,
} from '../../graph-engine/targets/tfjs/weightsManifest.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { replaceFolder } from '../files/replaceFolder.ts';
import { documentErrors } from './exportRefusals.ts';
import { loadWeights, type LoadedWeights } from './loadWeights.ts';
import { normalizationOf } from './runNormalization.ts';
import { refuseToReplaceFolder, type ServingOrder } from './servingOrder.ts';
import { stoppable } from './stoppable.ts';

const MAIN_FILE = 'model.json';

/**
 * Writes a document as a graph model of TensorFlow.js: a folder with `model.json` and shards of weights, whole or not at all.
 * Throws a `HostFailure`, or what the file system throws, when there is nothing to write or nowhere to write it.
 */
export async function exportGraphModel(order: ServingOrder): Promise<Served> {
  const { document, runFolder } = order;
  const { normalize, ...options } = ServingChoices.parse(order.options ?? {});
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  const weights = await loadWeights(document, lowered.value.program, runFolder);
  const normalization = normalize ? await normalizationOf(runFolder) : undefined;
  await refuseToReplaceFolder(order.folder, MAIN_FILE, order.overwrite);
  const { topology, signature, tensors, unsupported, inputs, outputs } = encodeGraphModel(lowered.value, {
    ...options,
    normalization,
  });
  const [first] = unsupported;
  if (first !== undefined) {
    throw new HostFailure({
      code: 'tfjs/unsupported-op',
      message: `TensorFlow.js has no operator ${first.op}, which "${first.node}" needs.`,
      received: [...new Set(unsupported.map(({ op }) => op))].join(', '),
      remedy: 'Export as ONNX, which onnxruntime runs in browsers too.',
    });
  }
  const written = await writeModelFolder(order, tensors, weights, {
    format: 'graph-model',
    generatedBy: `Skipwire ${productVersion}`,
    convertedBy: null,
    signature,
    modelTopology: topology,
  });
  const ends = (list: typeof inputs) => list.map(({ name, dims }) => ({ name, dims: [...dims] }));
  return {
    ...written,
    path: order.folder,
    weights: runFolder === null ? 'initial' : 'trained',
    inputs: ends(inputs),
    outputs: ends(outputs),
  };
}

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
    await writeFile(path.join(into, MAIN_FILE), json);
  });
  return { files: [MAIN_FILE, ...names], bytes: bytes + Buffer.byteLength(json) };
}
