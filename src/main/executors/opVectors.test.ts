import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpDefinition, OpVector } from '../../graph-engine/core/opDefinition.ts';
import { opDefinitions } from '../../graph-engine/ops/index.ts';
import { gradients } from '../../graph-engine/program/autodiff.ts';
import { createBuilder } from '../../graph-engine/program/builder.ts';
import { createInterpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import type { Entry, Variable } from '../../graph-engine/program/program.ts';
import { lowerVector, mapInputs, outputsOf } from '../../graph-engine/testing/lowerVector.ts';
import type { CompiledProgram, Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

interface Case {
  readonly title: string;
  readonly vector: OpVector<string, string>;
  readonly entry: Entry;
  readonly weights: Readonly<Record<string, Variable>>;
}

/**
 * The entry of a vector: its outputs, and the gradients of a weighted sum of them with respect to every input and weight. The
 * weights of the sum are all different, so that no two elements can be mistaken for one another.
 */
function caseOf(op: OpDefinition, vector: OpVector<string, string>, index: number): Case {
  const builder = createBuilder(`case${index}`);
  const { outputs, inputs, weights } = lowerVector(builder, op, vector, `case${index}.`);
  let sum = builder.scalar(0);
  for (const [port] of outputsOf(op, vector)) {
    const output = outputs[port];
    if (output === undefined) throw new Error(`${op.type} has no output ${port}`);
    builder.output(`output ${port}`, output);
    const [, ...rest] = output.dims;
    const count = rest.reduce((product, size) => product * size, 1);
    const ramp = builder.constant(
      Array.from({ length: count }, (_, i) => Math.sin(i + 1)),
      [1, ...rest],
    );
    const axes = output.dims.map((_, axis) => axis);
    sum = builder.add(sum, builder.reduceSum(builder.multiply(output, ramp), axes));
  }
  const trainable = Object.entries(weights).filter(([, variable]) => variable.trainable);
  const sources = [
    ...Object.entries(inputs).filter(([, { dtype }]) => dtype === 'float32'),
    ...trainable.map(([name, variable]) => [name, builder.readVariable(variable)] as const),
  ];
  const derived = gradients(
    builder,
    sum,
    sources.map(([, value]) => value),
  );
  for (const [i, [name]] of sources.entries()) {
    const gradient = derived[i];
    if (gradient !== undefined) builder.output(`gradient of ${name}`, gradient);
  }
  return { title: `${op.type}: ${vector.name}`, vector, entry: builder.entry(), weights };
}

const cases = opDefinitions
  .flatMap((op) => op.vectors.map((vector) => [op, vector] as const))
  .map(([op, vector], index) => caseOf(op, vector, index));
const program = {
  variables: cases.flatMap(({ weights }) => Object.values(weights)),
  entries: Object.fromEntries(cases.map(({ entry }) => [entry.name, entry])),
};

let executor: Executor;
let compiled: CompiledProgram;

beforeAll(async () => {
  executor = await openTensorflowExecutor();
  compiled = await executor.compile(program, { seed: 1, selfCheck: false });
});

afterAll(async () => {
  await executor.dispose();
});

test.each(cases.map((one) => [one.title, one] as const))(
  '%s, forward and backward as in double precision',
  async (_, { vector, entry, weights }) => {
    const interpreter = createInterpreter(program, { seed: 1, precision: 'float64' });
    for (const [name, variable] of Object.entries(weights)) {
      const data = vector.weights?.[name];
      if (data === undefined) continue;
      interpreter.write(variable.name, data);
      await compiled.writeVariables({ [variable.name]: Float32Array.from(data) });
    }
    const expected = interpreter.run(
      entry.name,
      mapInputs(vector, ({ dims, data }) => ({ dims: [...dims], data: Float64Array.from(data) })),
    );
    const received = await compiled.run(
      entry.name,
      mapInputs(vector, ({ data, vocabulary }) =>
        vocabulary === undefined ? Float32Array.from(data) : Int32Array.from(data),
      ),
    );
    for (const { name } of entry.outputs) {
      const [found, wanted] = [received[name] ?? new Float32Array(), expected[name]?.data ?? []];
      expect(found.length, name).toBe(wanted.length);
      // Single precision keeps seven digits, and sums here are short: 1e-5 of the largest value leaves a hundredfold margin.
      const scale = Math.max(1, ...Array.from(wanted, Math.abs));
      for (const [i, value] of found.entries()) {
        expect(Math.abs(value - (wanted[i] ?? NaN)), `${name}[${i}]: ${value} for ${wanted[i]}`).toBeLessThan(
          1e-5 * scale,
        );
      }
    }
  },
);
