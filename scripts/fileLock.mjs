import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
const HEARTBEAT_MS = 5_000;

/**
 * Runs `work` while holding a lock file, so that two programs never do the same work at once. The second waits, and
 * finds the work done. The lock of a holder that died is broken: its process is gone, or, where that cannot be seen
 * (another machine, a reused process number), it has not touched the file for `staleAfter`.
 * @template T
 * @param {string} file the lock; its folder exists
 * @param {() => Promise<T>} work must let timers run: a holder that blocks for `staleAfter` loses the lock
 * @param {{ onWait?: (holder: number) => void, staleAfter?: number }} [options] `onWait` is called once, with the
 *   holder's process number; `staleAfter` in milliseconds
 * @returns {Promise<T>}
 */
export async function withFileLock(file, work, { onWait, staleAfter = 60_000 } = {}) {
  const token = JSON.stringify({ process: process.pid, machine: os.hostname(), at: Date.now(), salt: Math.random() });
  let told = false;
  while (!take(file, token)) {
    const holder = read(file);
    if (holder === undefined) continue;
    if (isStale(file, holder, staleAfter)) {
      breakLock(file, holder);
      continue;
    }
    if (!told) onWait?.(parse(holder)?.process ?? 0);
    told = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (read(file) === token) rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} token
 * @returns {boolean} false when somebody else holds the lock
 */
function take(file, token) {
  try {
    writeFileSync(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {string | undefined} undefined when the lock has just been given back
 */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {string} file
 * @param {string} holder
 * @param {number} staleAfter
 */
function isStale(file, holder, staleAfter) {
  const owner = parse(holder);
  // An unreadable file may belong to somebody who is about to write his name into it: only its age counts.
  if (owner !== undefined && owner.machine === os.hostname() && !isAlive(owner.process)) return true;
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched > staleAfter;
}

/**
 * Takes the stale file away, unless another waiter did and a new holder's file lies there by now: that one goes back.
 * @param {string} file
 * @param {string} holder
 */
function breakLock(file, holder) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

/**
 * @param {string} holder
 * @returns {{ process: number, machine: string } | undefined}
 */
function parse(holder) {
  try {
    const value = JSON.parse(holder);
    return typeof value?.process === 'number' && typeof value.machine === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} id */
function isAlive(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Somebody broke the lock; the work goes on, it is written aside and renamed.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
