import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { opCases, opModel, type OpCase } from '../../../../tests/support/onnxModels.ts';
import { opDefinitions } from '../../ops/index.ts';
import { mapInputs, outputsOf, typeOfInput } from '../../testing/lowerVector.ts';
import { toChannelsFirst, toChannelsLast } from './channelsFirst.ts';
import { DEFAULT_OPSET, NEWEST_OPSET } from './opsets.ts';
import { permuteAxes, permutedDims } from './permuteAxes.ts';

test('every op that is exported has a vector to prove it by', () => {
  const withoutVector = opDefinitions.filter(
    (op) => op.family !== 'input' && op.type !== 'blockOutput' && !opCases.some((entry) => entry.op === op),
  );
  expect(withoutVector.map((op) => op.type)).toEqual([]);
});

describe.each([13, 17, DEFAULT_OPSET, NEWEST_OPSET])('at opset %i', (opset) => {
  test.each(opCases.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const received = await runVector(entry, opset, 1);
    for (const [port, { dims, data }] of outputsOf(entry.op, entry.vector)) {
      expect(received[port]?.dims).toEqual(dims);
      expectClose(received[port]?.data, data);
    }
  });
});

describe('with three times the batch', () => {
  test.each(opCases.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const received = await runVector(entry, DEFAULT_OPSET, 3);
    for (const [port, { dims, data }] of outputsOf(entry.op, entry.vector)) {
      const [batch = 0, ...rest] = dims;
      expect(received[port]?.dims).toEqual([batch * 3, ...rest]);
      expectClose(received[port]?.data, [...data, ...data, ...data]);
    }
  });
});

/** Runs the op's model on the vector's inputs, repeated along the batch, and brings the outputs back to channels last. */
async function runVector(entry: OpCase, opset: number, copies: number) {
  const { model, types } = opModel(entry, opset);
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const feeds = mapInputs(entry.vector, (input) => {
    const type = typeOfInput(input);
    if (input.table === true) return new Tensor('float32', Float32Array.from(input.data), input.dims);
    const order = toChannelsFirst(type);
    const [batch = 0, ...rest] = input.dims;
    const data = Array.from({ length: copies }, () => input.data).flat();
    const repeated = [batch * copies, ...rest];
    if (type.dtype === 'int32') return new Tensor('int32', Int32Array.from(data), repeated);
    return new Tensor('float32', permuteAxes(Float32Array.from(data), repeated, order), permutedDims(repeated, order));
  });
  const results = await session.run(feeds);
  const told = Object.entries(types).map(([name, type]) => {
    const result = results[name];
    if (result === undefined || !(result.data instanceof Float32Array)) throw new Error(`${name} is not float32`);
    const back = toChannelsLast(type);
    const value = { dims: permutedDims(result.dims, back), data: permuteAxes(result.data, result.dims, back) };
    return [name.replace('result.', ''), value] as const;
  });
  return Object.fromEntries(told);
}

function expectClose(received: Float32Array = new Float32Array(), expected: readonly number[]) {
  expect(received.length).toBe(expected.length);
  for (const [i, wanted] of expected.entries()) {
    const difference = Math.abs((received[i] ?? NaN) - wanted);
    expect(difference, `value ${i}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted)));
  }
}
