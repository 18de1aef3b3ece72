import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { HostFailure } from '../files/hostFailure.ts';

const BLOCK = 512;
/** Larger than any file of the sets that come this way. */
const MAXIMUM_BYTES = 1024 * 1024 * 1024;
/** Plain files by either of their two marks. */
const REGULAR = new Set(['0', '\0']);

interface Member {
  readonly name: string;
  readonly file: string;
  readonly handle: FileHandle;
  left: number;
  padding: number;
}

/**
 * Takes the files out of a `.tar.gz` (POSIX ustar) into `folder`, all side by side under their last names: no path in the
 * archive leads anywhere else. Throws a `HostFailure` when it is damaged.
 */
export async function unpackTarball(archive: string, folder: string): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let member: Member | undefined;
  let skip = 0;
  const source = createReadStream(archive);
  const unpacking = createGunzip();
  source.on('error', (error) => unpacking.destroy(error));
  try {
    for await (const chunk of source.pipe(unpacking) as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        if (member !== undefined && member.left > 0) {
          if (rest.length === 0) break;
          const part = rest.subarray(0, member.left);
          await member.handle.writeFile(part);
          member.left -= part.length;
          rest = rest.subarray(part.length);
          if (member.left > 0) break;
        }
        if (member !== undefined) {
          skip = member.padding;
          await finish(member);
          member = undefined;
        }
        const skipped = Math.min(skip, rest.length);
        rest = rest.subarray(skipped);
        skip -= skipped;
        if (skip > 0 || rest.length < BLOCK) break;
        const header = rest.subarray(0, BLOCK);
        rest = rest.subarray(BLOCK);
        const read = readHeader(header, archive);
        if (read === undefined) continue;
        const padding = (BLOCK - (read.size % BLOCK)) % BLOCK;
        if (!read.regular) skip = read.size + padding;
        else {
          const file = path.join(folder, `.${read.name}.partial`);
          const handle = await open(file, 'w');
          member = { name: path.join(folder, read.name), file, handle, left: read.size, padding };
        }
      }
    }
    if (member !== undefined && member.left === 0) await finish(member);
    else if (member !== undefined) throw damaged(archive, 'It is cut off.');
  } catch (error) {
    if (member !== undefined) {
      await member.handle.close().catch(() => undefined);
      await rm(member.file, { force: true });
    }
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw damaged(archive, error.message);
    throw error;
  }
}

async function finish({ handle, file, name }: Member): Promise<void> {
  await handle.close();
  await rename(file, name);
}

function readHeader(header: Buffer, archive: string): { name: string; size: number; regular: boolean } | undefined {
  if (header.every((byte) => byte === 0)) return undefined;
  const text = (start: number, length: number): string =>
    header.toString('latin1', start, start + length).split('\0')[0] ?? '';
  const size = Number.parseInt(text(124, 12).trim(), 8);
  if (!(size >= 0 && size <= MAXIMUM_BYTES)) throw damaged(archive, 'A header in it makes no sense.');
  const name = path.posix.basename(text(0, 100));
  const kind = header.toString('latin1', 156, 157);
  return { name, size, regular: REGULAR.has(kind) && /^[\w.-]+$/.test(name) && !name.startsWith('.') };
}

function damaged(archive: string, received: string): HostFailure {
  return new HostFailure({
    code: 'data/damaged',
    message: `The archive "${path.basename(archive)}" is damaged.`,
    expected: 'a .tar.gz archive',
    received,
    remedy: 'Remove it and fetch it again.',
  });
}
