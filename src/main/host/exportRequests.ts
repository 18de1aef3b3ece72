import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { exportCalls } from '../../contract/exports.ts';
import type { Served, ServingChoices, servingExportCalls } from '../../contract/servingExports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { exportGraphModel } from '../exports/exportGraphModel.ts';
import { exportLayersModel } from '../exports/exportLayersModel.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import { exportSavedModel } from '../exports/exportSavedModel.ts';
import { exportSourceFile } from '../exports/exportSourceFile.ts';
import { exportWeights } from '../exports/exportWeights.ts';
import { writeTrainingScript } from '../exports/writeTrainingScript.ts';
import type { ServingOrder, ServingServices } from '../exports/servingOrder.ts';
import { answerOf } from '../files/hostFailure.ts';
import type { HostServices } from './createHost.ts';
import { createExportCancellation } from './exportCancellation.ts';

interface Wanted {
  readonly document: SkipwireDocument;
  readonly run: string | null;
  readonly path: string;
  readonly overwrite: boolean;
}

/** A file that was written beside the one that was asked for, as the workspace knows it. */
function beside(wanted: Wanted, file: string): string {
  return path.posix.join(path.posix.dirname(wanted.path), path.basename(file));
}

/** Answers requests that write a network in another program's form; paths go out as they came in, below the workspace. */
export function createExportHandlers({
  workspace,
  engine,
}: Pick<HostServices, 'workspace' | 'engine'>): Pick<
  Handlers,
  keyof typeof exportCalls | keyof typeof servingExportCalls
> {
  const exports = createExportCancellation();
  const orderOf = async ({ document, run, path: file, overwrite }: Wanted) => ({
    document,
    runFolder: run === null ? null : await workspace.resolve(`runs/${run}`),
    file: await workspace.resolve(file),
    overwrite,
    workspace: workspace.root,
  });
  const serve = async (
    { options, ...wanted }: Wanted & { readonly options: ServingChoices },
    write: (order: ServingOrder, services: ServingServices) => Promise<Served>,
  ): Promise<Served> => {
    const { file: folder, ...order } = await orderOf(wanted);
    const done = await exports.run(wanted.path, (signal) => write({ ...order, folder, options, signal }, { engine }));
    return { ...done, path: wanted.path };
  };
  return {
    'export/onnx': ({ options, ...wanted }) =>
      answerOf(async () => {
        const order = { ...(await orderOf(wanted)), options };
        const done = await exports.run(wanted.path, (signal) => exportOnnxFile({ ...order, signal }, { engine }));
        return { ...done, path: wanted.path, dataPath: done.dataPath === null ? null : beside(wanted, done.dataPath) };
      }),
    'export/source': ({ framework, training, ...wanted }) =>
      answerOf(async () => {
        const order = { ...(await orderOf(wanted)), framework, training: training ? workspace.root : null };
        const done = await exportSourceFile(order);
        return {
          ...done,
          path: wanted.path,
          weightsPath: beside(wanted, done.weightsPath),
          trainingPath: done.trainingPath && beside(wanted, done.trainingPath),
          dataPath: done.dataPath && beside(wanted, done.dataPath),
        };
      }),
    'export/weights': (wanted) =>
      answerOf(async () => ({ ...(await exportWeights(await orderOf(wanted))), path: wanted.path })),
    'export/saved-model': (wanted) => answerOf(() => serve(wanted, exportSavedModel)),
    'export/graph-model': (wanted) => answerOf(() => serve(wanted, exportGraphModel)),
    'export/layers-model': (wanted) => answerOf(() => serve(wanted, exportLayersModel)),
    'export/cancel': async ({ path: wanted }) => ({ ok: true, value: { running: exports.cancel(wanted) } }),
    'export/training-script': (wanted) => answerOf(() => writeTrainingScript(wanted, workspace.root)),
  };
}
