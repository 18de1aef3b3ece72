import path from 'node:path';
import yauzl from 'yauzl';
import { HostFailure } from '../files/hostFailure.ts';
import { contentOf } from './readArchive.ts';
import { damagedWeights } from './tensorFiles.ts';

/** By key: the first byte in the file, and how many there are. */
export type ArchivedStorages = ReadonlyMap<string, { readonly start: number; readonly bytes: number }>;

interface TorchArchive {
  /** The pickle that says which tensors there are. */
  readonly list: Uint8Array;
  readonly places: ArchivedStorages;
}

/** Numbers are not compressed by torch; whoever packs them anew may do so. */
const STORED = 0;

/** Finds the list of tensors in an archive by `torch.save`, and where each storage lies. Throws a `HostFailure` where it is none. */
export async function openTorchArchive(file: string, largestList: number): Promise<TorchArchive> {
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (error) {
    throw unpackable(file, error);
  }
  try {
    const entries = new Map<string, yauzl.Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const listed = [...entries.keys()].find((name) => /^([^/]+\/)?data\.pkl$/.test(name)) ?? '';
    const list = entries.get(listed);
    const folder = listed.slice(0, -'data.pkl'.length);
    const isProgram = [...entries.keys()].some(
      (name) => name.startsWith(`${folder}code/`) || /\/model\.json$/.test(name),
    );
    if (list === undefined || isProgram) throw noCheckpoint(file, isProgram);
    if (list.uncompressedSize > largestList) {
      throw damagedWeights(file, `Its list of tensors has ${list.uncompressedSize} bytes.`);
    }
    const order = entries.get(`${folder}byteorder`);
    if (order !== undefined && order.uncompressedSize < 100) {
      const text = Buffer.from(
        await contentOf(await zip.openReadStreamPromise(order), order.uncompressedSize),
      ).toString();
      if (text.trim() === 'big') throw damagedWeights(file, 'Its numbers have the highest byte first.');
    }
    const places = new Map<string, { start: number; bytes: number }>();
    for (const [name, entry] of entries) {
      if (!name.startsWith(`${folder}data/`)) continue;
      if (entry.compressionMethod !== STORED || entry.isEncrypted()) {
        throw damagedWeights(file, `"${name}" is compressed or encrypted, which torch.save does not do.`);
      }
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      if (fileDataStart + entry.uncompressedSize > zip.fileSize) throw damagedWeights(file, `"${name}" is cut off.`);
      places.set(name.slice(folder.length + 'data/'.length), { start: fileDataStart, bytes: entry.uncompressedSize });
    }
    return { list: await contentOf(await zip.openReadStreamPromise(list), list.uncompressedSize), places };
  } catch (error) {
    throw error instanceof HostFailure ? error : unpackable(file, error);
  } finally {
    zip.close();
  }
}

function noCheckpoint(file: string, isProgram: boolean): HostFailure {
  return new HostFailure({
    code: 'weights/unknown-format',
    message: `"${path.basename(file)}" is ${isProgram ? 'a program of TorchScript or torch.export' : 'an archive without a list of tensors'}.`,
    expected: 'a state dictionary by torch.save(model.state_dict(), …)',
    received: isProgram ? 'a program, which only PyTorch runs' : 'no data.pkl in it',
    ...(isProgram && { remedy: 'Bring it in as a network with its weights: “Import from PyTorch” in the File menu.' }),
  });
}

function unpackable(file: string, error: unknown): Error {
  if (error instanceof Error && 'syscall' in error) return error;
  return damagedWeights(file, `It cannot be unpacked: ${error instanceof Error ? error.message : String(error)}.`);
}
