import { create, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { features } from '../../core/shape.ts';
import { elementTypes } from '../../sources/onnx/elementTypes.ts';
import { TypeProtoSchema } from '../../targets/protobuf/generated/onnx_pb.js';
import { EXAMPLES, ownType, typeProtoOf } from './ownType.ts';

function batchOf(size: bigint) {
  const examples = { value: { case: 'dimParam' as const, value: EXAMPLES } };
  const dim = [examples, { value: { case: 'dimValue' as const, value: size } }];
  const value = { elemType: elementTypes.float32, shape: { dim } };
  return create(TypeProtoSchema, { value: { case: 'tensorType', value } });
}

test('features of a file are features here', () => {
  expect(ownType(batchOf(7n))).toEqual(features(7));
  expect(typeProtoOf(features(7))).toEqual(batchOf(7n));
});

test.each([2n ** 63n - 1n, 2n ** 53n + 1n, 0n, -1n])(
  'a size of %s is nobody else’s, and stays what the file says',
  (size) => {
    const type = ownType(batchOf(size));
    expect(type.foreign).toContain(String(size));
    expect(typeProtoOf(type)).toBeUndefined();
    expect(toBinary(TypeProtoSchema, batchOf(size)).length).toBeGreaterThan(0);
  },
);
