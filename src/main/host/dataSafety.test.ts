import { open, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CallInput, CallName } from '../../contract/contract.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { productRoot } from '../files/productRoot.ts';
import { createHost, type Host } from './createHost.ts';

/* What happens to the data while they are learned from. Real trainings, on sets that are larger than the memory they may take. */

vi.setConfig({ testTimeout: 180_000 });
const MEMORY_MEGABYTES = '0.05';

let workspace: string;
let host: Host;
beforeAll(async () => {
  vi.stubEnv('SKIPWIRE_DATA_MEMORY', MEMORY_MEGABYTES);
  workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-data-safety-'));
  host = await createHost({ workspace });
});
afterAll(async () => {
  await host.dispose();
  vi.unstubAllEnvs();
  await rm(workspace, { recursive: true, force: true });
});

async function value<Name extends CallName>(name: Name, input: CallInput<Name>) {
  const answer = await host.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

/** The tutorial's network learns from files of the workspace. */
async function start(training: Partial<SkipwireDocument['training']>): Promise<string> {
  const text = await readFile(path.join(productRoot, 'templates', 'networks', 'first-residual.json'), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  const document = { ...loaded.value, training: { ...loaded.value.training, ...training } };
  return (await value('run/start', { document })).run;
}

/** Waits until a run is so many steps further than when it was asked. */
async function advances(run: string, steps: number): Promise<void> {
  let from: number | undefined;
  await new Promise<void>((resolve) => {
    const stopListening = host.onEvent((event) => {
      if (event.event !== 'run' || event.payload.run !== run) return;
      const reached = event.payload.kind === 'metrics' ? (event.payload.metrics.at(-1)?.step ?? 0) : undefined;
      const over =
        event.payload.kind === 'state' && ['failed', 'finished'].includes(event.payload.summary.state.status);
      from ??= reached;
      if (!over && (reached === undefined || from === undefined || reached < from + steps)) return;
      stopListening();
      resolve();
    });
  });
}

/** The head of a NumPy file of bytes. */
function npyHead(shape: readonly number[]): Buffer {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const padded = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00__${padded}`, 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return head;
}

/** Arrays of images and their classes; images that are left out are zeros, which take no room on the disk. */
async function writeArrays(folder: string, samples: number, side: number, images?: Buffer): Promise<number> {
  await mkdir(folder, { recursive: true });
  const file = await open(path.join(folder, 'x.npy'), 'w');
  const head = npyHead([samples, side, side, 1]);
  await file.write(head);
  if (images !== undefined) await file.write(images);
  await file.truncate(head.length + samples * side * side);
  await file.close();
  const labels = Buffer.from(Uint8Array.from({ length: samples }, (_, i) => i % 10));
  await writeFile(path.join(folder, 'y.npy'), Buffer.concat([npyHead([samples]), labels]));
  return head.length + samples * side * side;
}

test('a folder of images may vanish once they are decoded; a run that is resumed without it says so, and goes on when it is back', async () => {
  const folder = path.join(workspace, 'bars');
  for (let label = 0; label < 10; label++) {
    await mkdir(path.join(folder, `bar ${label}`), { recursive: true });
    for (let index = 0; index < 12; index++) {
      const pixels = Buffer.from(Uint8Array.from({ length: 192 }, (_, at) => (at * (label + 1) + index) % 256));
      const image = sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } }).png();
      await image.toFile(path.join(folder, `bar ${label}`, `${index}.png`));
    }
  }
  const run = await start({ data: './bars', epochs: 4000, batchSize: 8 });
  await advances(run, 20);
  await rename(folder, path.join(workspace, 'elsewhere'));
  await advances(run, 60);
  await value('run/pause', { run });
  expect((await host.runs.whenOver(run)).state).toEqual({ status: 'paused' });

  await value('run/resume', { run });
  const { state } = await host.runs.whenOver(run);
  expect(state).toMatchObject({ status: 'failed', problem: { message: expect.stringContaining('bars') as string } });
  const before = (await value('run/read', { run })).metrics.at(-1)?.step ?? 0;
  expect(before).toBeGreaterThan(80);

  await rename(path.join(workspace, 'elsewhere'), folder);
  await value('run/resume', { run });
  await advances(run, 20);
  await value('run/stop', { run });
  expect((await host.runs.whenOver(run)).state).toEqual({ status: 'stopped' });
  const steps = (await value('run/read', { run })).metrics.flatMap((one) => (one.kind === 'step' ? one.step : []));
  expect(steps.at(-1)).toBeGreaterThan(before);
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
});

test('a file that becomes shorter in the middle of an epoch ends the run in words; mended, it goes on', async () => {
  const images = Buffer.from(Uint8Array.from({ length: 1200 * 64 }, (_, at) => (at * 31) % 256));
  const size = await writeArrays(path.join(workspace, 'arrays'), 1200, 8, images);
  const file = path.join(workspace, 'arrays', 'x.npy');
  const run = await start({ data: './arrays', epochs: 4000, batchSize: 8 });
  await advances(run, 20);
  await truncate(file, Math.floor(size / 2));
  const { state } = await host.runs.whenOver(run);
  expect(state).toMatchObject({
    status: 'failed',
    problem: { code: 'data/vanished', message: expect.stringContaining('x.npy') as string },
  });
  expect((await value('run/read', { run })).metrics.length).toBeGreaterThan(0);
  await writeArrays(path.join(workspace, 'arrays'), 1200, 8, images);
  await value('run/resume', { run });
  await advances(run, 20);
  await value('run/stop', { run });
  expect((await host.runs.whenOver(run)).state).toEqual({ status: 'stopped' });
});

test('a set of 600 megabytes is learned from without being held in memory', async () => {
  await writeArrays(path.join(workspace, 'large'), 600_000, 32);
  const run = await start({ data: './large', epochs: 1, batchSize: 32 });
  await advances(run, 300);
  const pid = host.runs.engineProcessOf(run);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const most = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  await value('run/stop', { run });
  expect((await host.runs.whenOver(run)).state).toEqual({ status: 'stopped' });
  // The libraries and the network take some 450 themselves.
  expect(most).toBeLessThan(700);
});
