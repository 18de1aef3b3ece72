import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { cannotImport } from './cannotImport.ts';

/** Members beyond so many are not looked at. */
const MOST_MEMBERS = 10_000;
/** Nothing that is meant becomes more than so many times larger. */
const EXPANSION = 200;

/** The wanted members of a zip archive, in memory. Throws a `HostFailure` where it is no archive, or one that is a trap. */
export async function readArchive(
  file: string,
  wanted: ReadonlySet<string>,
  maximumBytes: number,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    throw damaged(file, error);
  }
  try {
    let count = 0;
    for await (const entry of zip.eachEntry()) {
      if (++count > MOST_MEMBERS) break;
      if (!wanted.has(entry.fileName) || found.has(entry.fileName)) continue;
      const { uncompressedSize, compressedSize } = entry;
      if (uncompressedSize > maximumBytes || uncompressedSize > compressedSize * EXPANSION + 1_000_000) {
        throw new Error(`"${entry.fileName}" would become ${uncompressedSize} bytes.`);
      }
      found.set(entry.fileName, await contentOf(await zip.openReadStreamPromise(entry), uncompressedSize));
    }
    return found;
  } catch (error) {
    throw damaged(file, error);
  } finally {
    zip.close();
  }
}

/** Everything that a member of an archive says it holds. */
export async function contentOf(stream: Readable, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of stream) {
    bytes.set(chunk as Uint8Array, at);
    at += (chunk as Uint8Array).length;
  }
  return bytes;
}

function damaged(file: string, error: unknown): Error {
  return cannotImport(file, {
    code: 'keras/damaged',
    message: 'It cannot be unpacked.',
    expected: 'an archive by model.save("model.keras")',
    received: error instanceof Error ? error.message : String(error),
  });
}
