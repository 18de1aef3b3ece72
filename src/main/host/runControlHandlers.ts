import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { runControlCalls } from '../../contract/runControl.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { describeCheckpoints, startingPoint } from '../runs/continueRun.ts';
import { newRunId } from '../runs/newRunId.ts';
import { readRunDocument } from '../runs/runFolder.ts';
import { requireTrainable } from '../training/requireTrainable.ts';
import type { HostServices } from './createHost.ts';
import { requireEngine } from './engineRequests.ts';

/** Pausing, resuming, queueing and continuing runs. */
export function runControlHandlers({
  workspace,
  runs,
  engines,
  runsFolder,
}: HostServices): Pick<Handlers, keyof typeof runControlCalls> {
  const folderOf = (run: string): Promise<string> => workspace.resolve(`runs/${run}`);
  return {
    'run/pause': ({ run }) =>
      answerOf(() => {
        if (runs.pause(run)) return {};
        throw new HostFailure({ code: 'run/not-running', message: `The run "${run}" is not going on.` });
      }),

    'run/resume': ({ run, engine }) =>
      answerOf(async () => {
        await runs.resume({ id: run, folder: await folderOf(run), engine });
        return {};
      }),

    'run/move': ({ run, place }) =>
      answerOf(() => {
        if (runs.move(run, place)) return {};
        throw new HostFailure({ code: 'run/not-queued', message: `The run "${run}" does not wait for its turn.` });
      }),

    'run/checkpoints': ({ run }) =>
      answerOf(async () => ({ checkpoints: await describeCheckpoints(await folderOf(run)) })),

    'run/continue': ({ run, checkpoint, document: changed, documentPath }) =>
      answerOf(async () => {
        const parent = { id: run, folder: await folderOf(run) };
        const trained = await readRunDocument(parent.folder);
        const from = await startingPoint(parent, trained, checkpoint);
        const document = changed ?? trained;
        await requireTrainable(document);
        await requireEngine(engines);
        const id = newRunId(runsFolder, document.name);
        await runs.start({ id, folder: path.join(runsFolder, id), document, documentPath, from });
        return { run: id };
      }),
  };
}
