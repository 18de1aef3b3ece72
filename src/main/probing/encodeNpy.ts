/** A NumPy file (format 1.0) of little-endian float32 or int32 numbers in row-major order. */
export function encodeNpy(data: Float32Array | Int32Array, dims: readonly number[]): Uint8Array {
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const described = `{'descr': '${data instanceof Int32Array ? '<i4' : '<f4'}', 'fortran_order': False, 'shape': ${shape}, }`;
  // The header ends with a new line, and the data begin at a multiple of 64.
  const length = Math.ceil((10 + described.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + length + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  out.set(new TextEncoder().encode(`${described.padEnd(length - 1)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return out;
}
