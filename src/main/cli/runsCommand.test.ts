import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { writePastRun } from '../../../tests/support/pastRuns.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { registerCompareCommand } from './compareCommand.ts';
import { registerRunsCommand } from './runsCommand.ts';

let runs: string;
const at = (name: string): string => path.join(runs, name);

beforeAll(async () => {
  runs = await mkdtemp(path.join(os.tmpdir(), 'skipwire-runs-'));
  await writePastRun(runs, 'base', { speed: 1, summary: { started: 1 } });
  await writePastRun(runs, 'fast', {
    speed: 3,
    training: { learningRate: 0.5, seed: 7 },
    summary: { started: 2, parent: { run: 'base', checkpoint: 'best', step: 4, epoch: 1 } },
  });
  await writePastRun(runs, 'wide', {
    speed: 2,
    summary: { started: 3, state: { status: 'stopped' } },
    change: (document) => {
      const dense = document.graph.nodes['dense' as NodeId];
      if (dense === undefined || !('op' in dense)) throw new Error('There is no dense');
      const parameters = { ...dense.parameters, bias: false };
      const nodes = { ...document.graph.nodes, dense: { ...dense, parameters } };
      return { ...document, graph: { ...document.graph, nodes } };
    },
  });
});
afterAll(() => rm(runs, { recursive: true }));

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command in this process: what it prints, and what it complains about. */
async function skipwire(...given: string[]): Promise<{ out: string; err: string; code: unknown }> {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
  const program = new Command('skipwire').exitOverride();
  registerRunsCommand(program);
  registerCompareCommand(program);
  process.exitCode = undefined;
  await program.parseAsync(given, { from: 'user' });
  return { out: out.join('\n'), err: err.join('\n'), code: process.exitCode };
}

const listed = async (...options: string[]): Promise<readonly unknown[]> => {
  const { out } = await skipwire('runs', 'list', runs, ...options, '--json');
  return out.split('\n').map((line) => (JSON.parse(line) as { id: string }).id);
};

test('runs are sorted, narrowed, tagged and noted', async () => {
  expect(await listed()).toEqual(['wide', 'fast', 'base']);
  expect(await listed('--sort', 'bestLoss')).toEqual(['fast', 'wide', 'base']);
  expect(await listed('--sort', 'best accuracy', '--state', 'finished')).toEqual(['base', 'fast']);
  expect(await listed('--sort', 'setting learningRate', '--reverse')).toEqual(['fast', 'wide', 'base']);
  const { err, code } = await skipwire('runs', 'list', runs, '--sort', 'colour');
  expect(err).toMatch(/no "colour"[^]*expected: one of run, [^]*"setting optimizer kind"/);
  expect(code).toBe(1);

  expect((await skipwire('runs', 'tag', at('fast'), 'good', 'wide tag')).out).toBe('good, wide tag');
  await skipwire('runs', 'tag', at('base'), 'good');
  expect((await skipwire('runs', 'tag', at('fast'), '--remove', 'wide tag')).out).toBe('good');
  await skipwire('runs', 'note', at('base'), 'Where it began');
  expect((await skipwire('runs', 'note', at('base'))).out).toBe('Where it began');
  expect((await skipwire('runs', 'tag', at('base'), 'x'.repeat(41))).code).toBe(1);
  expect(await listed('--tag', 'good')).toEqual(['fast', 'base']);
  expect(await listed('--find', 'began')).toEqual(['base']);
  expect((await skipwire('runs', 'show', at('base'))).out).toMatch(/^tags +good$[^]*^note +Where it began$/m);
});

test('two runs are compared: what they came to, settings and networks', async () => {
  const { out } = await skipwire('compare', at('base'), at('fast'));
  expect(out).toMatch(/^ +base +fast$/m);
  expect(out).toMatch(/^continues +- +base$/m);
  expect(out).toMatch(/^accuracy \(best\) +73\.1 % +86\.3 %$/m);
  expect(out).toMatch(/^Settings that differ\nlearning rate +0\.\d+ +0\.5\nseed +1 +7$/m);
  expect(out).toMatch(/base → fast\nNothing differs\.$/);
});

test('several are compared with the first, for programs too; one alone is not', async () => {
  const { out } = await skipwire('compare', at('base'), at('wide'), at('fast'), '--json');
  expect(JSON.parse(out)).toMatchObject({
    runs: [{ run: 'base', epochs: 3 }, { run: 'wide', state: 'stopped' }, { run: 'fast' }],
    settings: [
      { setting: 'learningRate', values: { fast: '0.5' } },
      { setting: 'seed', values: { base: '1', wide: '1', fast: '7' } },
    ],
    networks: [
      { from: 'base', to: 'wide', difference: { graphs: [{ nodes: [{ kind: 'changed', id: 'dense' }] }] } },
      { from: 'base', to: 'fast', difference: { graphs: [] } },
    ],
  });
  const { err, code } = await skipwire('compare', at('base'));
  expect(err).toMatch(/with itself/);
  expect(code).toBe(1);
});

test('curves are taken away, a deleted run is brought back, and the trash is emptied', async () => {
  const csv = at('curves.csv');
  const { out } = await skipwire('runs', 'export', at('base'), at('fast'), '--csv', csv, '--tensorboard', at('logs'));
  expect(out).toMatch(/31 lines[^]*6 event files[^]*tensorboard --logdir/);
  expect((await readFile(csv, 'utf8')).split('\r\n')).toHaveLength(32);
  expect((await skipwire('runs', 'export', at('base'))).err).toMatch(/--csv file.csv/);

  await skipwire('runs', 'delete', at('wide'));
  expect(await listed()).toEqual(['fast', 'base']);
  expect((await skipwire('runs', 'trash', runs)).out).toMatch(/^wide +First residual network/m);
  await skipwire('runs', 'restore', 'wide', runs);
  expect(await listed()).toEqual(['wide', 'fast', 'base']);
  await skipwire('runs', 'delete', at('wide'));
  expect((await skipwire('runs', 'trash', runs, '--empty')).out).toBe('Removed 1 run for good.');
  expect((await skipwire('runs', 'restore', 'wide', runs)).err).toMatch(/no "wide" in the trash/);
  expect(await readdir(runs)).not.toContain('wide');
});
