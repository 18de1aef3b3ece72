import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImportedNetwork } from '../../graph-engine/sources/drawing/importedNetwork.ts';
import { importOnnx, type ImportOptions } from '../../graph-engine/sources/onnx/importOnnx.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { cannotImport } from './cannotImport.ts';
import { readBeside } from './readBeside.ts';

/** Larger models are refused: everything of one is read at once, beside what lies in files of its own. */
const MAXIMUM_BYTES = 2 ** 31;

export interface ImportOrder {
  /** Absolute path of the model. */
  readonly file: string;
  /** Sizes of axes that the file leaves open, by their names. */
  readonly sizes?: ReadonlyMap<string, number>;
}

/** Told what is being done, and how much of it. */
export type OnImportProgress = NonNullable<ImportOptions['onProgress']>;

/** Reads an ONNX file as a network. Throws a `HostFailure` where it is none. */
export async function readOnnxFile(
  { file, sizes }: ImportOrder,
  onProgress?: OnImportProgress,
): Promise<ImportedNetwork> {
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
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  if (imported.ok) return imported.value;
  throw cannotImport(file, imported.error);
}
