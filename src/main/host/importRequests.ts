import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { importCalls } from '../../contract/imports.ts';
import { answerOf } from '../files/hostFailure.ts';
import { importModelFile, nameOfModel } from '../imports/importModelFile.ts';
import type { HostServices } from './createHost.ts';

/** Answers requests that bring a network of another program in; paths are those of the workspace. */
export function createImportHandlers({
  workspace,
}: Pick<HostServices, 'workspace'>): Pick<Handlers, keyof typeof importCalls> {
  return {
    'import/model': ({ path: file }) =>
      answerOf(async () => {
        const absolute = await workspace.resolve(file);
        const target = freePath(path.join(path.dirname(absolute), nameOfModel(absolute)));
        const done = await importModelFile({
          file: absolute,
          document: target,
          workspace: workspace.root,
          overwrite: false,
        });
        const told = (one: string): string => path.relative(workspace.root, one).split(path.sep).join('/');
        return {
          path: told(done.documentPath),
          weightsPath: done.weightsPath === undefined ? null : told(done.weightsPath),
          report: done.report,
        };
      }),
  };
}

/** A document's path that nothing has yet, neither the document nor its weights. */
function freePath(base: string): string {
  const isTaken = (stem: string): boolean => existsSync(`${stem}.json`) || existsSync(`${stem}.safetensors`);
  let stem = base;
  for (let number = 2; isTaken(stem); number++) stem = `${base}-${number}`;
  return `${stem}.json`;
}
