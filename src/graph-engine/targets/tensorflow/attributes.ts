import { assertNever } from '../../core/diagnostic.ts';
import type { Dims, ElementType } from '../../program/program.ts';
import { DataType } from '../protobuf/generated/tensorflow_pb.js';
import { asciiField, bytesField, concatBytes, floatField, varintField } from '../protobuf/wireBytes.ts';

/** One attribute of a TensorFlow node: the bytes of an `AttrValue`, whose fields the functions here number. */
export type NodeAttribute = Uint8Array;
export type NodeAttributes = Readonly<Record<string, NodeAttribute>>;

/** TensorFlow's number for an element type. */
export function dataTypeOf(dtype: ElementType): DataType {
  switch (dtype) {
    case 'float32':
      return DataType.DT_FLOAT;
    case 'bfloat16':
      return DataType.DT_BFLOAT16;
    case 'float16':
      return DataType.DT_HALF;
    case 'int32':
      return DataType.DT_INT32;
    default:
      return assertNever(dtype);
  }
}

/** Attributes are few and their uses many. */
function remembered<Value>(encode: (value: Value) => NodeAttribute, keyOf: (value: Value) => unknown) {
  const known = new Map<unknown, NodeAttribute>();
  return (value: Value): NodeAttribute => {
    const key = keyOf(value);
    let attribute = known.get(key);
    if (attribute === undefined) known.set(key, (attribute = encode(value)));
    return attribute;
  };
}

const itself = (value: unknown): unknown => value;

/** A type attribute, such as `T`. */
export const type = remembered<ElementType | DataType>(
  (value) => varintField(6, typeof value === 'string' ? dataTypeOf(value) : value),
  itself,
);

export const flag = remembered<boolean>((value) => varintField(5, value ? 1 : 0), itself);

export const integer = remembered<number>((value) => varintField(3, value), itself);

export function real(value: number): NodeAttribute {
  return floatField(4, value);
}

/** An ASCII text. */
export function text(value: string): NodeAttribute {
  return asciiField(2, value);
}

export const integers = remembered<readonly number[]>(
  (values) => bytesField(1, concatBytes(values.map((value) => varintField(3, value)))),
  (values) => values.join(),
);

/** Texts as an element type; beyond the part of TensorFlow's schema that is kept here. */
const DT_STRING = 7;
export const textType: NodeAttribute = varintField(6, DT_STRING);

/** A list of type attributes, such as `dtypes`. */
export function types(values: readonly (ElementType | DataType)[]): NodeAttribute {
  return bytesField(
    1,
    concatBytes(values.map((value) => varintField(6, typeof value === 'string' ? dataTypeOf(value) : value))),
  );
}

/** The value of a `Const` of ASCII texts. */
export function texts(dims: readonly number[], values: readonly string[]): NodeAttribute {
  const message = [
    varintField(1, DT_STRING),
    bytesField(2, shapeMessage(dims)),
    ...values.map((value) => asciiField(8, value)),
  ];
  return bytesField(8, concatBytes(message));
}

/** A shape attribute; sizes that depend on the batch are unknown to TensorFlow. */
export const shape = remembered<Dims>(
  (dims) => bytesField(7, shapeMessage(dims.map((dim) => Math.max(dim, -1)))),
  (dims) => dims.join(),
);

/** The value of a `Const`; `content` is little-endian. */
export function tensor(dtype: DataType, dims: readonly number[], content: Uint8Array): NodeAttribute {
  return bytesField(8, concatBytes([varintField(1, dtype), bytesField(2, shapeMessage(dims)), bytesField(4, content)]));
}

/** A `TensorShapeProto`. */
export function shapeMessage(sizes: readonly number[]): Uint8Array {
  return concatBytes(sizes.map((size) => bytesField(2, varintField(1, size))));
}
