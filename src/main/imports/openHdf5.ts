import type { Dataset, File } from 'h5wasm';
import type { KerasTensor } from '../../graph-engine/sources/keras/kerasWeights.ts';
import { cannotImport } from './cannotImport.ts';

/** What an HDF5 file holds. */
export interface Hdf5Content {
  /** By their places; numbers are read when they are asked for, until it is closed. */
  readonly tensors: ReadonlyMap<string, KerasTensor>;
  /** Texts that the file says of itself. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly close: () => void;
}

/** More things in one file are refused. */
const MOST_PLACES = 1_000_000;
/** Compressed numbers take at least so small a part of themselves. */
const COMPRESSION = 1000;

let opened = 0;

/**
 * Opens an HDF5 file out of its bytes, by the library of the HDF Group in WebAssembly, which sees nothing but these bytes. Throws a
 * `HostFailure` where it is none or damaged; `file` names it.
 */
export async function openHdf5(file: string, bytes: Uint8Array): Promise<Hdf5Content> {
  const library = await import('h5wasm');
  const { FS, activate_throwing_error_handler: throwErrors } = await library.ready;
  throwErrors();
  const own = `/model-${opened++}.h5`;
  FS.writeFile(own, bytes);
  const release = (): void => FS.unlink(own);
  let content: File;
  try {
    content = new library.File(own, 'r');
  } catch (error) {
    release();
    throw damaged(file, error);
  }
  const close = (): void => {
    content.close();
    release();
  };
  try {
    const places = content.paths();
    if (places.length > MOST_PLACES) throw new Error(`It holds ${places.length} things.`);
    const tensors = new Map<string, KerasTensor>();
    for (const place of places) {
      const found = content.get(place);
      if (found instanceof library.Dataset) tensors.set(place, tensorOf(file, place, found, bytes.length));
    }
    const attributes = Object.entries(content.attrs).flatMap(([name, { value }]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    );
    return { tensors, attributes: new Map(attributes), close };
  } catch (error) {
    close();
    throw damaged(file, error);
  }
}

function tensorOf(file: string, place: string, dataset: Dataset, fileBytes: number): KerasTensor {
  const { shape, size } = dataset.metadata;
  const dims = shape ?? [];
  const wanted = dims.reduce((product, dim) => product * dim, size);
  return {
    dims,
    values() {
      const most = fileBytes * (dataset.filters.length > 0 ? COMPRESSION : 1);
      if (wanted > most) throw damaged(file, new Error(`"${place}" says it holds more than the file.`));
      let value: unknown;
      try {
        ({ value } = dataset);
      } catch (error) {
        throw damaged(file, error);
      }
      if (value instanceof Float32Array) return value;
      if (typeof value === 'number') return Float32Array.of(value);
      if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
        return Float32Array.from(value as unknown as ArrayLike<number>, Number);
      }
      throw damaged(file, new Error(`"${place}" holds no numbers.`));
    },
  };
}

function damaged(file: string, error: unknown): Error {
  // What HDF5 says first is where it stopped; the rest are the ways it came there.
  const [, reason = ''] = /#\d+: .*?: (.+)/.exec(error instanceof Error ? error.message : '') ?? [];
  const said = reason === '' && error instanceof Error ? (error.message.split('\n')[0] ?? '') : reason;
  return cannotImport(file, {
    code: 'keras/damaged',
    message: `Its weights cannot be read: ${said}`,
    expected: 'an HDF5 file as Keras writes it',
  });
}
