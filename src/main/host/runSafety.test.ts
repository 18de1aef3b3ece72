import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CallInput, CallName, HostEvent } from '../../contract/contract.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { productRoot } from '../files/productRoot.ts';
import { runFiles } from '../runs/runFiles.ts';
import { createHost, type Host } from './createHost.ts';

/* What goes wrong around a run: each a clear message, and a folder that can still be loaded. Real trainings. */

vi.setConfig({ testTimeout: 240_000 });

let workspace: string;
let host: Host;
beforeAll(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-safety-'));
  host = await createHost({ workspace });
});
afterAll(async () => {
  await host.dispose();
  await rm(workspace, { recursive: true, force: true });
});

async function network(training: Partial<SkipwireDocument['training']>): Promise<SkipwireDocument> {
  const text = await readFile(path.join(productRoot, 'templates', 'networks', 'first-residual.json'), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  return { ...loaded.value, training: { ...loaded.value.training, ...training } };
}

async function value<Name extends CallName>(of: Host, name: Name, input: CallInput<Name>) {
  const answer = await of.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

async function start(of: Host, training: Partial<SkipwireDocument['training']>): Promise<string> {
  return (await value(of, 'run/start', { document: await network(training) })).run;
}

/** Waits for an event of a run. */
function hears(of: Host, run: string, wanted: (event: Extract<HostEvent, { event: 'run' }>['payload']) => boolean) {
  return new Promise<void>((resolve) => {
    const stopListening = of.onEvent((event) => {
      if (event.event !== 'run' || event.payload.run !== run || !wanted(event.payload)) return;
      stopListening();
      resolve();
    });
  });
}

const reaches = (of: Host, run: string, step: number): Promise<void> =>
  hears(of, run, (event) => event.kind === 'metrics' && event.metrics.some((entry) => entry.step >= step));

/** Makes a disk read-only; that is refused as long as a file on it is being written. */
async function makeReadOnly(disk: string): Promise<void> {
  await vi.waitFor(() => execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'ignore' }), {
    timeout: 30_000,
    interval: 5,
  });
}

/** Bytes of memory that a process has at hand. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
}

test('a last checkpoint that was damaged costs the steps since the one before it, and the run says so', async () => {
  const run = await start(host, { epochs: 400 });
  await reaches(host, run, 200);
  await value(host, 'run/pause', { run });
  const paused = await host.runs.whenOver(run);
  expect(paused.state).toEqual({ status: 'paused' });
  await truncate(path.join(workspace, 'runs', run, runFiles.last), 100);
  const begins = hears(host, run, (event) => event.kind === 'state' && event.summary.state.status === 'running');
  await value(host, 'run/resume', { run });
  await begins;
  await value(host, 'run/stop', { run });
  expect((await host.runs.whenOver(run)).state).toEqual({ status: 'stopped' });
  const { notices, metrics } = await value(host, 'run/read', { run });
  expect(notices.join(' ')).toMatch(/"last" is damaged; the run goes on from "previous", step \d+/);
  const steps = metrics.filter(({ kind }) => kind === 'step').map(({ step }) => step);
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
});

test('a second host is told who holds a run, and may read it', async () => {
  const run = await start(host, { epochs: 2000 });
  await reaches(host, run, 50);
  const other = await createHost({ workspace });
  try {
    expect(await other.call('run/resume', { run })).toMatchObject({
      ok: false,
      problem: { code: 'run/held', message: expect.stringContaining(`process ${process.pid}`) as string },
    });
    expect((await value(other, 'run/read', { run })).summary.state.status).toBe('running');
    await value(host, 'run/pause', { run });
    await host.runs.whenOver(run);
    // Now it is free, and goes on over there.
    await value(other, 'run/resume', { run });
    await reaches(other, run, 100);
    expect(await host.call('run/resume', { run })).toMatchObject({ ok: false, problem: { code: 'run/held' } });
    await value(other, 'run/stop', { run });
    expect((await other.runs.whenOver(run)).state.status).toBe('stopped');
    const { runs } = await value(host, 'run/list', {});
    expect(runs.find(({ id }) => id === run)?.state.status).toBe('stopped');
  } finally {
    await other.dispose();
  }
});

test('a run whose folder vanishes fails in words, and the next one trains', async () => {
  const run = await start(host, { epochs: 2000 });
  await reaches(host, run, 50);
  // At one go, as somebody who moves it or a disk that is unplugged does.
  await rename(path.join(workspace, 'runs'), path.join(workspace, 'moved'));
  const { state } = await host.runs.whenOver(run);
  expect(state).toMatchObject({ status: 'failed', problem: { code: 'file/missing' } });
  const next = await start(host, { epochs: 1 });
  expect((await host.runs.whenOver(next)).state.status).toBe('finished');
});

test('a workspace that becomes read-only fails the run in words; what was saved is loaded, and goes on later', async (story) => {
  const disk = await mkdtemp(path.join(os.tmpdir(), 'skipwire-read-only-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    await rm(disk, { recursive: true });
    return story.skip('this user may not mount a disk');
  }
  const own = await createHost({ workspace: disk });
  try {
    await mkdir(path.join(disk, 'runs'), { recursive: true });
    const run = await start(own, { epochs: 40 });
    await reaches(own, run, 100);
    await makeReadOnly(disk);
    const { state } = await own.runs.whenOver(run);
    expect(state).toMatchObject({ status: 'failed', problem: { code: 'file/read-only' } });
    expect((await value(own, 'run/read', { run })).metrics.length).toBeGreaterThan(2);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await value(own, 'run/resume', { run });
    expect((await own.runs.whenOver(run)).state).toEqual({ status: 'finished' });
    const epochs = (await value(own, 'run/read', { run })).metrics.filter(({ kind }) => kind === 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  } finally {
    await own.dispose();
    // Not before a process that is just ending has let go of it.
    execFileSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true });
  }
});

test('thousands of steps need no more memory than hundreds', async () => {
  const run = await start(host, { epochs: 4, batchSize: 1, learningRate: 1e-5 });
  // By then TensorFlow and V8 have what they need.
  await reaches(host, run, 2000);
  const pid = host.runs.engineProcessOf(run);
  if (pid === undefined) throw new Error('No engine process');
  const before = await residentBytes(pid);
  await reaches(host, run, 5000);
  const after = await residentBytes(pid);
  await value(host, 'run/stop', { run });
  await host.runs.whenOver(run);
  expect((after - before) / 1e6).toBeLessThan(20);
});
