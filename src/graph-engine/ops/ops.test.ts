import { describe, expect, test } from 'vitest';
import type { OpDefinition, OpVector } from '../core/opDefinition.ts';
import { elementCount, features, image, sequence, tokens, type TensorType } from '../core/shape.ts';
import { createBuilder } from '../program/builder.ts';
import { createInterpreter } from '../program/interpreter/createInterpreter.ts';
import type { Tensor } from '../program/interpreter/tensor.ts';
import { lowerVector, mapInputs, outputsOf, typeOfInput } from '../testing/lowerVector.ts';
import { BLOCK_OUTPUT } from '../document/blockPorts.ts';
import { opDefinitions } from './index.ts';

function unknown(type: TensorType): TensorType {
  return { ...type, axes: type.axes.map((axis) => ({ ...axis, size: null })) };
}

/** Lowers one op alone and runs it in the reference interpreter; gives all outputs by port. */
function run(op: OpDefinition, vector: OpVector<string, string>): Readonly<Record<string, Tensor>> {
  const builder = createBuilder('predict');
  const { outputs, weights } = lowerVector(builder, op, vector);
  for (const [port, value] of Object.entries(outputs)) builder.output(port, value);
  const interpreter = createInterpreter({ variables: Object.values(weights), entries: { predict: builder.entry() } });
  for (const [name, data] of Object.entries(vector.weights ?? {})) interpreter.write(name, data ?? []);
  const feeds = mapInputs(vector, ({ dims, data }) => ({ dims: [...dims], data: Float64Array.from(data) }));
  return interpreter.run('predict', feeds);
}

/** Inputs are fed and block ports vanish, so neither is ever lowered. */
const isBoundary = (op: OpDefinition): boolean => op.family === 'input' || op.type === BLOCK_OUTPUT;

describe.each(opDefinitions.map((op) => [op.type, op] as const))('%s', (_type, op) => {
  test('is documented, and every parameter has a default and a line of help', () => {
    expect(op.documentation.title.length).toBeGreaterThan(1);
    expect(op.documentation.summary.length).toBeGreaterThan(20);
    expect(op.parameters.safeParse({}).success).toBe(true);
    for (const [name, schema] of Object.entries(op.parameters.shape)) {
      expect([name, schema.description ?? ''], 'needs a description').not.toContain('');
    }
    expect(op.parameters.safeParse({ noSuchParameter: 1 }).success).toBe(false);
  });

  if (isBoundary(op)) return;

  test('has vectors', () => {
    expect(op.vectors.length).toBeGreaterThan(0);
  });

  test.each(op.vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const parameters = op.parameters.parse(vector.parameters);
    const inputs = mapInputs(vector, typeOfInput);
    const inferred = op.infer({ parameters, inputs });
    if (!inferred.ok) throw new Error(inferred.error.message);
    const results = run(op, vector);
    const blind = op.infer({ parameters, inputs: mapInputs(vector, (input) => unknown(typeOfInput(input))) });
    for (const [port, expected] of outputsOf(op, vector)) {
      const type = inferred.value[port] ?? features(null);
      // The lowering agrees with the inference, and both with the vector.
      const result = results[port];
      expect(result?.dims).toEqual(expected.dims);
      expect([expected.dims[0], ...type.axes.map((axis) => axis.size)]).toEqual(expected.dims);
      for (const [index, value] of expected.data.entries()) expect(result?.data[index]).toBeCloseTo(value, 5);
      expect(elementCount(type)).toBe(expected.data.length / (expected.dims[0] ?? 1));
      // Unknown is not wrong: with every size unknown the op still has an output of the same rank.
      expect(blind.ok && blind.value[port]?.axes.length).toBe(type.axes.length);
    }
  });

  test('refuses or passes any rank without throwing', () => {
    const scalar: TensorType = { axes: [], dtype: 'float32' };
    for (const input of [scalar, features(3), sequence(4, 3), tokens(4, 9), image(1, 1, 1), image(null, null, null)]) {
      const ports = [...op.inputs, ...(op.optionalInputs ?? [])];
      const inputs = Object.fromEntries(ports.map((port) => [port, input]));
      const result = op.infer({ parameters: op.parameters.parse({}), inputs });
      if (!result.ok) expect(result.error.message).toMatch(/^[A-Z0-9].{20,}/);
    }
  });
});
