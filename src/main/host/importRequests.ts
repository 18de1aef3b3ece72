import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { importCalls, ModelImportProgress } from '../../contract/imports.ts';
import type { TorchModel, torchImportCalls } from '../../contract/torchImports.ts';
import type { WeightsMatch, weightsCalls } from '../../contract/weights.ts';
import type { CheckpointMatch } from '../../graph-engine/sources/checkpoint/matchCheckpoint.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { argumentsOf, exportByTorch, findPython, isTorchModel, nameOfTorchModel } from '../imports/exportByTorch.ts';
import { importInProcess } from '../imports/importInProcess.ts';
import { nameOfModel, type WrittenImport } from '../imports/importModelFile.ts';
import { matchWeightsFile, takeWeights } from '../imports/takeWeights.ts';
import { torchHelper } from '../imports/torchHelper.ts';
import type { HostServices } from './createHost.ts';
import { createExportCancellation } from './exportCancellation.ts';

/** Folder of the workspace that takes models and weights that come in. */
const FOLDER = 'models';

/** Answers requests that bring a network or weights of another program in; paths are those of the workspace. */
export function createImportHandlers({
  workspace,
  emit,
}: Pick<HostServices, 'workspace' | 'emit'>): Pick<
  Handlers,
  keyof typeof importCalls | keyof typeof torchImportCalls | keyof typeof weightsCalls
> {
  const told = (one: string): string => path.relative(workspace.root, one).split(path.sep).join('/');
  const answered = ({ documentPath, weightsPath, report }: Omit<WrittenImport, 'document'>) => ({
    path: told(documentPath),
    weightsPath: weightsPath === undefined ? null : told(weightsPath),
    report,
  });
  /** A file of a model has to lie in the workspace. */
  const placed = async ({ source, ...model }: TorchModel) => {
    if (!isTorchModel(source)) {
      throw new HostFailure({
        code: 'torch/source',
        message: `"${source}" is no PyTorch model.`,
        expected: 'torchvision:NAME, timm:NAME, FILE.pt or FILE.py:CLASS',
        received: source,
      });
    }
    const [, file = source] = /^(.+\.py):\w+$/i.exec(source) ?? [];
    if (!/^(torchvision|timm):/.test(source)) await workspace.resolve(file);
    const { input, pretrained } = model;
    return { source, pretrained, ...(input !== undefined && { input }) };
  };
  const imports = createExportCancellation();
  let running: AbortController | undefined;
  return {
    'import/model': ({ path: file }) =>
      answerOf(async () => {
        const absolute = await workspace.resolve(file);
        const target = freePath(path.join(path.dirname(absolute), nameOfModel(absolute)));
        const order = { file: absolute, document: target, workspace: workspace.root, overwrite: false };
        const onProgress = (stage: ModelImportProgress['stage'], share: number): void =>
          emit({ event: 'importing', payload: { path: file, stage, share } });
        return answered(await imports.run(file, (signal) => importInProcess(order, { signal, onProgress })));
      }),
    'import/cancel': ({ path: file }) => Promise.resolve({ ok: true, value: { running: imports.cancel(file) } }),
    'import/torch-plan': (wanted) =>
      answerOf(async () => {
        const model = await placed(wanted);
        const { python, version } = await findPython();
        const file = `${nameOfTorchModel(model.source)}.onnx`;
        return { python, version, script: torchHelper, told: argumentsOf(model, file) };
      }),
    'import/torch': ({ agreed: _agreed, ...wanted }) =>
      answerOf(async () => {
        const model = await placed(wanted);
        if (running !== undefined) {
          throw new HostFailure({ code: 'torch/busy', message: 'Another model is being imported by Python.' });
        }
        running = new AbortController();
        const { signal } = running;
        try {
          const folder = path.join(workspace.root, FOLDER);
          await mkdir(folder, { recursive: true });
          const target = freePath(path.join(folder, nameOfTorchModel(model.source)));
          return answered(
            await exportByTorch(
              model,
              (file) =>
                importInProcess({ file, document: target, workspace: workspace.root, overwrite: false }, { signal }),
              {
                signal,
                cwd: workspace.root,
                onLine: (line) => emit({ event: 'import', payload: { line } }),
              },
            ),
          );
        } finally {
          running = undefined;
        }
      }),
    'import/torch-cancel': () => {
      const cancelled = running !== undefined;
      running?.abort();
      return Promise.resolve({ ok: true, value: { cancelled } });
    },
    'weights/match': ({ document, path: file }) =>
      answerOf(async () => matchOf(await matchWeightsFile(document, await workspace.resolve(file)))),
    'weights/take': ({ document, path: file }) =>
      answerOf(async () => {
        const absolute = await workspace.resolve(file);
        const folder = path.join(workspace.root, FOLDER);
        await mkdir(folder, { recursive: true });
        const name = path.basename(absolute).replace(/(\.index)?\.(safetensors|npz|json|pt|pth|bin|ckpt)$/gi, '');
        const target = freeFile(path.join(folder, `${name}.weights`), '.safetensors');
        const match = await takeWeights(document, absolute, target);
        return { weights: told(target), match: matchOf(match) };
      }),
  };
}

/** The mapping table as it is shown. */
function matchOf({ title, rows, unused }: CheckpointMatch): WeightsMatch {
  return {
    names: title,
    unused,
    rows: rows.map((row) => ({
      weight: row.weight.variable,
      kind: row.kind,
      tensor: row.kind === 'matched' ? row.place.tensor : row.kind === 'size' ? row.tensor : null,
      dims: row.weight.dims,
      received: row.kind === 'size' ? row.received : null,
    })),
  };
}

function freeFile(stem: string, ending: string): string {
  let file = `${stem}${ending}`;
  for (let number = 2; existsSync(file); number++) file = `${stem}-${number}${ending}`;
  return file;
}

/** A document's path that nothing has yet, neither the document nor its weights. */
function freePath(base: string): string {
  const isTaken = (stem: string): boolean => existsSync(`${stem}.json`) || existsSync(`${stem}.safetensors`);
  let stem = base;
  for (let number = 2; isTaken(stem); number++) stem = `${base}-${number}`;
  return `${stem}.json`;
}
