import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineFolder, EngineManifest } from './engineFolder.ts';
import type { EnginePackage } from './enginePackage.ts';
import { installationCancelled, type OnEngineProgress } from './engineProgress.ts';
import { parseWheelRecord } from './wheelRecord.ts';
import type { RecordedFile } from './wheelRecord.ts';

const RECORD_LIMIT_BYTES = 64_000_000;
const PROGRESS_STEP_BYTES = 4_000_000;

/** Compares the whole file with the pinned checksum, where the package has one. Throws a `HostFailure`. */
export async function checkWheel(
  wheel: string,
  wanted: EnginePackage,
  onProgress: OnEngineProgress,
  signal?: AbortSignal,
): Promise<void> {
  if (wanted.wheelSha256 === undefined) return;
  const hash = createHash('sha256');
  const meter = progressMeter((done) => onProgress({ phase: 'checking', done, total: wanted.wheelBytes }));
  for await (const chunk of createReadStream(wheel, { highWaterMark: 1 << 20 })) {
    if (signal?.aborted === true) throw installationCancelled();
    const bytes = chunk as Buffer;
    hash.update(bytes);
    meter(bytes.length);
  }
  const received = hash.digest('hex');
  if (received !== wanted.wheelSha256) throw damagedWheel(wheel, `sha256 ${wanted.wheelSha256}`, `sha256 ${received}`);
}

/**
 * Takes the libraries and headers out of the wheel into `folder`, each checked against the wheel's RECORD while it is
 * written. Throws a `HostFailure` for a file that is no wheel, another version, or damaged.
 */
export async function unpackWheel(
  wheel: string,
  wanted: EnginePackage,
  folder: EngineFolder,
  onProgress: OnEngineProgress,
  signal?: AbortSignal,
): Promise<EngineManifest['files']> {
  const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw fileOrDamage(error, wheel);
  });
  try {
    const { members, record } = await readMembers(zip, wheel, wanted);
    const total = members.reduce((sum, member) => sum + member.entry.uncompressedSize, 0);
    const meter = progressMeter((done) => onProgress({ phase: 'unpacking', done, total }));
    const files: EngineManifest['files'] = [];
    for (const { entry, library } of members) {
      const recorded = record.get(entry.fileName);
      if (recorded?.bytes !== entry.uncompressedSize) {
        throw damagedWheel(wheel, `${entry.fileName} as its RECORD says`, `${entry.uncompressedSize} bytes`);
      }
      const target = library
        ? path.join(folder.libraries, path.posix.basename(entry.fileName))
        : path.join(folder.headers, ...entry.fileName.split('/').slice(2));
      await mkdir(path.dirname(target), { recursive: true });
      await writeMember(zip, entry, target, recorded, wheel, meter, signal);
      if (library) files.push({ path: path.relative(folder.root, target), ...recorded });
    }
    await linkLibraries(wanted, folder);
    return files;
  } finally {
    zip.close();
  }
}

interface Member {
  readonly entry: Entry;
  readonly library: boolean;
}

async function readMembers(
  zip: ZipFile,
  wheel: string,
  wanted: EnginePackage,
): Promise<{ members: Member[]; record: Map<string, RecordedFile> }> {
  const members: Member[] = [];
  let recordEntry: Entry | undefined;
  const recordName = `${wanted.name.replaceAll('-', '_')}-${wanted.version}.dist-info/RECORD`;
  try {
    for await (const entry of zip.eachEntry()) {
      const library = wanted.libraries.some(({ member }) => member === entry.fileName);
      const header = !entry.fileName.endsWith('/') && wanted.headers.some((name) => entry.fileName.startsWith(name));
      if (library || header) members.push({ entry, library });
      else if (entry.fileName === recordName) recordEntry = entry;
    }
  } catch (error) {
    throw fileOrDamage(error, wheel);
  }
  for (const { member } of wanted.libraries) {
    if (!members.some(({ entry }) => entry.fileName === member))
      throw damagedWheel(wheel, member, 'no such file in it');
  }
  if (recordEntry === undefined || recordEntry.uncompressedSize > RECORD_LIMIT_BYTES) {
    throw damagedWheel(wheel, `a wheel of ${wanted.name} ${wanted.version}`, `no ${recordName} in it`);
  }
  return { members, record: parseWheelRecord(await readText(zip, recordEntry, wheel)) };
}

/** The content of a text in a wheel. Throws a `HostFailure` where it cannot be unpacked. */
export async function readText(zip: ZipFile, entry: Entry, wheel: string): Promise<string> {
  try {
    if (entry.uncompressedSize > RECORD_LIMIT_BYTES) throw new Error(`${entry.fileName} is too large for a text`);
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw fileOrDamage(error, wheel);
  }
}

/** Writes one file of a wheel, and compares it with what RECORD says. Throws a `HostFailure`. */
export async function writeMember(
  zip: ZipFile,
  entry: Entry,
  target: string,
  recorded: RecordedFile,
  wheel: string,
  meter: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      meter(chunk.length);
      done(null, chunk);
    },
  });
  const source = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw fileOrDamage(error, wheel);
  });
  await pipeline(source, hashing, createWriteStream(target), { signal }).catch((error: unknown) => {
    if (signal?.aborted === true) throw installationCancelled();
    throw fileOrDamage(error, wheel);
  });
  const received = hash.digest('base64url');
  if (received !== recorded.sha256) {
    throw damagedWheel(wheel, `${entry.fileName} with sha256 ${recorded.sha256}`, `sha256 ${received}`);
  }
}

async function linkLibraries(wanted: EnginePackage, folder: EngineFolder): Promise<void> {
  for (const { member, link } of wanted.libraries) {
    await symlink(path.posix.basename(member), path.join(folder.libraries, link));
  }
}

/** Sums bytes and reports them in steps, not by the chunk. */
export function progressMeter(report: (done: number) => void): (bytes: number) => void {
  let done = 0;
  let reported = -PROGRESS_STEP_BYTES;
  return (bytes) => {
    done += bytes;
    if (done - reported < PROGRESS_STEP_BYTES) return;
    reported = done;
    report(done);
  };
}

/** A failure of the file system goes up as it is; what yauzl and zlib say means that the file is damaged. */
export function fileOrDamage(error: unknown, wheel: string): unknown {
  if (!(error instanceof Error) || error instanceof HostFailure || 'syscall' in error) return error;
  return damagedWheel(wheel, 'a whole wheel file', error.message);
}

/** The wheel is not what it should be. */
export function damagedWheel(wheel: string, expected: string, received: string): HostFailure {
  return new HostFailure({
    code: 'engine/damaged-wheel',
    message: `${path.basename(wheel)} is damaged or is not the expected file. It was not used.`,
    expected,
    received,
    remedy: 'Fetch it again: npx skipwire engine install. A file given with --wheel must be fetched anew.',
  });
}
