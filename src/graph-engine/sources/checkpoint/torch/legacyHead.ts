import { fail, ok, type Result } from '../../../core/diagnostic.ts';
import { pickledAs, type Pickled } from './pickled.ts';
import { readPickle, type PickleEnd } from './readPickle.ts';
import { storageOf, type TorchStorage } from './stateTensors.ts';

/** What stands before the numbers in a file that torch before 1.6 wrote, or a later one when told to. */
export interface LegacyHead {
  readonly root: Pickled;
  /** In the order in which their numbers follow, each behind their count in eight bytes. */
  readonly storages: readonly TorchStorage[];
  /** Where the first of them begins. */
  readonly end: number;
}

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** Whether a file begins as one of torch before 1.6. */
export function isLegacy(beginning: Uint8Array): boolean {
  const magic = readPickle(beginning);
  return magic.ok && magic.value.value === MAGIC;
}

/** Reads the five pickles at the beginning of such a file: magic number, protocol, machine, checkpoint, keys of storages. */
export function readLegacyHead(bytes: Uint8Array): Result<LegacyHead> {
  const pickles: PickleEnd[] = [];
  let at = 0;
  for (let i = 0; i < 5; i++) {
    const pickle = readPickle(bytes, at);
    if (!pickle.ok) return pickle;
    at = pickle.value.end;
    pickles.push(pickle.value);
  }
  const [, protocol, machine, root, keys] = pickles;
  if (root === undefined || keys === undefined) throw new Error('Five pickles were read');
  if (protocol?.value !== PROTOCOL) {
    return fail({
      code: 'weights/newer-format',
      message: 'It is of another version of the format.',
      expected: String(PROTOCOL),
      received: typeof protocol?.value === 'number' ? String(protocol.value) : 'no number',
    });
  }
  const told = pickledAs(machine?.value, 'dict')?.entries.find(([key]) => key === 'little_endian')?.[1];
  if (told === false)
    return fail({ code: 'weights/byte-order', message: 'It was written with the highest byte first.' });
  const known = new Map<string, TorchStorage>();
  for (const outside of root.outside) {
    const stored = storageOf(outside);
    if (typeof stored === 'string')
      return fail({ code: 'weights/damaged', message: `In one of its tensors: ${stored}` });
    known.set(stored.storage.key, stored.storage);
  }
  const storages: TorchStorage[] = [];
  for (const key of pickledAs(keys.value, 'list')?.items ?? []) {
    const storage = typeof key === 'string' ? known.get(key) : undefined;
    if (storage === undefined) {
      return fail({ code: 'weights/damaged', message: `Its storage ${JSON.stringify(key)} belongs to no tensor.` });
    }
    storages.push(storage);
  }
  return ok({ root: root.value, storages, end: at });
}
