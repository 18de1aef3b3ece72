import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Served, ServingChoices } from '../../contract/servingExports.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { crc32c } from '../../graph-engine/targets/tensorflow/serving/crc32c.ts';
import { encodeSavedModel } from '../../graph-engine/targets/tensorflow/serving/savedModel.ts';
import type { ServingWeight } from '../../graph-engine/targets/tensorflow/serving/servingGraph.ts';
import {
  type BundledTensor,
  bundleFiles,
  bundleIndex,
} from '../../graph-engine/targets/tensorflow/serving/tensorBundle.ts';
import { piecesOf } from '../../graph-engine/targets/onnx/tensorContent.ts';
import { replaceFolder } from '../files/replaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { verifyServedFolder } from '../verification/verifyServedFolder.ts';
import { documentErrors } from './exportRefusals.ts';
import { type LoadedWeights, usingWeights } from './loadWeights.ts';
import { predictByEngine } from './predictByEngine.ts';
import { normalizationOf } from './runNormalization.ts';
import { refuseToReplaceFolder, type ServingOrder, type ServingServices } from './servingOrder.ts';
import { stoppable } from './stoppable.ts';

const MAIN_FILE = 'saved_model.pb';

/**
 * Writes a document as a TensorFlow SavedModel with its weights as a checkpoint - a folder, whole or not at all - and has TensorFlow
 * load and run it. Throws a `HostFailure`, or what the file system throws, when there is nothing to write or nowhere to write it; a
 * verification that fails is part of the answer.
 */
export async function exportSavedModel(
  order: ServingOrder,
  { engine, verification }: ServingServices,
): Promise<Served> {
  const { document, folder, runFolder, signal } = order;
  const { normalize, ...options } = ServingChoices.parse(order.options ?? {});
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  return usingWeights(order, lowered.value.program, async (weights) => {
    const normalization = normalize ? await normalizationOf(runFolder) : undefined;
    await refuseToReplaceFolder(folder, MAIN_FILE, order.overwrite);
    const model = encodeSavedModel(lowered.value, { ...options, normalization });
    let bytes = model.savedModel.length;
    await replaceFolder(folder, async (into) => {
      await mkdir(path.join(into, 'variables'));
      const tensors: BundledTensor[] = [];
      const data = stoppable(bundleData(model.weights, weights, tensors), signal);
      await writeAtomically(path.join(into, bundleFiles.data), data, { knownAs: path.join(folder, bundleFiles.data) });
      const index = bundleIndex(tensors);
      await writeFile(path.join(into, bundleFiles.index), index);
      await writeFile(path.join(into, MAIN_FILE), model.savedModel);
      bytes += index.length + tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
    });
    const { inputs, outputs } = model;
    return {
      path: folder,
      files: [MAIN_FILE, bundleFiles.index, bundleFiles.data],
      bytes,
      weights: weights.origin,
      inputs: inputs.map(({ name, dims }) => ({ name, dims: [...dims] })),
      outputs: outputs.map(({ name, dims }) => ({ name, dims: [...dims] })),
      verification: await verifyServedFolder({
        ...verification,
        signal,
        kind: 'saved-model',
        folder,
        inputs,
        outputs,
        batch: options.batch,
        macs: 0,
        predict: engine && predictByEngine(engine, document, weights.source, normalization),
      }),
    };
  });
}

/** The data of all weights, one after another; `tensors` learns where each lies. */
function* bundleData(
  wanted: readonly ServingWeight[],
  { valuesOf }: LoadedWeights,
  tensors: BundledTensor[],
): Generator<Uint8Array> {
  let offset = 0;
  for (const { name, variable } of wanted) {
    const values = valuesOf(variable.name);
    let sum = 0;
    for (const piece of piecesOf(values)) {
      const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      sum = crc32c(bytes, sum);
      yield bytes;
    }
    const { dtype, dims } = variable;
    tensors.push({ name, dtype, dims, offset, bytes: values.byteLength, crc32c: sum });
    offset += values.byteLength;
  }
}
