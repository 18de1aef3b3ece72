import { getTextEncoding } from '@bufbuild/protobuf/wire';

/** A float32 tensor whose values are made when they are written. */
export interface StreamedTensor {
  readonly dims: readonly number[];
  readonly values: () => Float32Array;
}

/** The safetensors format in pieces, with one tensor in memory at a time. */
export function* streamSafetensors(
  tensors: ReadonlyMap<string, StreamedTensor>,
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dims }] of tensors) {
    const bytes = dims.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT);
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = getTextEncoding().encodeUtf8(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = new Uint8Array(8 + headerBytes).fill(0x20);
  start.set(json, 8);
  new DataView(start.buffer).setBigUint64(0, BigInt(headerBytes), true);
  yield start;
  for (const [name, { dims, values }] of tensors) {
    const data = values();
    const count = dims.reduce((product, size) => product * size, 1);
    if (data.length !== count) throw new Error(`${name} has ${data.length} values where its shape wants ${count}.`);
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}
