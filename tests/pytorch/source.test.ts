import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { exportKeras } from '../../src/graph-engine/targets/keras/exportKeras.ts';
import { exportPytorch } from '../../src/graph-engine/targets/pytorch/exportPytorch.ts';
import { lowered } from '../support/networks.ts';
import { checkedNetworkNames, oracleNetworkNames } from '../support/oracleNetworks.ts';
import { pythonWith } from '../support/python.ts';
import { reduced, writeNetwork } from '../support/writtenNetworks.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

const targets = [
  { title: 'PyTorch', write: exportPytorch, python: pythonWith('torch', 'numpy'), script: 'generatedSource.py' },
  {
    title: 'Keras',
    write: exportKeras,
    python: pythonWith('keras', 'tensorflow', 'torch'),
    script: 'generatedKeras.py',
  },
];

test.each(oracleNetworkNames())('the source of %s has a place of its own for every weight', (name) => {
  const document = reduced(name);
  const inferred = inferDocument(document);
  const variables = lowered(document).program.variables.filter(({ role }) => role !== 'slot');
  for (const { write } of targets) {
    const { source, state } = write(document, inferred);
    expect([...state.keys()].sort()).toEqual(variables.map(({ name: variable }) => variable).sort());
    expect(new Set([...state.values()].map(({ name: place }) => place)).size).toBe(state.size);
    expect(source).not.toContain('undefined');
  }
});

const Report = z.record(
  z.string(),
  z.union([
    z.object({ parameters: z.number(), errors: z.object({ float64: z.number() }) }),
    z.object({ problem: z.string() }),
  ]),
);

for (const { title, write, python, script } of targets) {
  test.skipIf(python === undefined)(
    `${title} runs what is written, and predicts what PyTorch’s own networks predict with the same weights`,
    { timeout: 1_800_000 },
    () => {
      const names = checkedNetworkNames();
      const expected = new Map<string, number>();
      const manifest = names.map((name) => {
        const document = reduced(name);
        const inferred = inferDocument(document);
        expected.set(name, inferred.totals.parameters);
        return writeNetwork(name, document, write(document, inferred), path.join(folder, `${title}-${name}.py`));
      });
      const file = path.join(folder, `${title}.json`);
      writeFileSync(file, JSON.stringify(manifest));
      const checks = path.join(import.meta.dirname, '../oracles', script);
      const output = execFileSync(python ?? '', [checks, file], { encoding: 'utf8', maxBuffer: 100_000_000 });
      const report = Report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
      if (process.env['SKIPWIRE_VERIFY'] === 'all') {
        console.table(
          Object.fromEntries(names.map((name) => [name, { expected: expected.get(name), ...report[name] }])),
        );
      }
      for (const name of names) {
        const one = report[name];
        expect.soft(one, name).toMatchObject({ parameters: expected.get(name) });
        // Both compute in double precision.
        if (one !== undefined && 'errors' in one) expect.soft(one.errors.float64, name).toBeLessThan(1e-6);
      }
    },
  );
}
