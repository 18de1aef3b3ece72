import type { MessageInitShape } from '@bufbuild/protobuf';
import { assertNever } from '../../core/diagnostic.ts';
import type { DType } from '../../core/shape.ts';
import type { Dims } from '../../program/program.ts';
import { DataType, type AttrValueSchema, type TensorProtoSchema } from '../protobuf/generated/tensorflow_pb.js';

/** One attribute of a TensorFlow node. */
export type NodeAttribute = MessageInitShape<typeof AttrValueSchema>;
export type NodeAttributes = Readonly<Record<string, NodeAttribute>>;

/** TensorFlow's number for an element type. */
export function dataTypeOf(dtype: DType): DataType {
  switch (dtype) {
    case 'float32':
      return DataType.DT_FLOAT;
    case 'int32':
      return DataType.DT_INT32;
    default:
      return assertNever(dtype);
  }
}

/** A type attribute, such as `T`. */
export function type(value: DType | DataType): NodeAttribute {
  return { value: { case: 'type', value: typeof value === 'string' ? dataTypeOf(value) : value } };
}

export function flag(value: boolean): NodeAttribute {
  return { value: { case: 'b', value } };
}

export function integer(value: number): NodeAttribute {
  return { value: { case: 'i', value: BigInt(value) } };
}

export function real(value: number): NodeAttribute {
  return { value: { case: 'f', value } };
}

/** An ASCII text. */
export function text(value: string): NodeAttribute {
  return { value: { case: 's', value: Uint8Array.from(value, (letter) => letter.charCodeAt(0)) } };
}

export function integers(values: readonly number[]): NodeAttribute {
  return { value: { case: 'list', value: { i: values.map(BigInt) } } };
}

/** A shape attribute; sizes that depend on the batch are unknown to TensorFlow. */
export function shape(dims: Dims): NodeAttribute {
  return { value: { case: 'shape', value: { dim: dims.map((dim) => ({ size: BigInt(Math.max(dim, -1)) })) } } };
}

/** The value of a `Const`; `content` is little-endian. */
export function tensor(dtype: DataType, dims: readonly number[], content: Uint8Array): NodeAttribute {
  const value: MessageInitShape<typeof TensorProtoSchema> = {
    dtype,
    tensorShape: { dim: dims.map((dim) => ({ size: BigInt(dim) })) },
    tensorContent: content,
  };
  return { value: { case: 'tensor', value } };
}
