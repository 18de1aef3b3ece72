import { type Served, ServingChoices } from '../../contract/servingExports.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { encodeGraphModel } from '../../graph-engine/targets/tfjs/graphModel.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { documentErrors } from './exportRefusals.ts';
import { usingWeights } from './loadWeights.ts';
import { normalizationOf } from './runNormalization.ts';
import { refuseToReplaceFolder, type ServingOrder, type ServingServices } from './servingOrder.ts';
import { MODEL_FILE } from './writeModelFolder.ts';
import { writeTfjsModel } from './writeTfjsModel.ts';

/**
 * Writes a document as a graph model of TensorFlow.js - a folder with `model.json` and shards of weights, whole or not at all - and
 * has TensorFlow.js run it. Throws a `HostFailure`, or what the file system throws, when there is nothing to write or nowhere to
 * write it; a verification that fails is part of the answer.
 */
export async function exportGraphModel(order: ServingOrder, services: ServingServices): Promise<Served> {
  const { document, runFolder, folder } = order;
  const { normalize, ...options } = ServingChoices.parse(order.options ?? {});
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  return usingWeights(order, lowered.value.program, async (weights) => {
    const normalization = normalize ? await normalizationOf(runFolder) : undefined;
    await refuseToReplaceFolder(folder, MODEL_FILE, order.overwrite);
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
    const model = { format: 'graph-model', topology, tensors, signature, inputs, outputs } as const;
    const { batch } = options;
    const macs = inferDocument(document).totals.macs ?? Infinity;
    return writeTfjsModel(order, weights, { ...model, normalization, batch, macs }, services);
  });
}
