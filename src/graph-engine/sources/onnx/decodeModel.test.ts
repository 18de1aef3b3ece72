import { readFileSync } from 'node:fs';
import path from 'node:path';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelProtoSchema } from '../../targets/protobuf/generated/onnx_pb.js';
import { importOnnx } from './importOnnx.ts';

type Model = MessageInitShape<typeof ModelProtoSchema>;
type Graph = NonNullable<Model['graph']>;

const x = { name: 'x', type: { value: { case: 'tensorType' as const, value: { elemType: 1, shape: shape(2, 3) } } } };
const y = { name: 'y' };

function shape(...sizes: readonly number[]) {
  return { dim: sizes.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) };
}

/** Imports a model of one graph; the code of what is wrong with it, or nothing. */
function codeOf(graph: Graph, version = 21, external?: (location: string) => Uint8Array | undefined) {
  const model = create(ModelProtoSchema, { irVersion: 10n, opsetImport: [{ version: BigInt(version) }], graph });
  const options = { name: 'model', ...(external === undefined ? {} : { external }) };
  const imported = importOnnx(toBinary(ModelProtoSchema, model), options);
  return imported.ok ? undefined : imported.error.code;
}

const relu = { opType: 'Relu', input: ['x'], output: ['y'] };
const add = { opType: 'Add', input: ['x', 'w'], output: ['y'] };
const outside = (location: string, more: readonly { key: string; value: string }[] = []) => ({
  name: 'w',
  dims: [2n, 3n],
  dataType: 1,
  dataLocation: 1,
  externalData: [{ key: 'location', value: location }, ...more],
});

test.each<[string, Graph, string | undefined]>([
  ['a sound model', { node: [relu], input: [x], output: [y] }, undefined],
  ['an output that nothing makes', { node: [], input: [x], output: [y] }, 'onnx/missing-value'],
  ['an input that nothing makes', { node: [{ ...relu, input: ['z'] }], input: [x], output: [y] }, 'onnx/missing-value'],
  ['a value that is made twice', { node: [relu, relu], input: [x], output: [y] }, 'onnx/two-values'],
  [
    'a cycle',
    {
      node: [
        { opType: 'Add', input: ['x', 'b'], output: ['a'] },
        { opType: 'Relu', input: ['a'], output: ['b'] },
        { opType: 'Relu', input: ['b'], output: ['y'] },
      ],
      input: [x],
      output: [y],
    },
    'onnx/cycle',
  ],
  [
    'a tensor that is shorter than it says',
    {
      node: [add],
      input: [x],
      output: [y],
      initializer: [{ name: 'w', dims: [1n << 40n], dataType: 1, rawData: new Uint8Array(12) }],
    },
    'onnx/tensor',
  ],
  [
    'nodes that are not sorted',
    {
      node: [
        { ...relu, input: ['a'] },
        { ...relu, output: ['a'] },
      ],
      input: [x],
      output: [y],
    },
    undefined,
  ],
])('%s', (_, graph, code) => {
  expect(codeOf(graph)).toBe(code);
});

test.each(['../secret', '/etc/passwd', 'a/../../b', 'C:\\w.bin', ''])('data in "%s" are not looked for', (location) => {
  let asked = 0;
  const code = codeOf({ node: [add], input: [x], output: [y], initializer: [outside(location)] }, 21, () => {
    asked++;
    return new Uint8Array(24);
  });
  expect([code, asked]).toEqual(['onnx/external-path', 0]);
});

test('data beside the model are read, and missed where they are not there', () => {
  const graph = { node: [add], input: [x], output: [y], initializer: [outside('w.bin')] };
  expect(codeOf(graph, 21, () => new Uint8Array(24))).toBeUndefined();
  expect(codeOf(graph, 21, () => new Uint8Array(8))).toBe('onnx/tensor');
  expect(codeOf(graph)).toBe('onnx/external-data');
});

test('an operator set of tomorrow is refused by name', () => {
  expect(codeOf({ node: [relu], input: [x], output: [y] }, 999)).toBe('onnx/newer-opset');
});

test('whatever bytes of a model are changed, it is read or refused', () => {
  const sound = readFileSync(
    path.join(import.meta.dirname, '../../../../tests/fixtures/onnx/convolutions-torchscript.onnx'),
  );
  const changes = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(changes, (made) => {
      const bytes = Uint8Array.from(sound);
      for (const [at, value] of made) bytes[at] = value;
      const imported = importOnnx(bytes, { name: 'model' });
      if (!imported.ok) expect(imported.error.message).not.toBe('');
    }),
    { seed: 11, numRuns: 150 },
  );
});
