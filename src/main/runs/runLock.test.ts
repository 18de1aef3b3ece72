import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerOf } from '../files/hostFailure.ts';
import { keeperOf, thisKeeper } from './keeper.ts';
import { runFiles } from './runFiles.ts';
import { holderOf, lockRun } from './runLock.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-lock-'))));
afterEach(() => rm(folder, { recursive: true }));

const file = (): string => path.join(folder, runFiles.lock);
const writeLock = (lock: object): Promise<void> => writeFile(file(), JSON.stringify(lock));

/** A process that was there and is no more. */
async function deadKeeper() {
  const child = spawn(process.execPath, ['-e', '']);
  const keeper = keeperOf(child.pid ?? 0);
  await once(child, 'exit');
  return keeper;
}

test('the second one is told who holds the folder, and gets it when it is given free', async () => {
  const first = await lockRun(folder);
  expect(await holderOf(folder)).toEqual(thisKeeper());
  expect(await answerOf(() => lockRun(folder))).toMatchObject({
    ok: false,
    problem: { code: 'run/held', message: expect.stringContaining(`process ${process.pid}`) as string },
  });
  await first.release();
  expect(await holderOf(folder)).toBeUndefined();
  await (await lockRun(folder)).release();
});

test('a lock that could not be removed does not keep its own process out', async () => {
  const lock = await lockRun(folder);
  const text = await readFile(file(), 'utf8');
  await lock.release();
  await writeFile(file(), text);
  expect(await holderOf(folder)).toBeUndefined();
  await (await lockRun(folder)).release();
});

test('of many that come at once exactly one gets it', async () => {
  await writeLock({ machine: os.hostname(), keeper: await deadKeeper() });
  const answers = await Promise.all(Array.from({ length: 12 }, () => answerOf(() => lockRun(folder))));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
});

test('what a dead process or torn words left behind is taken over', async () => {
  await writeLock({ machine: os.hostname(), keeper: await deadKeeper() });
  await (await lockRun(folder)).release();
  await writeFile(file(), '{"machine":"');
  await (await lockRun(folder)).release();
});

test('a number that another process has by now holds nothing', async () => {
  await writeLock({ machine: os.hostname(), keeper: { pid: process.pid, started: '1' } });
  await (await lockRun(folder)).release();
});

test('another machine is not second-guessed', async () => {
  await writeLock({ machine: 'elsewhere', keeper: await deadKeeper() });
  expect(await answerOf(() => lockRun(folder))).toMatchObject({
    ok: false,
    problem: { code: 'run/held', message: expect.stringContaining('"elsewhere"') as string },
  });
});

test('the engine of a host that died is given time to save', async () => {
  const engine = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600)']);
  await once(engine, 'spawn');
  await writeLock({ machine: os.hostname(), keeper: await deadKeeper(), engine: keeperOf(engine.pid ?? 0) });
  const lock = await lockRun(folder);
  expect(keeperOf(engine.pid ?? 0).started).not.toMatch(/^\d+$/);
  await lock.nameEngine(process.pid);
  expect(await readFile(file(), 'utf8')).toContain(`"engine":{"pid":${process.pid}`);
  await lock.release();
});
