import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePastRun } from '../../../tests/support/pastRuns.ts';
import type { CallInput, CallName, HostEvent } from '../../contract/contract.ts';
import { residualDigits } from '../../graph-engine/testing/examples.ts';
import { parseAxis } from '../../graph-engine/training/sweep/axisText.ts';
import { SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { createHost, type Host } from '../host/createHost.ts';
import { createSweepFolder, type SweepFile } from './sweepFolder.ts';
import { sweepRoom } from './sweepRoom.ts';

let outer: string;
let workspace: string;
let host: Host;
const events: HostEvent[] = [];
beforeAll(async () => {
  outer = await mkdtemp(path.join(os.tmpdir(), 'skipwire-sweep-archive-'));
  workspace = path.join(outer, 'workspace');
  await writeSweep(path.join(workspace, 'sweeps', 'tried'), ['tried-t001', 'tried-t002']);
  await writePastRun(path.join(workspace, 'runs'), 'tried-t001', {
    summary: { sweep: { sweep: 'tried', trial: 0, rung: 0 } },
  });
  // Of the same name, and not of the sweep.
  await writePastRun(path.join(workspace, 'runs'), 'tried-t002');
  host = await createHost({ workspace });
  host.onEvent((event) => void events.push(event));
});
afterAll(async () => {
  await host.dispose();
  await rm(outer, { recursive: true });
});

async function writeSweep(folder: string, runs: readonly string[]): Promise<SweepFile> {
  const axis = parseAxis('training.seed=1,2');
  if (!axis.ok) throw new Error(axis.problem.message);
  const sweep: SweepFile = {
    format: 'skipwire/sweep@1',
    summary: {
      id: path.basename(folder),
      name: 'Digits',
      started: 1,
      state: { status: 'stopped' },
      plan: SweepPlan.parse({ axes: [axis.axis] }),
      measure: { key: 'loss', title: 'Loss', unit: 'number', better: 'lower' },
      attempts: runs.map((run, trial) => ({
        ...{ trial, rung: 0, run, point: [trial + 1], epochs: 1 },
        outcome: { status: 'done', value: trial, epoch: 1 },
      })),
    },
    runs: '../../runs',
    keeper: null,
  };
  await createSweepFolder(folder, residualDigits(), sweep);
  return sweep;
}

async function value<Name extends CallName>(name: Name, input: CallInput<Name>) {
  const answer = await host.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

const listed = async () => ({
  sweeps: (await value('sweep/list', {})).sweeps.map(({ id, title }) => title ?? id),
  runs: (await value('run/list', {})).runs.map(({ id }) => id).toSorted(),
});

test('a sweep is renamed, deleted with its own runs, and brought back with what it is called', async () => {
  await value('sweep/title', { sweep: 'tried', title: ' Which seed? ' });
  expect(await listed()).toEqual({ sweeps: ['Which seed?'], runs: ['tried-t001', 'tried-t002'] });
  const size = await value('sweep/size', { sweep: 'tried' });
  expect([size.runs, size.bytes > 1000, size.bytesOfRuns > 1000]).toEqual([1, true, true]);

  const { entry, runs } = await value('sweep/delete', { sweep: 'tried', runs: true });
  expect(await listed()).toEqual({ sweeps: [], runs: ['tried-t002'] });
  expect((await value('sweep/trash', {})).sweeps).toMatchObject([{ entry, sweep: 'tried', name: 'Which seed?' }]);
  await value('sweep/restore', { entry });
  for (const run of runs) await value('run/restore', { entry: run });
  expect(await listed()).toEqual({ sweeps: ['Which seed?'], runs: ['tried-t001', 'tried-t002'] });
  expect(events.flatMap(({ event, payload }) => (event === 'archive' ? [payload.kind] : []))).toEqual([
    'sweep-deleted',
    'deleted',
    'restored',
  ]);
  expect(await host.call('sweep/restore', { entry })).toMatchObject({
    ok: false,
    problem: { code: 'sweep/not-in-trash' },
  });
});

test('no list and no trash follows a link out of the workspace', async () => {
  const outside = path.join(outer, 'outside');
  await writeSweep(path.join(outside, 'sweep'), []);
  await writePastRun(outside, 'run', { summary: { state: { status: 'running' } } });
  await symlink(path.join(outside, 'sweep'), path.join(workspace, 'sweeps', 'linked'));
  await symlink(path.join(outside, 'run'), path.join(workspace, 'runs', 'linked'));
  const before = await listed();
  expect([...before.sweeps, ...before.runs]).not.toContain('linked');
  expect((await value('run/facts', {})).facts.map(({ run }) => run)).not.toContain('linked');
  for (const call of ['sweep/size', 'sweep/title', 'sweep/delete'] as const) {
    const input = { sweep: 'linked', title: 'Mine', runs: true };
    const { sweep, title, runs } = input;
    const given = call === 'sweep/size' ? { sweep } : call === 'sweep/title' ? { sweep, title } : { sweep, runs };
    expect(await host.call(call, given), call).toMatchObject({ problem: { code: 'file/outside-workspace' } });
  }
  for (const folder of ['sweeps', 'runs'])
    await symlink(outside, path.join(workspace, folder, '.trash')).catch(async () => {
      await rm(path.join(workspace, folder, '.trash'), { recursive: true });
      await symlink(outside, path.join(workspace, folder, '.trash'));
    });
  const attempts = [
    host.call('sweep/delete', { sweep: 'tried', runs: false }),
    host.call('sweep/trash', {}),
    host.call('sweep/empty-trash', {}),
    host.call('run/delete', { run: 'tried-t001' }),
    host.call('run/trash', {}),
    host.call('run/empty-trash', {}),
  ];
  for (const answer of await Promise.all(attempts))
    expect(answer).toMatchObject({ ok: false, problem: { code: 'file/outside-workspace' } });
  expect((await readdir(outside)).toSorted()).toEqual(['run', 'sweep']);
});

test('from a shell elsewhere a sweep may write where its project is, or where its own runs are already', async () => {
  const project = path.join(outer, 'project');
  const folder = path.join(project, 'sweeps', 'mine');
  const shell = path.join(outer, 'shell');
  await mkdir(shell);
  const sweep = await writeSweep(folder, ['mine-t001']);
  const place = { id: 'mine', folder };
  expect(await sweepRoom(place, sweep, shell)).toBe(project);
  const away = { ...sweep, runs: '../../../elsewhere' };
  expect(await sweepRoom(place, away, shell)).toBe(shell);
  const runs = path.join(outer, 'elsewhere');
  await writePastRun(runs, 'mine-t001', { summary: { sweep: { sweep: 'mine', trial: 0, rung: 0 } } });
  expect(await sweepRoom(place, away, shell)).toBe(runs);
  await writeFile(path.join(runs, 'mine-t001', 'run.json'), '{}');
  expect(await sweepRoom(place, away, shell)).toBe(shell);
});
