import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { productRoot } from '../files/productRoot.ts';
import { readMetrics } from '../runs/metricsFile.ts';
import { readRunEnvironment } from '../runs/runEnvironment.ts';
import { readRunFile } from '../runs/runFolder.ts';

const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
const network = path.join(productRoot, 'templates', 'networks', 'first-residual.json');

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-engine-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

function train(...given: string[]): ChildProcess {
  return spawn(process.execPath, [cli, 'train', ...given, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Everything a training says, after `onStep` was called for the first step of at least `step`. */
async function linesOf(program: ChildProcess, step = Number.POSITIVE_INFINITY, onStep?: () => void): Promise<string[]> {
  if (program.stdout === null) throw new Error('Nothing can be read');
  const closed = once(program, 'close');
  const lines: string[] = [];
  let told = false;
  for await (const line of createInterface({ input: program.stdout })) {
    lines.push(line);
    const parsed = z.object({ step: z.number() }).safeParse(JSON.parse(line));
    if (told || !parsed.success || parsed.data.step < step) continue;
    told = true;
    onStep?.();
  }
  await closed;
  return lines;
}

test(
  'a run that was begun on TensorFlow goes on in WebAssembly when it is told to, and says so',
  { timeout: 300_000 },
  async () => {
    const settings = ['--data', 'digits', '--epochs', '4', '--out', 'run'];
    const first = train(network, '--engine', 'tensorflow', ...settings);
    await linesOf(first, 60, () => first.kill('SIGINT'));
    const run = path.join(folder, 'run');
    const before = await readRunFile(run);
    expect(before?.summary).toMatchObject({ state: { status: 'stopped' }, engine: { id: 'tensorflow' } });
    const steps = (await readMetrics(run)).at(-1)?.step ?? 0;

    const second = await linesOf(train('--resume', 'run', '--engine', 'wasm'));
    expect(JSON.parse(second.at(-1) ?? '{}')).toMatchObject({ status: 'finished', engine: 'WebAssembly' });
    const after = await readRunFile(run);
    expect(after?.summary.engine?.id).toBe('wasm');
    expect(after?.notices.join()).toMatch(
      new RegExp(`It was trained on TensorFlow \\S+ until step ${steps}, and goes on on WebAssembly`),
    );
    expect(await readRunEnvironment(run)).toMatchObject({ engineId: 'wasm', before: [{ engineId: 'tensorflow' }] });
    // The curve goes on: no step is missing or taken twice, and the loss does not jump back to where it began.
    const metrics = await readMetrics(run);
    const epochs = metrics.filter((entry) => entry.kind === 'epoch');
    expect(epochs.at(-1)?.epoch).toBe(4);
    expect(epochs.at(-1)?.trainLoss).toBeLessThan((epochs[0]?.trainLoss ?? 0) / 2);
    expect(await readFile(path.join(run, 'log.txt'), 'utf8')).toContain(`goes on from step ${steps}`);
  },
);
