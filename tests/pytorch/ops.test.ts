import { afterAll, beforeAll, expect, test } from 'vitest';
import { BLOCK_INPUT, BLOCK_OUTPUT } from '../../src/graph-engine/document/blockPorts.ts';
import type { Objective } from '../../src/graph-engine/core/objective.ts';
import { opDefinitions, opNamed } from '../../src/graph-engine/ops/index.ts';
import type { Value, Variable } from '../../src/graph-engine/program/program.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { entryOf, oracleCases, typeOfInput, type LowerCase } from '../support/oracleCases.ts';
import { runInInterpreter, runOnEngine } from '../support/runOracleCases.ts';

/** What PyTorch made of every op: tests/oracles/ops.py. */
const golden = oracleCases('ops');

/** Ops that compute nothing: what is fed comes out, and block ports are gone once a block is expanded. */
const portsOnly = (type: string): boolean =>
  opNamed(type)?.family === 'input' || [BLOCK_INPUT, BLOCK_OUTPUT].includes(type);

test('every op has been compared with PyTorch', () => {
  const computing = opDefinitions.map(({ type }) => type).filter((type) => !portsOnly(type));
  expect([...golden.keys()].sort()).toEqual(computing.sort());
});

/** Lowers one op alone; of an output also what it learns from, against the input `target`. */
function lowerOp(type: string): LowerCase {
  return (builder, example, inputs, seed, prefix) => {
    const op = opNamed(type);
    if (op === undefined) throw new Error(`There is no op ${type}`);
    const parameters = op.parameters.parse(example.parameters);
    const types = Object.fromEntries(Object.entries(example.inputs).map(([port, input]) => [port, typeOfInput(input)]));
    const weights: Record<string, Variable> = {};
    for (const [name, spec] of Object.entries(op.weights?.({ parameters, inputs: types }) ?? {})) {
      if (spec === undefined) continue;
      const { dims, initializer, trainable } = spec;
      const role = trainable ? 'weight' : 'statistic';
      weights[name] = { name: prefix + name, dims, dtype: 'float32', initializer, role, trainable, origin: 'op' };
    }
    const context = { builder, parameters, inputs, types, weights, mode: example.mode, seed, path: 'op' };
    const target = inputs['target'];
    const learning = target === undefined ? undefined : op.objective?.lower(context, target);
    return { outputs: { ...op.lower(context), ...learnedValues(learning) }, weights: new Map(Object.entries(weights)) };
  };
}

/** The loss of each example, its weight where it has one, and what the measures are made of. */
function learnedValues(learning: Objective | undefined): Record<string, Value> {
  if (learning === undefined) return {};
  const { losses, weights, sums } = learning;
  const named = Object.entries(sums).map(([measure, value]) => [`sums of ${measure}`, value] as const);
  return { losses, ...(weights !== undefined && { weights }), ...Object.fromEntries(named) };
}

const entries = [...golden].flatMap(([type, cases]) =>
  cases.map((example, index) => entryOf(`${type}: ${example.name}`, example, `${type}${index}`, lowerOp(type))),
);

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});

afterAll(() => executor.dispose());

test.each(entries.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
  // The interpreter computes in double precision, and the golden numbers have nine digits.
  const exact = runInInterpreter(entry);
  expect(exact.error, exact.where).toBeLessThan(1e-7);
  // Single precision keeps seven digits, of which short sums lose one, and gradients that cancel to zero two more.
  const native = await runOnEngine(executor, entry);
  expect(native.error, native.where).toBeLessThan(1e-4);
});
