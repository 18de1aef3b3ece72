import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { opCases, opModel, type OpCase } from '../../../../tests/support/onnxModels.ts';
import { opDefinitions } from '../../ops/index.ts';
import { typeOfInput } from '../../testing/lowerVector.ts';
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
    const { vector } = entry;
    const received = await runVector(entry, opset, 1);
    expect(received.dims).toEqual(vector.output.dims);
    expectClose(received.data, vector.output.data);
  });
});

describe('with three times the batch', () => {
  test.each(opCases.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const { dims, data } = entry.vector.output;
    const received = await runVector(entry, DEFAULT_OPSET, 3);
    const [batch = 0, ...rest] = dims;
    expect(received.dims).toEqual([batch * 3, ...rest]);
    expectClose(received.data, [...data, ...data, ...data]);
  });
});

/** Runs the op's model on the vector's inputs, repeated along the batch, and brings the output back to channels last. */
async function runVector(entry: OpCase, opset: number, copies: number) {
  const { model, type } = opModel(entry, opset);
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const feeds = Object.entries(entry.vector.inputs).map(([name, input]) => {
    const inputType = typeOfInput(input);
    const order = toChannelsFirst(inputType);
    const [batch = 0, ...rest] = input.dims;
    const data = Array.from({ length: copies }, () => input.data).flat();
    const repeated = [batch * copies, ...rest];
    if (inputType.dtype === 'int32') return [name, new Tensor('int32', Int32Array.from(data), repeated)] as const;
    const all = Float32Array.from(data);
    return [name, new Tensor('float32', permuteAxes(all, repeated, order), permutedDims(repeated, order))] as const;
  });
  const { result } = await session.run(Object.fromEntries(feeds));
  if (result === undefined || !(result.data instanceof Float32Array)) throw new Error('There is no float32 result');
  const back = toChannelsLast(type);
  return { dims: permutedDims(result.dims, back), data: permuteAxes(result.data, result.dims, back) };
}

function expectClose(received: Float32Array, expected: readonly number[]) {
  expect(received.length).toBe(expected.length);
  for (const [i, wanted] of expected.entries()) {
    const difference = Math.abs((received[i] ?? NaN) - wanted);
    expect(difference, `value ${i}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted)));
  }
}
