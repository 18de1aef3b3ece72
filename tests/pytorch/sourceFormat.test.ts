import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { sourceTargets } from '../../src/graph-engine/targets/sourceTargets.ts';
import { scriptData } from '../../src/main/exports/scriptData.ts';
import { networkTemplate } from '../support/networks.ts';
import { oracleNetworkNames } from '../support/oracleNetworks.ts';
import { pythonWith } from '../support/python.ts';
import { scriptOptions, trainedWith } from '../support/scriptOptions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-format-'));
afterAll(() => rmSync(folder, { recursive: true }));
const frameworks = ['pytorch', 'keras'] as const;

/** Other kinds of data than images with a class. */
const others: readonly (readonly [string, SkipwireDocument])[] = [
  ['masks', trainedWith(networkTemplate('u-net-padded.json'), { data: 'shape-masks', augmentation: { flip: 'both' } })],
  ['text', trainedWith(networkTemplate('mini-gpt.json'), { data: 'licence-text' })],
  ['game', trainedWith(networkTemplate('rl-tower-small.json'), { data: 'tic-tac-toe' })],
];

const python = pythonWith('ruff') ?? pythonWith('black');

test.skipIf(python === undefined)(
  'Ruff and Black find nothing to mend in any network or script',
  { timeout: 600_000 },
  async () => {
    for (const name of oracleNetworkNames()) {
      const document = networkTemplate(`${name}.json`);
      const inferred = inferDocument(document);
      for (const framework of frameworks) {
        const { source } = sourceTargets[framework].write(document, inferred);
        writeFileSync(path.join(folder, `${framework}_${name}.py`), source);
      }
    }
    const scripts = [...scriptOptions.map(({ name, document }) => [name, document] as const), ...others];
    for (const [name, document] of scripts) {
      const inferred = inferDocument(document);
      for (const framework of frameworks) {
        const target = sourceTargets[framework];
        const module = `${framework}_of_${name}`;
        const network = target.write(document, inferred);
        const { data } = await scriptData(document, inferred, folder, module);
        const { source } = target.training({ document, inferred, module, data }, network);
        // What a script imports has to lie beside it: imports are sorted by where they are from.
        writeFileSync(path.join(folder, `${module}.py`), network.source);
        writeFileSync(path.join(folder, `${module}_train.py`), source);
      }
    }
    const isThere = (module: string): boolean => pythonWith(module) === python;
    const check = (...command: readonly string[]): string => {
      const { status, stdout, stderr } = spawnSync(python ?? '', ['-m', ...command, '.'], {
        cwd: folder,
        encoding: 'utf8',
      });
      return status === 0 ? '' : `${stdout}${stderr}`;
    };
    if (isThere('ruff')) {
      expect(check('ruff', 'check', '--no-cache', '--output-format=concise')).toBe('');
      expect(check('ruff', 'format', '--no-cache', '--diff')).toBe('');
    }
    if (isThere('black')) expect(check('black', '--check', '--diff', '--quiet')).toBe('');
    execFileSync(python ?? '', ['-m', 'compileall', '-q', folder]);
  },
);
