import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { ReadExternal } from '../../graph-engine/sources/onnx/constantTensor.ts';
import { importOnnx, type ImportedNetwork } from '../../graph-engine/sources/onnx/importOnnx.ts';
import type { ImportReport } from '../../graph-engine/sources/onnx/importReport.ts';
import { streamSafetensors } from '../../graph-engine/targets/safetensors/streamSafetensors.ts';
import { refuseToReplace } from '../exports/exportRefusals.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';

/** Larger models are refused: everything of one is read at once, beside what lies in files of its own. */
const MAXIMUM_BYTES = 2 ** 31;

export interface ImportOrder {
  /** Absolute path of the `.onnx` file. */
  readonly file: string;
  /** Sizes of axes that the file leaves open, by their names. */
  readonly sizes?: ReadonlyMap<string, number>;
}

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

/** Reads an ONNX file as a network. Throws a `HostFailure` where it is none. */
export async function readOnnxFile({ file, sizes }: ImportOrder): Promise<ImportedNetwork> {
  const info = lstatSync(file);
  if (info.isDirectory()) {
    throw new HostFailure({ code: 'file/is-folder', message: `"${file}" is a folder, not a model.` });
  }
  if (info.size > MAXIMUM_BYTES) {
    throw new HostFailure({
      code: 'onnx/too-large',
      message: `"${path.basename(file)}" has ${info.size} bytes.`,
      expected: `at most ${MAXIMUM_BYTES}; larger models keep their weights in files beside them`,
      received: String(info.size),
    });
  }
  const bytes = await readFile(file);
  const name = path.basename(file).replace(/\.onnx$/i, '');
  const imported = importOnnx(bytes, {
    name: name === '' ? 'Imported' : name,
    external: readBeside(path.dirname(file)),
    ...(sizes === undefined ? {} : { sizes }),
  });
  if (imported.ok) return imported.value;
  const { code, message, expected, received } = imported.error;
  throw new HostFailure({
    code,
    message: `"${path.basename(file)}" cannot be imported. ${message}`,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  });
}

/** Imports an ONNX file as a document with its weights beside it. Throws a `HostFailure`, or what the file system throws. */
export async function importOnnxFile(order: WriteImportOrder): Promise<WrittenImport> {
  const { document: target, workspace, overwrite } = order;
  const { document, weights, report } = await readOnnxFile(order);
  const weightsFile = `${target.replace(/\.json$/i, '')}.safetensors`;
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
  await writeAtomically(weightsFile, streamSafetensors(weights, metadata));
  await writeAtomically(target, serializeDocument(whole));
  return { document: whole, documentPath: target, weightsPath: weightsFile, report };
}

/** Reads data beside a model: only from regular files in its folder, and never beyond their end. */
function readBeside(folder: string): ReadExternal {
  const root = realpathSync(folder);
  return (location, offset, length) => {
    let real: string;
    try {
      real = realpathSync(path.join(root, location));
    } catch {
      return undefined;
    }
    if (!real.startsWith(`${root}${path.sep}`)) return undefined;
    const handle = openSync(real, 'r');
    try {
      const info = fstatSync(handle);
      const count = length ?? info.size - offset;
      if (!info.isFile() || count < 0 || offset + count > info.size) return undefined;
      const bytes = new Uint8Array(count);
      let done = 0;
      while (done < count) {
        const read = readSync(handle, bytes, done, Math.min(count - done, 2 ** 30), offset + done);
        if (read === 0) return undefined;
        done += read;
      }
      return bytes;
    } finally {
      closeSync(handle);
    }
  };
}
