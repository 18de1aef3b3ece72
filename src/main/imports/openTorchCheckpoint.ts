import { closeSync, fstatSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Problem, Result } from '../../graph-engine/core/diagnostic.ts';
import { isLegacy, readLegacyHead, type LegacyHead } from '../../graph-engine/sources/checkpoint/torch/legacyHead.ts';
import type { Pickled } from '../../graph-engine/sources/checkpoint/torch/pickled.ts';
import { readPickle } from '../../graph-engine/sources/checkpoint/torch/readPickle.ts';
import { stateTensors } from '../../graph-engine/sources/checkpoint/torch/stateTensors.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { checkpointOf, damagedWeights, readBytes, type Checkpoint, type TensorFile } from './tensorFiles.ts';
import { openTorchArchive, type ArchivedStorages } from './openTorchArchive.ts';

/** Where the storages of a file lie, and what it says of them. */
interface PlacedStorages {
  readonly root: Pickled;
  readonly places: ArchivedStorages;
}

const BEGINNING = 64;
const FIRST_WINDOW = 2 ** 20;
/** The list of tensors of a checkpoint is a hundredth of that. */
const LARGEST_LIST = 2 ** 26;

/**
 * Opens what `torch.save` wrote, as an archive or in the older format, without running anything of it. Throws a `HostFailure`
 * where it is something else, damaged, or names more than tensors and plain values.
 */
export async function openTorchCheckpoint(file: string): Promise<Checkpoint> {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const beginning = readBytes(handle, 0, Math.min(BEGINNING, size));
    const placed =
      beginning[0] === 0x50 && beginning[1] === 0x4b
        ? await placeArchived(file)
        : placeLegacy(file, handle, size, beginning);
    const tensors = new Map<string, TensorFile>();
    for (const [name, { storage, type, start, dims, strides }] of readable(file, stateTensors(placed.root))) {
      const place = placed.places.get(storage.key);
      if (place === undefined || place.bytes < storage.bytes) {
        throw damagedWeights(
          file,
          `Tensor "${name}": its storage "${storage.key}" has ${place?.bytes ?? 0} bytes of ${storage.bytes}.`,
        );
      }
      tensors.set(name, { file: handle, type, dims, strides, start: place.start + start });
    }
    if (tensors.size === 0) throw damagedWeights(file, 'It holds no tensors under names.');
    return checkpointOf(tensors);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

async function placeArchived(file: string): Promise<PlacedStorages> {
  const { list, places } = await openTorchArchive(file, LARGEST_LIST);
  return { root: readable(file, readPickle(list)).value, places };
}

function placeLegacy(file: string, handle: number, size: number, beginning: Uint8Array): PlacedStorages {
  if (!isLegacy(beginning)) {
    throw new HostFailure({
      code: 'weights/unknown-format',
      message: `"${path.basename(file)}" is no checkpoint that torch.save wrote.`,
      expected: 'an archive of torch.save, or its format before torch 1.6',
      received: `a file that begins with the bytes ${[...beginning.subarray(0, 4)].join(' ') || 'of nothing'}`,
      remedy: 'Load it where it was written and save it anew with torch.save(model.state_dict(), "weights.pth").',
    });
  }
  const { root, storages, end } = readable(file, headOf(handle, size));
  const places = new Map<string, { start: number; bytes: number }>();
  let at = end;
  for (const { key, bytes, elementBytes } of storages) {
    const written = storageAt(handle, at, size) * elementBytes;
    if (written !== bytes || at + 8 + bytes > size) {
      throw damagedWeights(file, `Its storage "${key}" has ${written} bytes of ${bytes}, or is cut off.`);
    }
    places.set(key, { start: at + 8, bytes });
    at += 8 + bytes;
  }
  return { root, places };
}

/** Numbers follow the list of tensors, so only so much of the file is read as it takes. */
function headOf(handle: number, size: number): Result<LegacyHead> {
  for (let window = Math.min(FIRST_WINDOW, size); ; window = Math.min(8 * window, size, LARGEST_LIST)) {
    const head = readLegacyHead(readBytes(handle, 0, window));
    if (head.ok || head.error.code !== 'pickle/cut-off' || window === Math.min(size, LARGEST_LIST)) return head;
  }
}

function storageAt(handle: number, at: number, size: number): number {
  if (at + 8 > size) return 0;
  return Number(new DataView(readBytes(handle, at, 8).buffer).getBigUint64(0, true));
}

/** What was read, or a `HostFailure` that names the file. */
function readable<Value>(file: string, result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw unreadable(file, result.error);
}

/** A problem inside a file of torch, with what can be done. */
function unreadable(file: string, { code, message, expected, received }: Problem): HostFailure {
  return new HostFailure({
    code,
    message: `"${path.basename(file)}": ${message}`,
    ...(expected !== undefined && { expected }),
    ...(received !== undefined && { received }),
    ...(REMEDIED.has(code) && {
      remedy:
        'Save the weights alone: torch.save(model.state_dict(), "weights.pth"). A whole model comes in by “Import from PyTorch” in the File menu.',
    }),
  });
}

const REMEDIED: ReadonlySet<string> = new Set(['pickle/refused-name', 'weights/no-state-dictionary']);
