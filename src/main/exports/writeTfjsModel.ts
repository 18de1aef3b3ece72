import type { Served } from '../../contract/servingExports.ts';
import type { ManifestTensor } from '../../graph-engine/targets/tfjs/weightsManifest.ts';
import { productVersion } from '../files/productRoot.ts';
import { type ServedEnd, verifyServedFolder, type VerifyServedOptions } from '../verification/verifyServedFolder.ts';
import type { LoadedWeights } from './loadWeights.ts';
import { predictByEngine } from './predictByEngine.ts';
import type { normalizationOf } from './runNormalization.ts';
import type { ServingOrder, ServingServices } from './servingOrder.ts';
import { writeModelFolder } from './writeModelFolder.ts';

type TfjsEnd = ServedEnd & { readonly dims: readonly number[] };

/** A model of TensorFlow.js that is ready to be written. */
export interface TfjsModel extends Pick<VerifyServedOptions, 'batch' | 'macs'> {
  readonly inputs: readonly TfjsEnd[];
  readonly outputs: readonly TfjsEnd[];
  readonly format: 'graph-model' | 'layers-model';
  readonly topology: unknown;
  readonly tensors: readonly ManifestTensor[];
  /** Of a graph model. */
  readonly signature?: unknown;
  readonly normalization: Awaited<ReturnType<typeof normalizationOf>> | undefined;
}

/** Writes a model for TensorFlow.js as a folder, has it run there, and says what came of it. */
export async function writeTfjsModel(
  order: ServingOrder,
  weights: LoadedWeights,
  { format, topology, tensors, signature, normalization, inputs, outputs, batch, macs }: TfjsModel,
  { engine, verification }: ServingServices,
): Promise<Served> {
  const { document, folder, signal } = order;
  const written = await writeModelFolder(order, tensors, weights, {
    format,
    generatedBy: `Skipwire ${productVersion}`,
    convertedBy: null,
    ...(signature !== undefined && { signature }),
    modelTopology: topology,
  });
  const ends = (list: readonly TfjsEnd[]) => list.map(({ name, dims }) => ({ name, dims: [...dims] }));
  return {
    ...written,
    path: folder,
    weights: weights.origin,
    inputs: ends(inputs),
    outputs: ends(outputs),
    verification: await verifyServedFolder({
      ...verification,
      signal,
      kind: format,
      folder,
      inputs,
      outputs,
      batch,
      macs,
      predict: engine && predictByEngine(engine, document, weights.source, normalization),
    }),
  };
}
