import { fromBinary, toJson } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { DataType, SavedModelSchema } from '../protobuf/generated/tensorflow_pb.js';
import { flag, integer, integers, real, shape, text, type } from './attributes.ts';
import { createGraphWriter, GRAPH_TAG } from './graphWriter.ts';

/** The graph as protobuf's own decoder reads it. */
function decoded(writer: ReturnType<typeof createGraphWriter>) {
  return toJson(SavedModelSchema, fromBinary(SavedModelSchema, writer.savedModel())) as unknown;
}

test('a graph reads back as it was written', () => {
  const writer = createGraphWriter();
  const long = writer.constant(
    DataType.DT_INT32,
    [300],
    Array.from({ length: 300 }, (_, i) => -i),
  );
  const node = writer.node('train/stage2[3].conv 1', 'Conv2D', [long, `${long}:1`, `^${long}`], {
    T: type('float32'),
    strides: integers([1, 2, 2 ** 31 - 1, -1]),
    keep: flag(true),
    epsilon: real(0.5),
    count: integer(-1),
    padding: text('SAME'),
    shape: shape([-4, 32, 100_000]),
  });
  expect(node).toBe('train/stage2.3.conv_1');
  expect(writer.node('train/stage2[3].conv 1', 'NoOp', [])).toBe('train/stage2.3.conv_1_1');
  const content = Buffer.from(Int32Array.from({ length: 300 }, (_, i) => -i).buffer).toString('base64');
  expect(decoded(writer)).toEqual({
    savedModelSchemaVersion: '1',
    metaGraphs: [
      {
        metaInfoDef: { tags: [GRAPH_TAG] },
        graphDef: {
          versions: { producer: 1395 },
          node: [
            {
              name: 'constants/300_values',
              op: 'Const',
              attr: {
                dtype: { type: 'DT_INT32' },
                value: {
                  tensor: { dtype: 'DT_INT32', tensorShape: { dim: [{ size: '300' }] }, tensorContent: content },
                },
              },
            },
            {
              name: node,
              op: 'Conv2D',
              input: [long, `${long}:1`, `^${long}`],
              attr: {
                T: { type: 'DT_FLOAT' },
                strides: { list: { i: ['1', '2', '2147483647', '-1'] } },
                keep: { b: true },
                epsilon: { f: 0.5 },
                count: { i: '-1' },
                padding: { s: Buffer.from('SAME').toString('base64') },
                shape: { shape: { dim: [{ size: '-1' }, { size: '32' }, { size: '100000' }] } },
              },
            },
            { name: `${node}_1`, op: 'NoOp' },
          ],
        },
      },
    ],
  });
});
