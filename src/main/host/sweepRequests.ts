import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { sweepCalls } from '../../contract/sweeps.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { newRunId } from '../runs/newRunId.ts';
import { listSweeps } from '../sweeps/sweepFolder.ts';
import type { HostServices } from './createHost.ts';

/** Starting, steering and listing sweeps. */
export function createSweepHandlers({
  workspace,
  sweeps,
  runsFolder,
}: HostServices): Pick<Handlers, keyof typeof sweepCalls> {
  const sweepsFolder = path.join(workspace.root, 'sweeps');
  const asked = (sweep: string, heard: boolean): Record<string, never> => {
    if (heard) return {};
    throw new HostFailure({ code: 'sweep/not-running', message: `The sweep "${sweep}" is not going on.` });
  };
  return {
    'sweep/start': ({ document, documentPath, plan }) =>
      answerOf(async () => {
        const id = newRunId(sweepsFolder, document.name);
        await sweeps.start({ id, folder: path.join(sweepsFolder, id), document, documentPath, runsFolder, plan });
        return { sweep: id };
      }),
    'sweep/pause': ({ sweep }) => answerOf(() => asked(sweep, sweeps.pause(sweep))),
    'sweep/stop': ({ sweep }) => answerOf(() => asked(sweep, sweeps.stop(sweep))),
    'sweep/resume': ({ sweep }) =>
      answerOf(async () => {
        const folder = await workspace.resolve(`sweeps/${sweep}`);
        await sweeps.resume({ id: sweep, folder, within: workspace.root });
        return {};
      }),
    'sweep/list': () =>
      answerOf(async () => {
        const kept = sweeps.summaries();
        const others = await listSweeps(sweepsFolder, new Set(kept.map(({ id }) => id)), workspace.root);
        return { sweeps: [...kept, ...others].toSorted((a, b) => b.started - a.started) };
      }),
  };
}
