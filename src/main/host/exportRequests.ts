import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { exportCalls } from '../../contract/exports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import { exportPytorchFile } from '../exports/exportPytorchFile.ts';
import { answerOf } from '../files/hostFailure.ts';
import type { HostServices } from './createHost.ts';

interface Wanted {
  readonly document: SkipwireDocument;
  readonly run: string | null;
  readonly path: string;
  readonly overwrite: boolean;
}

/** Answers requests that write a network in another program's form; paths go out as they came in, below the workspace. */
export function createExportHandlers({
  workspace,
  engine,
}: Pick<HostServices, 'workspace' | 'engine'>): Pick<Handlers, keyof typeof exportCalls> {
  const orderOf = async ({ document, run, path: file, overwrite }: Wanted) => ({
    document,
    runFolder: run === null ? null : await workspace.resolve(`runs/${run}`),
    file: await workspace.resolve(file),
    overwrite,
  });
  return {
    'export/onnx': ({ normalize, ...wanted }) =>
      answerOf(async () => {
        const order = { ...(await orderOf(wanted)), normalize };
        return { ...(await exportOnnxFile(order, { engine })), path: wanted.path };
      }),
    'export/pytorch': (wanted) =>
      answerOf(async () => {
        const done = await exportPytorchFile(await orderOf(wanted));
        const weightsPath = path.posix.join(path.posix.dirname(wanted.path), path.basename(done.weightsPath));
        return { ...done, path: wanted.path, weightsPath };
      }),
  };
}
