import { strToU8, Zip, ZipPassThrough } from 'fflate';
import type { StreamedTensor } from '../safetensors/streamSafetensors.ts';

/** Archives of this kind end here: sizes in them have 32 bits. */
export const MAXIMUM_NPZ = 2 ** 32 - 2 ** 20;

/** `.npz` as `numpy.savez` writes it, one float32 array for each tensor, one at a time. */
export function* streamNpz(tensors: ReadonlyMap<string, StreamedTensor>): Generator<Uint8Array> {
  const written: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error !== null) throw error;
    written.push(chunk);
  });
  for (const [name, { dims, values }] of tensors) {
    const data = values();
    const count = dims.reduce((product, size) => product * size, 1);
    if (data.length !== count) throw new Error(`${name} has ${data.length} values where its shape wants ${count}.`);
    const member = new ZipPassThrough(`${name}.npy`);
    // The same file for the same numbers, whenever it is written.
    member.mtime = new Date(1980, 0, 1);
    archive.add(member);
    member.push(header(dims));
    member.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), true);
    yield* written.splice(0);
  }
  archive.end();
  yield* written.splice(0);
}

/** The first bytes of an `.npy`, version 1.0; numbers begin at a multiple of 64. */
function header(dims: readonly number[]): Uint8Array {
  const shape = dims.length === 1 ? `(${dims.join()},)` : `(${dims.join(', ')})`;
  const said = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + said.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([0x93, ...strToU8('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(strToU8(said), 10);
  bytes[length - 1] = 0x0a;
  return bytes;
}
