import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { opDefinitions } from '../../src/graph-engine/ops/index.ts';
import { toChannelsLast } from '../../src/graph-engine/targets/onnx/channelsFirst.ts';
import { pytorchEmitter } from '../../src/graph-engine/targets/pytorch/emitters/index.ts';
import { createParameterizer } from '../../src/graph-engine/targets/pytorch/parameterize.ts';
import { runtime } from '../../src/graph-engine/targets/pytorch/runtime.ts';
import { stateDictionary } from '../../src/graph-engine/targets/pytorch/stateDictionary.ts';
import { mapInputs, outputsOf, typeOfInput } from '../../src/graph-engine/testing/lowerVector.ts';
import { opCases, type OpCase } from '../support/onnxModels.ts';

/** A Python with PyTorch: the one that the variable names, else `python3`; most machines have none. */
const python = [process.env['SKIPWIRE_PYTHON'], 'python3'].find(
  (program) => program !== undefined && spawnSync(program, ['-c', 'import torch']).status === 0,
);

const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every op can be written', () => {
  const withoutForm = opDefinitions.filter(
    (op) => !['input'].includes(op.family) && op.type !== 'blockOutput' && pytorchEmitter(op) === undefined,
  );
  expect(withoutForm.map(({ type }) => type)).toEqual([]);
});

/** One worked example as a class of its own, and what is fed to it and expected of it. */
function written({ title, op, vector }: OpCase, index: number) {
  const parameters = op.parameters.parse(vector.parameters);
  const types = mapInputs(vector, typeOfInput);
  const inferred = op.infer({ parameters, inputs: types });
  const emit = pytorchEmitter(op);
  if (!inferred.ok || emit === undefined) throw new Error(title);
  const ports = Object.keys(types);
  const specs = op.weights?.({ parameters, inputs: types }) ?? {};
  const form = emit({
    parameters: parameters as never,
    types,
    outputs: inferred.value,
    inputs: Object.fromEntries(ports.map((port) => [port, port])),
    module: 'self.op',
  });
  const writer = createParameterizer([]);
  const [first = ''] = ports;
  const [only = ''] = Object.keys(inferred.value);
  const expressions =
    form.forward === undefined
      ? [[only, `self.op(${first})`]]
      : Array.isArray(form.forward)
        ? Object.keys(inferred.value).map((port) => [port, writer.expression([form.forward as never], () => '')])
        : Object.entries(form.forward).map(([port, expression]) => [port, writer.expression([expression], () => '')]);
  const className = `Op${index}`;
  const source = [
    `class ${className}(nn.Module):`,
    '    def __init__(self):',
    '        super().__init__()',
    ...(form.module === undefined ? [] : [`        self.op = ${writer.call([form.module])}`]),
    `    def forward(self, ${ports.join(', ')}):`,
    `        return {${expressions.map(([port, text]) => `"${port}": ${text}`).join(', ')}}`,
  ].join('\n');
  const variables = Object.entries(specs).map(([name, spec]) => ({ name, dims: spec?.dims ?? [] }));
  const state = new Map(
    variables.map(({ name }) => {
      const weight = form.weights?.[name];
      if (weight === undefined) throw new Error(`${title} does not say where "${name}" goes`);
      return [name, { name: `op.${weight.parameter}`, weight }] as const;
    }),
  );
  const tensors = stateDictionary(variables, state, (name) => Float32Array.from(vector.weights?.[name] ?? []));
  return {
    source,
    example: {
      title,
      class: className,
      inputs: Object.values(
        mapInputs(vector, (input) => ({
          dims: input.dims,
          data: input.data,
          integers: input.vocabulary !== undefined,
        })),
      ),
      state: Object.entries(tensors).map(([name, { dims, data }]) => ({ name, dims, data: [...data] })),
      expected: [...outputsOf(op, vector)].map(([port, { dims, data }]) => {
        const type = inferred.value[port];
        return { port, dims, data, order: type === undefined || type.isTable === true ? null : toChannelsLast(type) };
      }),
    },
  };
}

const Report = z.record(z.string(), z.union([z.object({ difference: z.number() }), z.object({ problem: z.string() })]));

test.skipIf(python === undefined)(
  'PyTorch calculates every worked example as it stands in the definition of its op',
  { timeout: 120_000 },
  () => {
    // Outputs hand on their logits; what they make of them is not in the source.
    const cases = opCases.filter(({ op }) => op.family !== 'output' && pytorchEmitter(op) !== undefined);
    const all = cases.map(written);
    const head = 'import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n';
    const source = path.join(folder, 'ops.py');
    const manifest = path.join(folder, 'ops.json');
    writeFileSync(source, [head, ...Object.values(runtime), ...all.map((one) => one.source)].join('\n\n'));
    writeFileSync(manifest, JSON.stringify(all.map(({ example }) => example)));
    const script = path.join(import.meta.dirname, '../oracles/generatedOps.py');
    const output = execFileSync(python ?? '', [script, source, manifest], { encoding: 'utf8' });
    const report = Report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
    expect(Object.keys(report)).toHaveLength(cases.length);
    for (const [title, one] of Object.entries(report)) {
      expect.soft(one, title).not.toHaveProperty('problem');
      // PyTorch calculates in double precision; the examples are float32 numbers.
      if ('difference' in one) expect.soft(one.difference, title).toBeLessThan(1e-6);
    }
  },
);
