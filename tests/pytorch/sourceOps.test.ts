import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { opDefinitions } from '../../src/graph-engine/ops/index.ts';
import { keras } from '../../src/graph-engine/targets/keras/keras.ts';
import { runtime as kerasRuntime } from '../../src/graph-engine/targets/keras/runtime.ts';
import { toChannelsLast } from '../../src/graph-engine/targets/onnx/channelsFirst.ts';
import { pytorch } from '../../src/graph-engine/targets/pytorch/pytorch.ts';
import { runtime as pytorchRuntime } from '../../src/graph-engine/targets/pytorch/runtime.ts';
import { opCases } from '../support/onnxModels.ts';
import { pythonWith } from '../support/python.ts';
import { writtenOp } from '../support/writtenOps.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

const targets = [
  {
    framework: pytorch,
    python: pythonWith('torch'),
    runtime: pytorchRuntime,
    head: 'import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n',
    script: 'generatedOps.py',
  },
  {
    framework: keras,
    python: pythonWith('keras', 'tensorflow'),
    runtime: kerasRuntime,
    head: 'import math\nimport keras\nimport numpy\nfrom keras import layers, ops\n',
    script: 'generatedKerasOps.py',
  },
];

test.each(targets)('every op can be written in $framework.title', ({ framework }) => {
  const withoutForm = opDefinitions.filter(
    (op) => !['input'].includes(op.family) && op.type !== 'blockOutput' && framework.emitterOf(op) === undefined,
  );
  expect(withoutForm.map(({ type }) => type)).toEqual([]);
});

const Report = z.record(z.string(), z.union([z.object({ difference: z.number() }), z.object({ problem: z.string() })]));

for (const { framework, python, runtime, head, script } of targets) {
  test.skipIf(python === undefined)(
    `${framework.title} calculates every worked example as it stands in the definition of its op`,
    { timeout: 300_000 },
    () => {
      // Outputs hand on their logits; what they make of them is not in the source.
      const cases = opCases.filter(({ op }) => op.family !== 'output' && framework.emitterOf(op) !== undefined);
      const all = cases.map((example, index) => writtenOp(framework, example, index));
      const source = path.join(folder, `${framework.title}.py`);
      const manifest = path.join(folder, `${framework.title}.json`);
      writeFileSync(source, [head, ...Object.values(runtime), ...all.map((one) => one.source)].join('\n\n'));
      const examples = all.map(({ example: { expected, ...example } }) => ({
        ...example,
        expected: expected.map(({ type, ...value }) => ({
          ...value,
          order: type === undefined || type.isTable === true ? null : toChannelsLast(type),
        })),
      }));
      writeFileSync(manifest, JSON.stringify(examples));
      const file = path.join(import.meta.dirname, '../oracles', script);
      const output = execFileSync(python ?? '', [file, source, manifest], { encoding: 'utf8' });
      const report = Report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
      expect(Object.keys(report)).toHaveLength(cases.length);
      for (const [title, one] of Object.entries(report)) {
        expect.soft(one, title).not.toHaveProperty('problem');
        // Both calculate in double precision; the examples are float32 numbers.
        if ('difference' in one) expect.soft(one.difference, title).toBeLessThan(1e-6);
      }
    },
  );
}
