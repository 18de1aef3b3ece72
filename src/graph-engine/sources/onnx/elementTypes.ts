/** `TensorProto.DataType` of onnx.proto, by number. */
export const elementTypes = {
  undefined: 0,
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
} as const;

const names = new Map<number, string>(Object.entries(elementTypes).map(([name, code]) => [code, name]));

const bits: ReadonlyMap<number, number> = new Map([
  [elementTypes.float32, 32],
  [elementTypes.uint8, 8],
  [elementTypes.int8, 8],
  [elementTypes.uint16, 16],
  [elementTypes.int16, 16],
  [elementTypes.int32, 32],
  [elementTypes.int64, 64],
  [elementTypes.bool, 8],
  [elementTypes.float16, 16],
  [elementTypes.float64, 64],
  [elementTypes.uint32, 32],
  [elementTypes.uint64, 64],
  [elementTypes.complex64, 64],
  [elementTypes.complex128, 128],
  [elementTypes.bfloat16, 16],
  [elementTypes.float8e4m3fn, 8],
  [elementTypes.float8e4m3fnuz, 8],
  [elementTypes.float8e5m2, 8],
  [elementTypes.float8e5m2fnuz, 8],
  [elementTypes.uint4, 4],
  [elementTypes.int4, 4],
  [elementTypes.float4e2m1, 4],
  [elementTypes.float8e8m0, 8],
  [elementTypes.uint2, 2],
  [elementTypes.int2, 2],
]);

/** The name of an element type, such as `int64`. */
export function elementTypeName(code: number): string {
  return names.get(code) ?? `type ${code}`;
}

/** Bits of one element as raw data holds it; `undefined` for strings and for types of another version. */
export function elementBits(code: number): number | undefined {
  return bits.get(code);
}

/** Whether numbers of this type are read as 32-bit floats without a change of meaning, though perhaps of digits. */
export function isFloating(code: number): boolean {
  return (
    code === elementTypes.float32 ||
    code === elementTypes.float16 ||
    code === elementTypes.bfloat16 ||
    code === elementTypes.float64
  );
}

/** Whether numbers of this type are whole. */
export function isWhole(code: number): boolean {
  return wholeTypes.has(code);
}

const wholeTypes: ReadonlySet<number> = new Set([
  elementTypes.uint8,
  elementTypes.int8,
  elementTypes.uint16,
  elementTypes.int16,
  elementTypes.int32,
  elementTypes.int64,
  elementTypes.uint32,
  elementTypes.uint64,
]);

/** Whether an element is a float of sixteen bits. */
export function isHalf(code: number): boolean {
  return code === elementTypes.float16 || code === elementTypes.bfloat16;
}
