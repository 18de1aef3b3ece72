import path from 'node:path';
import type { WeightsOrigin } from '../../contract/exports.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { MAXIMUM_NPZ, streamNpz } from '../../graph-engine/targets/npz/streamNpz.ts';
import { streamSafetensors, type StreamedTensor } from '../../graph-engine/targets/safetensors/streamSafetensors.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { documentErrors, refuseToReplace } from './exportRefusals.ts';
import { usingWeights, type WeightsOrder } from './loadWeights.ts';

export interface WeightsFileOrder extends WeightsOrder {
  /** Absolute; its ending says the format: `.npz` or `.safetensors`. */
  readonly file: string;
  readonly overwrite: boolean;
}

export interface WrittenWeights {
  readonly path: string;
  readonly tensors: number;
  readonly bytes: number;
  readonly weights: WeightsOrigin;
}

/** Writes the weights of a network alone, by their names in it. Throws a `HostFailure`, or what the file system throws. */
export async function exportWeights(order: WeightsFileOrder): Promise<WrittenWeights> {
  const { document, file, overwrite } = order;
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  const { program } = lowered.value;
  await refuseToReplace(file, overwrite);
  const variables = program.variables.filter(({ role }) => role !== 'slot');
  const count = variables.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0);
  const isArchive = path.extname(file).toLowerCase() === '.npz';
  if (isArchive && count * 4 > MAXIMUM_NPZ) {
    throw new HostFailure({
      code: 'weights/too-large',
      message: 'An NPZ archive holds four gigabytes at most.',
      received: `${count} numbers`,
      remedy: 'Write them as safetensors.',
    });
  }
  const metadata = { format: 'skipwire/weights@1', producer: `Skipwire ${productVersion}` };
  const weights = await usingWeights(order, program, async ({ valuesOf, origin }) => {
    const tensors = new Map<string, StreamedTensor>(
      variables.map(({ name, dims }) => [name, { dims, values: () => valuesOf(name) }]),
    );
    await writeAtomically(file, isArchive ? streamNpz(tensors) : streamSafetensors(tensors, metadata));
    return origin;
  });
  return {
    path: file,
    tensors: variables.length,
    bytes: count * 4,
    weights,
  };
}
