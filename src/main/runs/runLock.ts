import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { isKeeperAlive, keeperOf, thisKeeper, type Keeper } from './keeper.ts';
import { runFiles } from './runFiles.ts';

const KeeperSchema = z.object({ pid: z.int(), started: z.string() });
const LockFile = z.object({
  machine: z.string(),
  keeper: KeeperSchema,
  /** The engine's process, which outlives a killed host until it has saved. */
  engine: KeeperSchema.optional(),
});
type LockFile = z.infer<typeof LockFile>;

/** The right to write into a run's folder. */
export interface RunLock {
  /** Notes which process trains. */
  nameEngine(pid: number): Promise<void>;
  release(): Promise<void>;
}

/** Folders that this process holds. One that it let go may still have its lock, on a disk that became read-only. */
const holding = new Set<string>();

/** Milliseconds that the engine of a host that died is given to save what it trained; then it is ended. */
const PATIENCE = 20_000;
const LOOK_EVERY = 50;

/**
 * Takes the folder of a run (or of a sweep) for this process. What a process that died has left is taken over, after its
 * engine has ended. Throws a `HostFailure` that says who holds the folder.
 */
export async function lockRun(folder: string, what: 'run' | 'sweep' = 'run'): Promise<RunLock> {
  const file = path.join(folder, runFiles.lock);
  const mine: LockFile = { machine: os.hostname(), keeper: thisKeeper() };
  await mkdir(folder, { recursive: true });
  while (!(await createWhole(file, JSON.stringify(mine)))) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    // It was given free in this moment.
    if (text === undefined) continue;
    const held = parseLock(text);
    if (held !== undefined) await demandDead(folder, what, held);
    await takeAway(file, text);
  }
  holding.add(folder);
  return {
    nameEngine: (pid) => writeAtomically(file, JSON.stringify({ ...mine, engine: keeperOf(pid) })),
    release() {
      holding.delete(folder);
      return rm(file, { force: true });
    },
  };
}

/** Whether a living process holds a run's folder, and which. */
export async function holderOf(folder: string): Promise<Keeper | undefined> {
  const text = await readFile(path.join(folder, runFiles.lock), 'utf8').catch(() => undefined);
  const held = text === undefined ? undefined : parseLock(text);
  if (held === undefined) return undefined;
  return held.machine !== os.hostname() || isHolding(folder, held.keeper) ? held.keeper : undefined;
}

function isHolding(folder: string, keeper: Keeper): boolean {
  const own = thisKeeper();
  const ours = keeper.pid === own.pid && keeper.started === own.started;
  return ours ? holding.has(folder) : isKeeperAlive(keeper);
}

async function demandDead(folder: string, what: 'run' | 'sweep', { machine, keeper, engine }: LockFile): Promise<void> {
  const elsewhere = machine !== os.hostname();
  if (elsewhere || isHolding(folder, keeper)) {
    throw new HostFailure({
      code: `${what}/held`,
      message: `The ${what} in "${folder}" is looked after by process ${keeper.pid}${elsewhere ? ` on "${machine}"` : ', another Skipwire on this machine'}.`,
      remedy: elsewhere
        ? `Go on there. If that machine is gone for good, remove the file ${runFiles.lock} in the folder of the ${what}.`
        : 'Go on there, or close it first.',
    });
  }
  if (engine === undefined) return;
  const deadline = performance.now() + PATIENCE;
  while (isKeeperAlive(engine)) {
    if (performance.now() > deadline) process.kill(engine.pid, 'SIGKILL');
    await pause(LOOK_EVERY);
  }
}

/** Creates a file with its content, or says that there is one. */
async function createWhole(file: string, text: string): Promise<boolean> {
  const aside = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await writeFile(aside, text, { flag: 'wx' });
    // A second name, which fails where the file exists: nobody ever sees a lock that is half written.
    await link(aside, file).catch((error: unknown) => {
      if (hasCode(error, 'EEXIST')) throw error;
      // Not every disk knows two names for one file.
      return writeFile(file, text, { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** Removes a lock that was found to be left over, unless somebody has replaced it meanwhile. */
async function takeAway(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function parseLock(text: string): LockFile | undefined {
  try {
    const parsed = LockFile.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
