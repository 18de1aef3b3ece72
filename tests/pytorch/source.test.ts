import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { exportPytorch } from '../../src/graph-engine/targets/pytorch/exportPytorch.ts';
import { lowered } from '../support/networks.ts';
import { checkedNetworkNames, oracleNetwork, oracleNetworkNames, reducedTemplate } from '../support/oracleNetworks.ts';

/** A Python with PyTorch: the one that the variable names, else `python3`; most machines have none. */
const python = [process.env['SKIPWIRE_PYTHON'], 'python3'].find(
  (program) => program !== undefined && spawnSync(program, ['-c', 'import torch, numpy']).status === 0,
);

const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true }));

function generated(name: string) {
  const document = reducedTemplate(name, oracleNetwork(name).inputs);
  return { document, ...exportPytorch(document, inferDocument(document)) };
}

test.each(oracleNetworkNames())('the source of %s has a place of its own for every weight', (name) => {
  const { document, source, state } = generated(name);
  const variables = lowered(document).program.variables.filter(({ role }) => role !== 'slot');
  expect([...state.keys()].sort()).toEqual(variables.map(({ name: variable }) => variable).sort());
  expect(new Set([...state.values()].map(({ name: place }) => place)).size).toBe(state.size);
  expect(source).not.toContain('undefined');
});

const Report = z.record(
  z.string(),
  z.union([z.object({ parameters: z.number(), error: z.number() }), z.object({ problem: z.string() })]),
);

test.skipIf(python === undefined)(
  'PyTorch runs what is written, and predicts what its own networks predict with the same weights',
  { timeout: 900_000 },
  () => {
    const names = checkedNetworkNames();
    const expected = new Map<string, number>();
    const manifest = names.map((name) => {
      const { document, source, state, inputs, outputs } = generated(name);
      const file = path.join(folder, `${name}.py`);
      writeFileSync(file, source);
      expected.set(name, inferDocument(document).totals.parameters);
      const dims = new Map(lowered(document).program.variables.map((variable) => [variable.name, variable.dims]));
      return {
        name,
        source: file,
        inputs,
        outputs,
        state: [...state].map(([variable, { name: place, weight }]) => ({
          variable,
          name: place,
          dims: dims.get(variable),
          permutation: weight.permutation ?? null,
          theirs: weight.dims ?? null,
        })),
      };
    });
    const file = path.join(folder, 'manifest.json');
    writeFileSync(file, JSON.stringify(manifest));
    const script = path.join(import.meta.dirname, '../oracles/generatedSource.py');
    const output = execFileSync(python ?? '', [script, file], { encoding: 'utf8', maxBuffer: 100_000_000 });
    const report = Report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
    for (const name of names) {
      const one = report[name];
      expect.soft(one, name).toMatchObject({ parameters: expected.get(name) });
      // Both compute in double precision.
      if (one !== undefined && 'error' in one) expect.soft(one.error, name).toBeLessThan(1e-6);
    }
  },
);
