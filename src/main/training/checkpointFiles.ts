import { copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import {
  safetensorsHeaderEnd,
  safetensorsMetadata,
  safetensorsPieces,
} from '../../graph-engine/targets/safetensors/safetensors.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { checkpointMetadata, positionOf, readWholeCheckpoint, type Checkpoint } from './checkpoints.ts';
import type { TrainingPosition } from './trainingPosition.ts';

const EXTENSION = '.safetensors';
/** Checkpoints of single epochs beyond this many are removed, the oldest first. */
const KEPT_EPOCHS = 20;
const epochName = (epoch: number): string => `epoch-${String(epoch).padStart(5, '0')}`;
const anEpoch = /^epoch-\d{5,}$/;

/** Which names a checkpoint gets beside `last`. */
export interface CheckpointNames {
  /** It has the lowest validation loss so far. */
  readonly best: boolean;
  /** Kept under the number of its epoch. */
  readonly epoch: number | null;
}

/**
 * Writes a checkpoint as `last`, whose former content becomes `previous`, and under its other names. Each name always holds a
 * whole file, and `best` is never older than what `last` knows of: it comes first. Several names are one file on the disk.
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint, names: CheckpointNames): Promise<void> {
  const file = (name: string): string => path.join(folder, `${name}${EXTENSION}`);
  await mkdir(folder, { recursive: true });
  const fresh = path.join(folder, `.fresh-${randomBytes(6).toString('hex')}.partial`);
  try {
    const pieces = safetensorsPieces({ tensors: checkpoint.tensors, metadata: checkpointMetadata(checkpoint) });
    await writeAtomically(fresh, pieces, { knownAs: file('last') });
    if (names.best) await giveName(fresh, file('best'));
    if (names.epoch !== null) await giveName(fresh, file(epochName(names.epoch)));
    await giveName(file('last'), file('previous'));
    await rename(fresh, file('last'));
  } finally {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
  if (names.epoch !== null) await removeOldest(folder);
}

/** Gives a file a second name, replacing what had it; nothing happens where there is no such file. */
async function giveName(existing: string, name: string): Promise<void> {
  const aside = `${name}.${randomBytes(6).toString('hex')}.partial`;
  try {
    // Not every disk knows two names for one file.
    await link(existing, aside).catch(async (error: unknown) => {
      if (hasCode(error, 'ENOENT')) throw error;
      await copyFile(existing, aside);
    });
    await rename(aside, name);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

async function removeOldest(folder: string): Promise<void> {
  const epochs = (await namesIn(folder)).filter((name) => anEpoch.test(name)).toSorted();
  for (const name of epochs.slice(0, -KEPT_EPOCHS)) await rm(path.join(folder, `${name}${EXTENSION}`), { force: true });
}

/** A checkpoint of a run, as far as its beginning tells. */
export interface KnownCheckpoint {
  /** `last`, `best`, `previous`, `start` or `epoch-00010`. */
  readonly name: string;
  readonly file: string;
  /** `undefined` where the file is damaged. */
  readonly position: TrainingPosition | undefined;
}

/** The checkpoints of a folder, the furthest first; of those that stand at one step, the one to prefer comes first. */
export async function listCheckpoints(folder: string): Promise<KnownCheckpoint[]> {
  const names = (await namesIn(folder)).toSorted((a, b) => preference(a) - preference(b) || (a < b ? 1 : -1));
  const known = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, `${name}${EXTENSION}`);
      return { name, file, position: await peekPosition(file) };
    }),
  );
  return known.toSorted((a, b) => (b.position?.step ?? -1) - (a.position?.step ?? -1));
}

const preference = (name: string): number => {
  const place = ['last', 'previous', 'best'].indexOf(name);
  return place === -1 ? 3 : place;
};

/** Where a run can go on from, and the names of the files before it that turned out to be damaged. */
export interface ResumePoint {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly damaged: readonly string[];
}

/** The furthest checkpoint that is whole, with what was found damaged; `undefined` where there is none. */
export async function furthestCheckpoint(
  folder: string,
): Promise<ResumePoint | { readonly name: undefined; readonly damaged: readonly string[] }> {
  const known = await listCheckpoints(folder);
  const damaged = known.filter(({ position }) => position === undefined).map(({ name }) => name);
  for (const { name, file, position } of known) {
    if (position === undefined) continue;
    try {
      return { name, checkpoint: await readWholeCheckpoint(file), damaged };
    } catch {
      damaged.push(name);
    }
  }
  return { name: undefined, damaged };
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return entries
    .filter((name) => name.endsWith(EXTENSION) && !name.startsWith('.'))
    .map((name) => name.slice(0, -EXTENSION.length));
}

/** Reads no more than the header, so that large files cost nothing. */
async function peekPosition(file: string): Promise<TrainingPosition | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const first = Buffer.alloc(8);
    if ((await handle.read(first, 0, 8, 0)).bytesRead < 8) return undefined;
    const end = safetensorsHeaderEnd(first);
    if (end === undefined || end > (await handle.stat()).size) return undefined;
    const beginning = Buffer.alloc(end);
    await handle.read(beginning, 0, end, 0);
    return positionOf(safetensorsMetadata(beginning) ?? {});
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
