import { create } from '@bufbuild/protobuf';
import { TensorProtoSchema, type TensorProto } from '../../targets/protobuf/generated/onnx_pb.js';
import { elementBits, elementTypes } from './elementTypes.ts';

/** Numbers of a tensor: exact for every float type and for whole numbers up to 2^53. */
export type Numbers = Float32Array | Float64Array;

/** A tensor whose values the file holds, or that follow from such values. */
export interface ConstantTensor {
  readonly elementType: number;
  readonly dims: readonly number[];
  /** Row-major; `undefined` for strings, complex numbers and types of less than a byte. Throws nothing: sizes were checked. */
  numbers(): Numbers | undefined;
  /** The tensor as ONNX writes it. */
  proto(name: string): TensorProto;
}

/** Reads part of a file beside the model; `undefined` where there is no such part. */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Uint8Array | undefined;

/** What is wrong with a tensor. */
export interface TensorProblem {
  readonly code: string;
  readonly message: string;
}

/** Elements of a tensor of these dims. */
export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Makes a constant of numbers that were computed. */
export function constantOf(elementType: number, dims: readonly number[], values: Numbers): ConstantTensor {
  return {
    elementType,
    dims,
    numbers: () => values,
    proto: (name) =>
      create(TensorProtoSchema, {
        name,
        dims: dims.map(BigInt),
        dataType: elementType,
        rawData: rawDataOf(elementType, values),
      }),
  };
}

/** Makes a constant that has one value everywhere; its numbers are laid out anew each time that they are asked for. */
export function filledWith(elementType: number, dims: readonly number[], value: number): ConstantTensor {
  const numbers = (): Numbers => {
    const count = countOf(dims);
    return elementType === elementTypes.float32
      ? new Float32Array(count).fill(value)
      : new Float64Array(count).fill(value);
  };
  return { elementType, dims, numbers, proto: (name) => constantOf(elementType, dims, numbers()).proto(name) };
}

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;

function rawDataOf(elementType: number, values: Numbers): Uint8Array {
  switch (elementType) {
    case elementTypes.float32:
      return bytesOf(values instanceof Float32Array ? values : Float32Array.from(values));
    case elementTypes.float64:
      return bytesOf(Float64Array.from(values));
    case elementTypes.int64:
    case elementTypes.uint64: {
      const whole = Array.from(values, (value) => {
        if (!Number.isFinite(value)) return value > 0 ? GREATEST_INT64 : LEAST_INT64;
        const exact = BigInt(Math.trunc(value));
        return exact > GREATEST_INT64 ? GREATEST_INT64 : exact < LEAST_INT64 ? LEAST_INT64 : exact;
      });
      return bytesOf(BigInt64Array.from(whole));
    }
    case elementTypes.int32:
      return bytesOf(Int32Array.from(values));
    case elementTypes.uint32:
      return bytesOf(Uint32Array.from(values));
    case elementTypes.int16:
    case elementTypes.uint16:
      return bytesOf(Int16Array.from(values));
    case elementTypes.float16:
      return bytesOf(Uint16Array.from(values, toHalf));
    case elementTypes.bfloat16:
      return bytesOf(Uint16Array.from(values, (value) => (singleBits(value) + 0x8000) >>> 16));
    case elementTypes.int8:
    case elementTypes.uint8:
    case elementTypes.bool:
      return bytesOf(Int8Array.from(values));
    default:
      throw new Error(`Numbers are not written as element type ${elementType}.`);
  }
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Reads a tensor of the file, or says what is wrong with it. Numbers are made when they are asked for. */
export function readTensor(tensor: TensorProto, external: ReadExternal): ConstantTensor | TensorProblem {
  const dims = tensor.dims.map(Number);
  if (dims.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    return broken(tensor, `its sizes [${tensor.dims.join(', ')}] are no sizes.`);
  }
  const count = countOf(dims);
  if (!Number.isSafeInteger(count)) return broken(tensor, `it has more elements than can be counted.`);
  const isExternal = Number(tensor.dataLocation) === EXTERNAL;
  const bytes = isExternal ? readOutside(tensor, external) : tensor.rawData;
  if ('code' in bytes) return bytes;
  if (bytes.length > 0 || isExternal) {
    const width = elementBits(tensor.dataType);
    if (width === undefined) return broken(tensor, `raw data of element type ${tensor.dataType} is not known.`);
    const expected = Math.ceil((count * width) / 8);
    if (bytes.length !== expected) {
      return broken(tensor, `it has ${bytes.length} bytes where its shape [${dims.join(', ')}] wants ${expected}.`);
    }
    return stored(tensor, dims, isExternal, bytes, () => numbersIn(tensor.dataType, bytes, count));
  }
  const held = heldNumbers(tensor, count);
  if (held === undefined) return stored(tensor, dims, false, bytes, () => undefined);
  if (held.length !== heldCount(tensor.dataType, count)) {
    return broken(tensor, `it has ${held.length} values where its shape [${dims.join(', ')}] wants ${count}.`);
  }
  return stored(tensor, dims, false, bytes, () => fromFields(tensor.dataType, held));
}

const EXTERNAL = 1;

function stored(
  tensor: TensorProto,
  dims: readonly number[],
  isExternal: boolean,
  bytes: Uint8Array,
  read: () => Numbers | undefined,
): ConstantTensor {
  let known: Numbers | undefined;
  return {
    elementType: tensor.dataType,
    dims,
    numbers: () => (known ??= read()),
    proto: (name) =>
      isExternal
        ? create(TensorProtoSchema, { name, dims: tensor.dims, dataType: tensor.dataType, rawData: bytes })
        : { ...tensor, name },
  };
}

function readOutside(tensor: TensorProto, external: ReadExternal): Uint8Array | TensorProblem {
  const told = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = told.get('location') ?? '';
  const numberAt = (key: string): number | undefined => {
    const text = told.get(key);
    return text === undefined ? undefined : Number(text);
  };
  const [offset = 0, length] = [numberAt('offset'), numberAt('length')];
  const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;
  if (!isSize(offset) || (length !== undefined && !isSize(length))) {
    return broken(tensor, 'its place in the data file is no number.');
  }
  if (isOutside(location)) {
    return {
      code: 'onnx/external-path',
      message: `The tensor "${tensor.name}" is said to be in "${location}", which is not in the folder of the model.`,
    };
  }
  const bytes = external(location, offset, length);
  return (
    bytes ?? {
      code: 'onnx/external-data',
      message: `The tensor "${tensor.name}" is in the file "${location}" beside the model, which is missing or too short.`,
    }
  );
}

/** Whether a path leaves the folder of the model. */
function isOutside(location: string): boolean {
  const parts = location.split(/[\\/]/);
  return location === '' || /^[\\/]|^[A-Za-z]:|\0/.test(location) || parts.includes('..');
}

function broken(tensor: TensorProto, what: string): TensorProblem {
  return { code: 'onnx/tensor', message: `The tensor "${tensor.name}" is damaged: ${what}` };
}

/** The values that stand in a field of their own kind. */
function heldNumbers(tensor: TensorProto, count: number): readonly (number | bigint)[] | undefined {
  const { int32Data, int64Data, floatData, doubleData, uint64Data } = tensor;
  switch (tensor.dataType) {
    case elementTypes.float32:
    case elementTypes.complex64:
      return floatData;
    case elementTypes.float64:
    case elementTypes.complex128:
      return doubleData;
    case elementTypes.int64:
      return int64Data;
    case elementTypes.uint32:
    case elementTypes.uint64:
      return uint64Data;
    case elementTypes.string:
      return tensor.stringData.length === count ? undefined : [];
    default:
      return int32Data;
  }
}

function heldCount(elementType: number, count: number): number {
  if (elementType === elementTypes.complex64 || elementType === elementTypes.complex128) return 2 * count;
  const width = elementBits(elementType) ?? 8;
  return width < 8 ? Math.ceil((count * width) / 8) : count;
}

function fromFields(elementType: number, values: readonly (number | bigint)[]): Numbers | undefined {
  const width = elementBits(elementType) ?? 0;
  switch (elementType) {
    case elementTypes.float32:
      return Float32Array.from(values, Number);
    case elementTypes.float16:
      return Float32Array.from(values, (value) => fromHalf(Number(value)));
    case elementTypes.bfloat16:
      return Float32Array.from(values, (value) => fromBrain(Number(value)));
    case elementTypes.complex64:
    case elementTypes.complex128:
      return undefined;
    default:
      return width < 8 || isEightBitFloat(elementType) ? undefined : Float64Array.from(values, Number);
  }
}

function isEightBitFloat(elementType: number): boolean {
  return (elementType >= 17 && elementType <= 20) || elementType === elementTypes.float8e8m0;
}

/** Little-endian numbers, whatever the alignment of the file. */
function numbersIn(elementType: number, bytes: Uint8Array, count: number): Numbers | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (width: number, at: (offset: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => at(i * width));
  switch (elementType) {
    case elementTypes.float32:
      // A copy: the bytes need not be aligned to four.
      return new Float32Array(new Uint8Array(bytes).buffer);
    case elementTypes.float64:
      return new Float64Array(new Uint8Array(bytes).buffer);
    case elementTypes.float16:
      return Float32Array.from({ length: count }, (_, i) => fromHalf(view.getUint16(i * 2, true)));
    case elementTypes.bfloat16:
      return Float32Array.from({ length: count }, (_, i) => fromBrain(view.getUint16(i * 2, true)));
    case elementTypes.int64:
      return read(8, (at) => Number(view.getBigInt64(at, true)));
    case elementTypes.uint64:
      return read(8, (at) => Number(view.getBigUint64(at, true)));
    case elementTypes.int32:
      return read(4, (at) => view.getInt32(at, true));
    case elementTypes.uint32:
      return read(4, (at) => view.getUint32(at, true));
    case elementTypes.int16:
      return read(2, (at) => view.getInt16(at, true));
    case elementTypes.uint16:
      return read(2, (at) => view.getUint16(at, true));
    case elementTypes.int8:
      return read(1, (at) => view.getInt8(at));
    case elementTypes.uint8:
    case elementTypes.bool:
      return read(1, (at) => view.getUint8(at));
    default:
      return undefined;
  }
}

const scratch = new DataView(new ArrayBuffer(4));

function singleBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

function fromBrain(bits: number): number {
  scratch.setUint32(0, (bits & 0xffff) * 0x1_0000);
  return scratch.getFloat32(0);
}

/** The number that sixteen bits stand for (IEEE 754 binary16). */
function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest binary16, ties to even. */
function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size === 0 ? 1e-30 : size)));
  const steps = size / 2 ** (exponent - 10);
  const floor = Math.floor(steps);
  const rest = steps - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  // A fraction that overflows counts up the exponent, as the bits are arranged.
  return sign | (exponent === -14 && rounded < 1024 ? rounded : ((exponent + 15) << 10) + rounded - 1024);
}
