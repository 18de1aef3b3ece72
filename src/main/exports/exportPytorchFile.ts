import { stat } from 'node:fs/promises';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { exportPytorch } from '../../graph-engine/targets/pytorch/exportPytorch.ts';
import { stateDictionary } from '../../graph-engine/targets/python/stateDictionary.ts';
import { encodeSafetensors } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { documentErrors, refuseToReplace } from './exportRefusals.ts';
import { loadWeights } from './loadWeights.ts';

export interface ExportPytorchOrder {
  readonly document: SkipwireDocument;
  /** Absolute folder of the run whose best weights are written; `null` for the initial weights of the document's seed. */
  readonly runFolder: string | null;
  /** Absolute path of the `.py` file; the weights go beside it. */
  readonly file: string;
  readonly overwrite: boolean;
}

export interface ExportedPytorch {
  /** Absolute path of the source. */
  readonly path: string;
  /** Absolute path of the safetensors file that `create_model` takes. */
  readonly weightsPath: string;
  readonly bytes: number;
  readonly weights: 'trained' | 'initial';
  readonly className: string;
}

/**
 * Writes a document as PyTorch source with its weights beside it. Throws a `HostFailure`, or what the file system throws,
 * when there is nothing to write or nowhere to write it.
 */
export async function exportPytorchFile(order: ExportPytorchOrder): Promise<ExportedPytorch> {
  const { document, file, runFolder } = order;
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  const { program } = lowered.value;
  const weights = await loadWeights(document, program, runFolder);
  const weightsPath = file.replace(/\.py$/i, '') + '.safetensors';
  await refuseToReplace(file, order.overwrite);
  await refuseToReplace(weightsPath, order.overwrite);

  const { source, className, state } = exportPytorch(document, inferDocument(document));
  const tensors = stateDictionary(program.variables, state, weights.valuesOf);
  await writeAtomically(
    weightsPath,
    encodeSafetensors({ tensors, metadata: { format: 'pt', producer: `Skipwire ${productVersion}` } }),
  );
  await writeAtomically(file, source);
  return {
    path: file,
    weightsPath,
    bytes: (await stat(file)).size + (await stat(weightsPath)).size,
    weights: runFolder === null ? 'initial' : 'trained',
    className,
  };
}
