import { toBase64 } from '../../graph-engine/probe/base64.ts';
import type { HostProblem } from '../../contract/contract.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

/** A dropped file with its path below what was dropped. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Folder of the workspace that takes what is dropped. */
const FOLDER = 'data';
const PIECE = 4 * 1024 * 1024;
/** A folder with more is better copied into the workspace. */
const MOST_FILES = 100_000;

/** All files of what is dropped, folders with everything below them. Call it while the drop is handled: later it is gone. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  const found: DroppedFile[] = [];
  for (const one of thingsIn(transfer)) {
    if (one instanceof File) found.push({ path: one.name, file: one });
    else await collect(one, '', found);
  }
  return found;
}

/** Entries, which may be folders; plain files where there are no entries for them. */
function thingsIn(transfer: DataTransfer): (FileSystemEntry | File)[] {
  return [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? item.getAsFile() ?? []);
}

async function collect(entry: FileSystemEntry, below: string, found: DroppedFile[]): Promise<void> {
  if (entry.name.startsWith('.') || found.length >= MOST_FILES) return;
  const path = below === '' ? entry.name : `${below}/${entry.name}`;
  if (isFile(entry)) {
    found.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  if (!isFolder(entry)) return;
  const reader = entry.createReader();
  // A reader gives a hundred or so at a time, until it gives none.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await collect(one, path, found);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

export type Received =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly problem: HostProblem };

/** Copies dropped files into a folder of the workspace; returns where what was dropped is now. */
export async function receiveFiles(
  connection: ManagedConnection,
  files: readonly DroppedFile[],
  onProgress: (share: number) => void,
  folder = FOLDER,
): Promise<Received> {
  const [first] = files;
  const top = first?.path.split('/')[0] ?? '';
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  for (const { path, file } of files) {
    for (let offset = 0; offset === 0 || offset < file.size; offset += PIECE) {
      const piece = new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer());
      const answer = await connection.call('data/receive', {
        path: `${folder}/${path}`,
        offset,
        piece: toBase64(piece),
        last: offset + PIECE >= file.size,
      });
      if (!answer.ok) {
        // What is there already under this name is what was meant, as far as anybody knows: the user sees it next.
        if (answer.problem.code === 'file/exists' && offset === 0) break;
        return { ok: false, problem: answer.problem };
      }
      done += piece.length;
      onProgress(total === 0 ? 1 : done / total);
    }
  }
  return { ok: true, path: `${folder}/${top}` };
}

/** Documents, models of other programs with the shards of their weights, and weights alone. */
const DOCUMENTS = /\.(json|png|onnx|keras|h5|hdf5|safetensors|pth?|ckpt|shard\d+of\d+|bin)$/i;

/** Whether a name is one of weights alone, and of nothing else. */
export function isWeightsFile(name: string): boolean {
  return /\.(safetensors|pth?|ckpt|bin)$/i.test(name);
}

/** Whether dropped files are data rather than documents. */
export function isData(transfer: DataTransfer): boolean {
  return thingsIn(transfer).some((one) => {
    const folder = !(one instanceof File) && one.isDirectory;
    return folder || !DOCUMENTS.test(one.name);
  });
}
