import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { ImportedNetwork } from '../../graph-engine/sources/drawing/importedNetwork.ts';
import type { ImportReport } from '../../graph-engine/sources/drawing/importReport.ts';
import { streamSafetensors } from '../../graph-engine/targets/safetensors/streamSafetensors.ts';
import { refuseToReplace } from '../exports/exportRefusals.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { isKerasFile, readKerasFile } from './readKerasFile.ts';
import { readOnnxFile, type ImportOrder, type OnImportProgress } from './readOnnxFile.ts';

export interface WriteImportOrder extends ImportOrder {
  /** Absolute path of the document that is written; its weights lie beside it. */
  readonly document: string;
  /** Absolute folder that the document's way to its weights is counted from. */
  readonly workspace: string;
  readonly overwrite: boolean;
}

export interface WrittenImport {
  readonly document: SkipwireDocument;
  /** Absolute. */
  readonly documentPath: string;
  /** Absolute; absent for a network without weights. */
  readonly weightsPath: string | undefined;
  readonly report: ImportReport;
}

/** Endings of models of other programs; what they leave of a name is its own. */
const ENDINGS = /\.(onnx|keras|h5|hdf5|json)$/i;

/** The name of a model without the ending that tells its kind. */
export function nameOfModel(file: string): string {
  return path.basename(file).replace(ENDINGS, '');
}

/** Reads a model of another program as a network: ONNX, or Keras. Throws a `HostFailure` where it is none. */
export function readModelFile(order: ImportOrder, onProgress?: OnImportProgress): Promise<ImportedNetwork> {
  return isKerasFile(order.file) ? readKerasFile(order) : readOnnxFile(order, onProgress);
}

/** Imports a model as a document with its weights beside it. Throws a `HostFailure`, or what the file system throws. */
export async function importModelFile(
  order: WriteImportOrder,
  onProgress: OnImportProgress = () => undefined,
): Promise<WrittenImport> {
  const { document: target, workspace, overwrite } = order;
  const { document, weights, report } = await readModelFile(order, onProgress);
  const weightsFile = weightsBeside(target);
  await refuseToReplace(target, overwrite);
  await mkdir(path.dirname(target), { recursive: true });
  if (weights.size === 0) {
    await writeAtomically(target, serializeDocument(document));
    return { document, documentPath: target, weightsPath: undefined, report };
  }
  await refuseToReplace(weightsFile, overwrite);
  const way = path.relative(workspace, weightsFile).split(path.sep).join('/');
  // From another folder the weights are found when one works in the folder of the document.
  const named = way.startsWith('..') || path.isAbsolute(way) ? path.basename(weightsFile) : way;
  const whole = { ...document, weights: named };
  const metadata = { format: 'skipwire/weights@1', producer: `Skipwire ${productVersion}` };
  await writeAtomically(weightsFile, telling(streamSafetensors(weights, metadata), report.parameters * 4, onProgress));
  await writeAtomically(target, serializeDocument(whole));
  return { document: whole, documentPath: target, weightsPath: weightsFile, report };
}

/** Where the weights of a document lie. */
export function weightsBeside(document: string): string {
  return `${document.replace(/\.json$/i, '')}.safetensors`;
}

function* telling(chunks: Iterable<Uint8Array>, total: number, onProgress: OnImportProgress): Generator<Uint8Array> {
  let done = 0;
  for (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    onProgress('writing', Math.min(1, done / Math.max(1, total)));
  }
}
