import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { OpDefinition, OpVector } from '../../core/opDefinition.ts';
import { features, image, type TensorType } from '../../core/shape.ts';
import { opDefinitions } from '../../ops/index.ts';
import { channelsFirstDims, toChannelsFirst, toChannelsLast } from './channelsFirst.ts';
import { emitOp } from './emitOp.ts';
import { encodeModel } from './encodeModel.ts';
import { createOnnxGraph } from './onnxGraph.ts';
import { DEFAULT_OPSET, supportedOpsets } from './opsets.ts';
import { permuteAxes, permutedDims } from './permuteAxes.ts';

type AnyVector = OpVector<string, string>;

/** Vectors of the ops that become nodes; block ports and inputs have none. */
const cases = opDefinitions.flatMap((op) =>
  op.vectors.filter((vector) => vector.mode !== 'train').map((vector) => ({ op, vector })),
);

test('every op that is exported has a vector to prove it by', () => {
  const withoutVector = opDefinitions.filter(
    (op) => op.family !== 'input' && op.type !== 'blockOutput' && !cases.some((entry) => entry.op === op),
  );
  expect(withoutVector.map((op) => op.type)).toEqual([]);
});

describe.each([13, 17, DEFAULT_OPSET, Math.max(...supportedOpsets)])('at opset %i', (opset) => {
  test.each(cases.map(({ op, vector }) => [`${op.type}: ${vector.name}`, op, vector] as const))(
    '%s',
    async (_, op, vector) => {
      const received = await runVector(op, vector, opset, 1);
      expect(received.dims).toEqual(vector.output.dims);
      expectClose(received.data, vector.output.data);
    },
  );
});

describe('with three times the batch', () => {
  test.each(cases.map(({ op, vector }) => [`${op.type}: ${vector.name}`, op, vector] as const))(
    '%s',
    async (_, op, vector) => {
      const received = await runVector(op, vector, DEFAULT_OPSET, 3);
      const [batch = 0, ...rest] = vector.output.dims;
      expect(received.dims).toEqual([batch * 3, ...rest]);
      expectClose(received.data, [...vector.output.data, ...vector.output.data, ...vector.output.data]);
    },
  );
});

/** Exports the op as a model of its own, runs it, and brings its first output back to channels last. */
async function runVector(op: OpDefinition, vector: AnyVector, opset: number, copies: number) {
  const parameters = op.parameters.parse(vector.parameters);
  const types = Object.fromEntries(Object.entries(vector.inputs).map(([port, { dims }]) => [port, typeOf(dims)]));
  const inferred = op.infer({ parameters, inputs: types });
  if (!inferred.ok) throw new Error(inferred.error.message);
  const weights = op.weights?.({ parameters, inputs: types }) ?? {};

  const graph = createOnnxGraph();
  const inputs = Object.fromEntries(
    Object.entries(types).map(([port, type]) => [
      port,
      graph.input(port, { dims: channelsFirstDims(type) ?? [], dtype: type.dtype, documentation: '' }),
    ]),
  );
  const outputs = emitOp(graph, { op, path: 'block[2].node', parameters, inputs, types, weights }, (variable) => {
    const values = vector.weights?.[variable.replace('block[2].node.', '')];
    if (values === undefined) throw new Error(`The vector has no ${variable}`);
    return Float32Array.from(values);
  });
  const [port = ''] = op.outputs;
  const type = inferred.value[port];
  const source = outputs[port];
  if (type === undefined || source === undefined) throw new Error(`There is no output "${port}"`);
  graph.output('result', source, { dims: channelsFirstDims(type) ?? [], dtype: type.dtype, documentation: '' });
  const model = encodeModel(
    { graph: graph.finish(), graphName: 'vector', documentation: '', opset, producerVersion: '0' },
    { location: 'none', threshold: Infinity },
  );

  const session = await InferenceSession.create(Buffer.concat([...model.model()]), { logSeverityLevel: 3 });
  const feeds = Object.entries(vector.inputs).map(([name, { dims, data }]) => {
    const permutation = toChannelsFirst(typeOf(dims));
    const [batch = 0, ...rest] = dims;
    const all = Float32Array.from(Array.from({ length: copies }, () => data).flat());
    const repeated = [batch * copies, ...rest];
    return [name, new Tensor('float32', permuteAxes(all, repeated, permutation), permutedDims(repeated, permutation))];
  });
  const { result } = await session.run(Object.fromEntries(feeds));
  if (result === undefined || !(result.data instanceof Float32Array)) throw new Error('There is no float32 result');
  const back = toChannelsLast(type);
  return { dims: permutedDims(result.dims, back), data: permuteAxes(result.data, result.dims, back) };
}

function typeOf(dims: readonly number[]): TensorType {
  const [, ...sizes] = dims;
  const [a = 0, b = 0, c = 0] = sizes;
  if (sizes.length === 3) return image(a, b, c);
  if (sizes.length === 1) return features(a);
  throw new Error(`No type is known for a vector of ${dims.length} axes`);
}

function expectClose(received: Float32Array, expected: readonly number[]) {
  expect(received.length).toBe(expected.length);
  for (const [i, wanted] of expected.entries()) {
    expect(Math.abs((received[i] ?? NaN) - wanted), `value ${i}`).toBeLessThanOrEqual(
      1e-5 * Math.max(1, Math.abs(wanted)),
    );
  }
}
