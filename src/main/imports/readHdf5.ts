import type { Dataset, File } from 'h5wasm';
import type { Hdf5Answer, Hdf5Order, Hdf5Outline } from './hdf5Messages.ts';

/** More things in one file are refused. */
const MOST_PLACES = 1_000_000;
/** Compressed numbers take at least so small a part of themselves. */
const COMPRESSION = 100;

interface OpenFile {
  readonly content: File;
  readonly bytes: number;
  readonly release: () => void;
}

/**
 * Answers orders by the library of the HDF Group in WebAssembly, which sees nothing but the bytes it is given. A broken file may
 * keep it busy for ever, and take memory that it never gives back: this runs in a thread that can be ended.
 */
export async function createHdf5Reader(): Promise<(order: Hdf5Order) => Hdf5Answer> {
  const { Dataset: DatasetClass, File: FileClass, ready } = await import('h5wasm');
  const { FS, activate_throwing_error_handler: throwErrors } = await ready;
  throwErrors();
  const files = new Map<number, OpenFile>();

  const open = (id: number, bytes: Uint8Array): Hdf5Outline => {
    const own = `/model-${id}.h5`;
    FS.writeFile(own, bytes);
    const release = (): void => FS.unlink(own);
    let content: File;
    try {
      content = new FileClass(own, 'r');
    } catch (error) {
      release();
      throw error;
    }
    files.set(id, { content, bytes: bytes.length, release });
    const places = content.paths();
    if (places.length > MOST_PLACES) throw new Error(`It holds ${places.length} things.`);
    return {
      tensors: places.flatMap((place) => {
        const found = content.get(place);
        return found instanceof DatasetClass ? [{ place, dims: found.metadata.shape ?? [] }] : [];
      }),
      attributes: Object.entries(content.attrs).flatMap(([name, { value }]) =>
        typeof value === 'string' ? [[name, value] as const] : [],
      ),
    };
  };

  const read = (id: number, place: string): Float32Array => {
    const file = files.get(id);
    const found = file?.content.get(place);
    if (file === undefined || !(found instanceof DatasetClass)) throw new Error(`There is no "${place}".`);
    return numbersOf(place, found, file.bytes);
  };

  const close = (id: number): void => {
    const file = files.get(id);
    files.delete(id);
    file?.content.close();
    file?.release();
  };

  return (order) => {
    try {
      switch (order.kind) {
        case 'open':
          return { ok: true, outline: open(order.id, order.bytes) };
        case 'read':
          return { ok: true, numbers: read(order.id, order.place) };
        case 'close':
          close(order.id);
          return { ok: true };
      }
    } catch (error) {
      if (order.kind === 'open') close(order.id);
      return { ok: false, why: reasonOf(error) };
    }
  };
}

function numbersOf(place: string, dataset: Dataset, fileBytes: number): Float32Array {
  const { shape, size } = dataset.metadata;
  const wanted = (shape ?? []).reduce((product, dim) => product * dim, size);
  const most = fileBytes * (dataset.filters.length > 0 ? COMPRESSION : 1);
  if (wanted > most) throw new Error(`"${place}" says it holds more than the file.`);
  const { value } = dataset as { readonly value: unknown };
  if (value instanceof Float32Array) return value;
  if (typeof value === 'number') return Float32Array.of(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Float32Array.from(value as unknown as ArrayLike<number>, Number);
  }
  throw new Error(`"${place}" holds no numbers.`);
}

/** What HDF5 says first is where it stopped; the rest are the ways it came there. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, reason = ''] = /#\d+: .*?: (.+)/.exec(text) ?? [];
  return reason === '' ? (text.split('\n')[0] ?? '') : reason;
}
