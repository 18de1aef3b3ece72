import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writePastRun } from '../../../tests/support/pastRuns.ts';
import { NO_REMARKS } from '../../contract/runArchive.ts';
import { answerOf } from '../files/hostFailure.ts';
import { listRuns } from './runArchive.ts';
import { readAllFacts } from './runFacts.ts';
import { runFiles } from './runFiles.ts';
import { lockRun } from './runLock.ts';
import { readRemarks, writeRemarks } from './runRemarks.ts';
import { emptyTrash } from './recordTrash.ts';
import { listTrash, restoreRun, trashRun } from './runTrash.ts';

let runs: string;
beforeEach(async () => (runs = await mkdtemp(path.join(os.tmpdir(), 'skipwire-remarks-'))));
afterEach(() => rm(runs, { recursive: true }));

test('tags and a note are kept beside the run, whoever holds its folder; nothing written at once is lost', async () => {
  const folder = await writePastRun(runs, 'first');
  const lock = await lockRun(folder);
  await Promise.all([
    writeRemarks(folder, (before) => ({ ...before, tags: [...before.tags, 'good'] })),
    writeRemarks(folder, (before) => ({ ...before, note: 'Übung, "mit Mühe"\nzwei Zeilen' })),
    writeRemarks(folder, (before) => ({ ...before, tags: [...before.tags, 'wide', 'good'] })),
  ]);
  await lock.release();
  expect(await readRemarks(folder)).toEqual({ tags: ['good', 'wide'], note: 'Übung, "mit Mühe"\nzwei Zeilen' });
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
});

test('a run that was never written on, and one whose remarks are garbled, have none', async () => {
  const folder = await writePastRun(runs, 'plain');
  expect(await readRemarks(folder)).toEqual(NO_REMARKS);
  await writeFile(path.join(folder, runFiles.remarks), '{"format":"skipwire/rem');
  expect(await readRemarks(folder)).toEqual(NO_REMARKS);
  expect(await writeRemarks(folder, (before) => ({ ...before, tags: ['again'] }))).toEqual({
    tags: ['again'],
    note: '',
  });
});

test('the facts of all runs: settings, engine and device; what cannot be read is left out', async () => {
  await writePastRun(runs, 'a', { training: { learningRate: 0.5 } });
  const b = await writePastRun(runs, 'b');
  await rm(path.join(b, runFiles.environment));
  await writeFile(path.join(b, runFiles.document), '{"format":"skipwire/docu');
  await writeFile(path.join(runs, 'notes.txt'), 'no run');
  const facts = (await readAllFacts(runs)).toSorted((x, y) => x.run.localeCompare(y.run));
  expect(facts).toEqual([
    {
      run: 'a',
      remarks: NO_REMARKS,
      bytes: expect.any(Number) as number,
      settings: expect.objectContaining({ learningRate: 0.5, optimizer: expect.any(Object) as object }) as object,
      engine: 'TensorFlow 2.21.0',
      device: 'Test CPU, 2 threads',
    },
    { run: 'b', remarks: NO_REMARKS, bytes: expect.any(Number) as number },
  ]);
  expect(await readAllFacts(path.join(runs, 'nowhere'))).toEqual([]);
});

test('a deleted run can be brought back with everything in it, until the trash is emptied', async () => {
  const folder = await writePastRun(runs, 'mine');
  await writePastRun(runs, 'other');
  const record = await readFile(path.join(folder, runFiles.summary), 'utf8');
  const entry = await trashRun(folder);
  expect((await listRuns(runs, new Set())).map(({ id }) => id)).toEqual(['other']);
  const [trashed] = await listTrash(runs);
  expect(trashed).toMatchObject({ entry, run: 'mine', name: 'First residual network' });
  expect(trashed?.bytes).toBeGreaterThan(1000);

  expect(await restoreRun(runs, entry)).toBe('mine');
  expect(await readFile(path.join(folder, runFiles.summary), 'utf8')).toBe(record);
  expect((await readdir(folder)).includes(runFiles.lock)).toBe(false);
  expect(await answerOf(() => restoreRun(runs, entry))).toMatchObject({
    ok: false,
    problem: { code: 'run/not-in-trash' },
  });

  const again = await trashRun(folder);
  await writePastRun(runs, 'mine');
  expect(await answerOf(() => restoreRun(runs, again))).toMatchObject({
    ok: false,
    problem: { code: 'run/folder-in-use' },
  });
  await emptyTrash(runs);
  expect(await listTrash(runs)).toEqual([]);
});

test('a run that somebody looks after is not deleted, and what is no run makes no folder', async () => {
  const folder = await writePastRun(runs, 'held');
  const lock = await lockRun(folder);
  expect(await answerOf(() => trashRun(folder))).toMatchObject({ ok: false, problem: { code: 'run/held' } });
  await lock.release();
  expect(await answerOf(() => trashRun(path.join(runs, 'nothing')))).toMatchObject({
    ok: false,
    problem: { code: 'run/missing' },
  });
  expect(await readdir(runs)).toEqual(['held']);
});
