import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { WeightsOrigin } from '../../contract/exports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { streamedState } from '../../graph-engine/targets/python/stateDictionary.ts';
import { encodeSafetensors } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { streamSafetensors } from '../../graph-engine/targets/safetensors/streamSafetensors.ts';
import type { SourceFramework } from '../../graph-engine/targets/python/sourceFramework.ts';
import { sourceTargets } from '../../graph-engine/targets/sourceTargets.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { documentErrors, refuseToReplace } from './exportRefusals.ts';
import { usingWeights } from './loadWeights.ts';
import { scriptData } from './scriptData.ts';

export interface ExportSourceOrder {
  readonly document: SkipwireDocument;
  readonly framework: SourceFramework;
  /** Absolute folder of the run whose best weights are written; `null` for the initial weights of the document's seed. */
  readonly runFolder: string | null;
  /** Absolute path of the `.py` file; the weights go beside it. */
  readonly file: string;
  readonly overwrite: boolean;
  /** Folder that the document's weights are in, where it is not the one this process works in. */
  readonly workspace?: string;
  /** Folder in which the data of the run are, for a script that trains; `null` for none. */
  readonly training: string | null;
}

export interface ExportedSource {
  /** Absolute path of the source. */
  readonly path: string;
  /** Absolute path of the safetensors file that `create_model` takes. */
  readonly weightsPath: string;
  /** Absolute path of the script that trains, where one was wanted. */
  readonly trainingPath: string | null;
  /** Absolute path of the samples that it reads, where they are not files of the workspace. */
  readonly dataPath: string | null;
  readonly bytes: number;
  readonly weights: WeightsOrigin;
  readonly className: string;
  /** What the script does otherwise than the run, in words. */
  readonly notices: readonly string[];
}

/**
 * Writes a document as source for a framework with its weights beside it, and where wanted a script that trains it. Throws a
 * `HostFailure`, or what the file system throws, when there is nothing to write or nowhere to write it.
 */
export async function exportSourceFile(order: ExportSourceOrder): Promise<ExportedSource> {
  const { document, file } = order;
  const target = sourceTargets[order.framework];
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  const { program } = lowered.value;
  const stem = file.replace(/\.py$/i, '');
  const weightsPath = `${stem}.safetensors`;
  const module = path.basename(stem);
  const inferred = inferDocument(document);
  const found = order.training === null ? undefined : await scriptData(document, inferred, order.training, module);
  const trainingPath = found === undefined ? null : `${stem}_train.py`;
  const columns = found?.columns ?? null;
  const dataPath = columns === null ? null : path.join(path.dirname(file), found?.data.path ?? '');
  const written = [file, weightsPath, trainingPath, dataPath].filter((one) => one !== null);
  for (const one of written) await refuseToReplace(one, order.overwrite);

  const network = target.write(document, inferred);
  const script =
    found === undefined ? undefined : target.training({ document, inferred, module, data: found.data }, network);
  const metadata = { format: target.format, producer: `Skipwire ${productVersion}` };
  const weights = await usingWeights(order, program, async ({ valuesOf, origin }) => {
    const tensors = streamedState(program.variables, network.state, valuesOf);
    await writeAtomically(weightsPath, streamSafetensors(tensors, metadata));
    return origin;
  });
  await writeAtomically(file, network.source);
  if (dataPath !== null && columns !== null) {
    await writeAtomically(dataPath, encodeSafetensors({ tensors: await columns(), metadata: {} }));
  }
  if (trainingPath !== null && script !== undefined) await writeAtomically(trainingPath, script.source);
  const sizes = await Promise.all(written.map(async (one) => (await stat(one)).size));
  return {
    path: file,
    weightsPath,
    trainingPath,
    dataPath,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    weights,
    className: network.className,
    notices: script?.notices ?? [],
  };
}
