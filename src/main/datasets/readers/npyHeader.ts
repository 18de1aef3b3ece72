import type { ElementType } from '../elementTypes.ts';

/** What the header of a NumPy array says. */
export interface NpyHeader {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Where the numbers begin, in bytes. */
  readonly dataAt: number;
}

/** Bytes that hold any header this reads: names of fields, which would make it longer, are refused. */
export const NPY_HEADER_BYTES = 4096;
/** More numbers than any array that fits a disk; a hostile header must not decide how much is read. */
const MOST_NUMBERS = 2 ** 40;

const types: Readonly<Record<string, ElementType>> = {
  b1: 'uint8',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** Reads the header of a `.npy` file; says what is wrong with it otherwise. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader | { readonly why: string; readonly expected?: string } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (magic.some((byte, index) => bytes[index] !== byte) || bytes.length < 12) return { why: 'It is no NumPy array.' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (bytes[6] ?? 1) >= 2;
  const headerAt = long ? 12 : 10;
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  if (headerAt + length > bytes.length) return { why: 'Its header is cut off.' };
  const text = Buffer.from(bytes.subarray(headerAt, headerAt + length)).toString('latin1');
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text);
  if (descr === null || order === null || shape === null) {
    return { why: 'Its elements are no plain numbers.', expected: 'an array of numbers or bools' };
  }
  const [, endian = '', code = ''] = descr;
  const type = Object.hasOwn(types, code) ? types[code] : undefined;
  if (type === undefined) {
    return {
      why: `Its elements are of type "${endian}${code}".`,
      expected: 'bool, uint8 to int64, float16 to float64',
    };
  }
  if (endian === '>') return { why: 'Its numbers have the highest byte first.', expected: 'array.astype("<f4")' };
  const dims = (shape[1] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (order[1] === 'True' && dims.filter((dim) => dim > 1).length > 1) {
    return { why: 'It is stored column by column.', expected: 'numpy.ascontiguousarray(array)' };
  }
  const numbers = dims.reduce((product, dim) => product * dim, 1);
  if (!(numbers <= MOST_NUMBERS)) return { why: `Its header says ${dims.join('×')} numbers, more than any file has.` };
  return { type, shape: dims, dataAt: headerAt + length };
}
