import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { productRoot } from '../files/productRoot.ts';
import type { TaskEnd } from '../training/engineChild.ts';
import { createEngineClient, type EngineClient } from '../training/engineClient.ts';
import { listRuns } from './runArchive.ts';
import { readRunFile, writeRunFile } from './runFolder.ts';
import { createRunKeeper } from './runKeeper.ts';

/* A queue outlives its host. What trains here ends when the test says so: how a training goes is no matter of the queue. */

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-queue-'))));
afterEach(() => rm(folder, { recursive: true }));

async function network(): Promise<SkipwireDocument> {
  const text = await readFile(path.join(productRoot, 'templates', 'networks', 'first-residual.json'), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  return loaded.value;
}

/** Trainings in the order in which they begin; each goes on until it is ended. */
function createEngine() {
  const begun: string[] = [];
  const ends: ((end: TaskEnd) => void)[] = [];
  const engine: EngineClient = {
    ...createEngineClient(),
    train({ folder: run }) {
      begun.push(path.basename(run));
      const end = new Promise<TaskEnd>((resolve) => ends.push(resolve));
      return {
        end,
        environment: Promise.resolve(undefined),
        pid: undefined,
        stop: () => undefined,
        pause: () => undefined,
        kill: () => undefined,
      };
    },
  };
  return {
    engine,
    begun,
    endNext: () => ends.shift()?.({ kind: 'done', outcome: { kind: 'trained', completed: true } }),
  };
}

async function startAll(runs: ReturnType<typeof createRunKeeper>, ids: readonly string[]): Promise<void> {
  for (const id of ids) await runs.start({ id, folder: path.join(folder, id), document: await network() });
}

const statesOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await listRuns(folder, new Set())).map(({ id, state }) => [id, state.status]));

test('the runs that wait when Skipwire is closed begin by themselves in the next one, in their order', async () => {
  const before = createEngine();
  const first = createRunKeeper(before.engine, () => undefined);
  await startAll(first, ['one', 'two', 'three', 'four']);
  first.move('four', 0);
  // What a sweep has queued goes on with the sweep.
  const sweep = { sweep: 'rates', trial: 0, rung: 0 };
  await first.start({ id: 'trial', folder: path.join(folder, 'trial'), document: await network(), sweep });
  const closed = first.close();
  before.endNext();
  await closed;
  expect(before.begun).toEqual(['one']);
  const waiting = { two: 'queued', three: 'queued', four: 'queued' };
  expect(await statesOf()).toEqual({ one: 'finished', ...waiting, trial: 'interrupted' });

  const after = createEngine();
  const next = createRunKeeper(after.engine, () => undefined);
  await next.takeUpQueue(folder);
  expect(next.summaries().map(({ id, queuePlace }) => [id, queuePlace])).toContainEqual(['three', 1]);
  for (const id of ['four', 'two', 'three']) {
    await expect.poll(() => after.begun.at(-1)).toBe(id);
    after.endNext();
    await next.whenOver(id);
  }
  expect(after.begun).toEqual(['four', 'two', 'three']);
  expect(new Set(Object.values(await statesOf()))).toEqual(new Set(['finished', 'interrupted']));
});

test('of a host that was killed the run at work is interrupted, and what waited is taken up by one host only', async () => {
  const first = createRunKeeper(createEngine().engine, () => undefined);
  await startAll(first, ['one', 'two', 'three']);
  await Promise.all(['one', 'two', 'three'].map((id) => first.settled(id)));
  // The host is gone: its process, which was given another number, lives no more.
  const dead = { pid: process.pid, started: 'before' };
  for (const id of ['one', 'two', 'three']) {
    const run = await readRunFile(path.join(folder, id));
    if (run === undefined) throw new Error(`No run ${id}`);
    await writeRunFile(path.join(folder, id), { ...run, keeper: dead });
    const lock = path.join(folder, id, 'run.lock');
    await rm(lock);
  }
  expect(await statesOf()).toEqual({ one: 'interrupted', two: 'queued', three: 'queued' });

  const engines = [createEngine(), createEngine()];
  const hosts = engines.map(({ engine }) => createRunKeeper(engine, () => undefined));
  await Promise.all(hosts.map((host) => host.takeUpQueue(folder)));
  const taken = hosts.flatMap((host) => host.summaries().map(({ id }) => id));
  expect(taken.toSorted()).toEqual(['three', 'two']);
  for (const host of hosts) await Promise.all(['one', 'two', 'three'].map((id) => host.settled(id)));
});

test('a run that waited and whose document was lost meanwhile says so, and the next one begins', async () => {
  const before = createEngine();
  const first = createRunKeeper(before.engine, () => undefined);
  await startAll(first, ['one', 'two', 'three']);
  const closed = first.close();
  before.endNext();
  await closed;
  await rm(path.join(folder, 'two', 'document.json'));
  const after = createEngine();
  const next = createRunKeeper(after.engine, () => undefined);
  await next.takeUpQueue(folder);
  await expect.poll(() => after.begun).toEqual(['three']);
  await next.settled('three');
  expect(await statesOf()).toMatchObject({ two: 'failed', three: 'compiling' });
  after.endNext();
  await next.whenOver('three');
});
