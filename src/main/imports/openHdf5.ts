import type { KerasTensor } from '../../graph-engine/sources/keras/kerasWeights.ts';
import { cannotImport } from './cannotImport.ts';
import type { Hdf5Answer, Hdf5Order } from './hdf5Messages.ts';
import { takeHdf5Thread } from './hdf5Thread.ts';

/** What an HDF5 file holds. */
export interface Hdf5Content {
  /** By their places; numbers are read when they are asked for, until it is closed. */
  readonly tensors: ReadonlyMap<string, KerasTensor>;
  /** Texts that the file says of itself. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly close: () => void;
}

/** Processor time for a file however small, and how many of its bytes take a second more: many times what true files need. */
const LEAST_SECONDS = 1.2;
const BYTES_A_SECOND = 1_000_000;

let opened = 0;

/** Opens an HDF5 file out of its bytes. Throws a `HostFailure` where it is none, damaged or a trap; `file` names it. */
export async function openHdf5(file: string, bytes: Uint8Array): Promise<Hdf5Content> {
  const thread = await takeHdf5Thread(bytes.length);
  const id = opened++;
  let left = LEAST_SECONDS + bytes.length / BYTES_A_SECOND;
  const ask = (order: Hdf5Order): Extract<Hdf5Answer, { ok: true }> => {
    const { answer, seconds } = thread.ask(order, left);
    left -= seconds;
    if (answer?.ok === true) return answer;
    throw damaged(file, answer?.why ?? 'it leads in circles, or asks for more than it can hold.');
  };
  try {
    const { outline } = ask({ kind: 'open', id, bytes });
    const tensors = new Map<string, KerasTensor>();
    for (const { place, dims } of outline?.tensors ?? []) {
      tensors.set(place, {
        dims,
        values: () => ask({ kind: 'read', id, place }).numbers ?? new Float32Array(),
      });
    }
    return {
      tensors,
      attributes: new Map(outline?.attributes ?? []),
      close() {
        thread.ask({ kind: 'close', id }, LEAST_SECONDS);
        thread.giveBack();
      },
    };
  } catch (error) {
    thread.giveBack();
    throw error;
  }
}

function damaged(file: string, why: string): Error {
  return cannotImport(file, {
    code: 'keras/damaged',
    message: `Its weights cannot be read: ${why}`,
    expected: 'an HDF5 file as Keras writes it',
  });
}
