import { type Served, ServingChoices } from '../../contract/servingExports.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { encodeLayersModel, type UnsupportedNode } from '../../graph-engine/targets/tfjs/layers/layersModel.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { documentErrors } from './exportRefusals.ts';
import { usingWeights } from './loadWeights.ts';
import { normalizationOf } from './runNormalization.ts';
import { refuseToReplaceFolder, type ServingOrder, type ServingServices } from './servingOrder.ts';
import { MODEL_FILE } from './writeModelFolder.ts';
import { writeTfjsModel } from './writeTfjsModel.ts';

/**
 * Writes a document as a layers model of TensorFlow.js, which can be looked into and trained on in a web page, and has TensorFlow.js
 * run it. Throws a `HostFailure` where a node is no layer, and else as `exportGraphModel` does.
 */
export async function exportLayersModel(order: ServingOrder, services: ServingServices): Promise<Served> {
  const { document, runFolder, folder } = order;
  const { normalize, ...options } = ServingChoices.parse(order.options ?? {});
  const inferred = inferDocument(document);
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  return usingWeights(order, lowered.value.program, async (weights) => {
    const normalization = normalize ? await normalizationOf(runFolder) : undefined;
    await refuseToReplaceFolder(folder, MODEL_FILE, order.overwrite);
    const { topology, tensors, unsupported, inputs, outputs } = encodeLayersModel(document, inferred, {
      ...options,
      normalization,
    });
    const [first, ...others] = unsupported;
    if (first !== undefined) throw noLayer(first, others);
    const model = { format: 'layers-model', topology, tensors, inputs, outputs } as const;
    const { batch } = options;
    const macs = inferred.totals.macs ?? Infinity;
    return writeTfjsModel(order, weights, { ...model, normalization, batch, macs }, services);
  });
}

function noLayer({ path, op, reason }: UnsupportedNode, others: readonly UnsupportedNode[]): HostFailure {
  const kinds = [...new Set(others.map((other) => other.op))].filter((other) => other !== op);
  const more = kinds.length === 0 ? '' : ` Others that are none: ${kinds.join(', ')}.`;
  return new HostFailure({
    code: 'tfjs/no-layer',
    message: `"${path}" (${op}) cannot be a layer of TensorFlow.js: ${reason}.${more}`,
    expected: 'ops that are layers of Keras',
    received: op,
    remedy: 'Export as a graph model of TensorFlow.js: it takes every op that TensorFlow.js computes.',
  });
}
