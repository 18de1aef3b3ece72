import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { z } from 'zod';
import { elementTypes } from '../elementTypes.ts';
import { listFiles, type DataPlace, type PlacedFile } from './dataPlace.ts';
import { damagedFile } from './labels.ts';
import { NPY_HEADER_BYTES, readNpyHeader, type NpyHeader } from './npyHeader.ts';
import { cachedFile } from './recordCache.ts';

/** An array that lies in a file of its own, or was taken out of an archive. */
export interface ArrayFile extends NpyHeader {
  /** Its name as the user knows it: `x.npy`, or `x` of an archive. */
  readonly name: string;
  readonly absolute: string;
}

/** The arrays of a place by name: those of its `.npy` files, or those in its one `.npz`. */
export async function openArrays(place: DataPlace, cacheFolder: string): Promise<ReadonlyMap<string, ArrayFile>> {
  const files = await listFiles(place);
  const archives = files.filter((file) => file.path.endsWith('.npz'));
  const [archive] = archives;
  const found = archive === undefined ? [] : await unpack(archive, cacheFolder);
  const own = files
    .filter((file) => file.path.endsWith('.npy'))
    .map((file) => ({ name: file.path, absolute: file.absolute }));
  const arrays = await Promise.all([...found, ...own].map(openArray));
  return new Map(arrays.map((array) => [array.name.replace(/\.npy$/, ''), array]));
}

async function openArray({ name, absolute }: { name: string; absolute: string }): Promise<ArrayFile> {
  const handle = await open(absolute, 'r');
  try {
    const start = Buffer.alloc(NPY_HEADER_BYTES);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    const header = readNpyHeader(start.subarray(0, bytesRead));
    if ('why' in header) {
      throw damagedFile(name, header.why, header.expected === undefined ? {} : { expected: header.expected });
    }
    const { size } = await handle.stat();
    const numbers = header.shape.reduce((product, dim) => product * dim, 1);
    const expected = header.dataAt + numbers * elementTypes[header.type].bytes;
    if (size < expected) {
      throw damagedFile(name, 'It is cut off.', {
        expected: `${expected} bytes for ${header.shape.join('×')} of ${header.type}`,
        received: String(size),
      });
    }
    return { ...header, name, absolute };
  } finally {
    await handle.close();
  }
}

/** Takes the arrays out of an archive, once; an archive says how large they are, and not a byte more is written. */
async function unpack(archive: PlacedFile, cacheFolder: string): Promise<{ name: string; absolute: string }[]> {
  const zip = await openArchive(archive);
  const entries: yauzl.Entry[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('entry', (entry: yauzl.Entry) => {
        entries.push(entry);
        zip.readEntry();
      });
      zip.on('end', resolve);
      zip.on('error', reject);
      zip.readEntry();
    });
    const arrays: { name: string; absolute: string }[] = [];
    for (const entry of entries) {
      if (!entry.fileName.endsWith('.npy')) continue;
      const key = `${archive.absolute} ${archive.size} ${archive.modified} ${entry.fileName}`;
      const { file } = await cachedFile(
        { key, bytes: entry.uncompressedSize },
        z.null(),
        async (handle) => {
          await extract(zip, entry, handle);
          return null;
        },
        { cacheFolder },
      );
      arrays.push({ name: entry.fileName, absolute: file });
    }
    return arrays;
  } catch (error) {
    if (error instanceof Error && !('problem' in error) && !('syscall' in error)) {
      throw damagedFile(archive.path, 'It cannot be unpacked.', {
        expected: 'an archive by numpy.savez',
        received: error.message,
      });
    }
    throw error;
  } finally {
    zip.close();
  }
}

function openArchive(archive: PlacedFile): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(archive.absolute, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) => {
      if (error !== null || zip === undefined) {
        reject(damagedFile(archive.path, 'It is no archive.', { expected: 'an archive by numpy.savez' }));
      } else resolve(zip);
    });
  });
}

/** Not by a write stream: one that fails closes the file under its owner. */
async function extract(zip: yauzl.ZipFile, entry: yauzl.Entry, handle: FileHandle): Promise<void> {
  for await (const chunk of await openEntry(zip, entry)) await handle.writeFile(chunk as Buffer);
}

function openEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null || stream === undefined) reject(error ?? new Error('There is no stream'));
      else resolve(stream);
    });
  });
}

/** A text that changes when an array does. */
export async function arrayKey({ absolute, name, shape, type }: ArrayFile): Promise<string> {
  const { size, mtimeMs } = await stat(absolute);
  return [path.resolve(absolute), name, size, mtimeMs, shape.join('×'), type].join(' ');
}
