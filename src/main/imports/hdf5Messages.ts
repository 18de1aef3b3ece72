import type { MessagePort } from 'node:worker_threads';

/** What the thread that reads HDF5 files is asked for; `id` is that of an open file. */
export type Hdf5Order =
  | { readonly kind: 'open'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'read'; readonly id: number; readonly place: string }
  | { readonly kind: 'close'; readonly id: number };

/** What a file holds, without its numbers. */
export interface Hdf5Outline {
  readonly tensors: readonly { readonly place: string; readonly dims: readonly number[] }[];
  /** Texts that the file says of itself. */
  readonly attributes: readonly (readonly [name: string, text: string])[];
}

/** What comes back: the outline, numbers, or why there are none. */
export type Hdf5Answer =
  | { readonly ok: true; readonly outline?: Hdf5Outline; readonly numbers?: Float32Array }
  | { readonly ok: false; readonly why: string };

/** What the thread is started with. */
export interface Hdf5ThreadData {
  /** Where orders come from and answers go. */
  readonly port: MessagePort;
  /** Set to 1 when an answer lies in the port: whoever waits for it stands still meanwhile. */
  readonly answered: Int32Array;
}
