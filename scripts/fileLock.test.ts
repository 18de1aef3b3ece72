import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withFileLock } from './fileLock.mjs';

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'skipwire-lock-'));
  lock = path.join(folder, 'work.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes the lock, says so, and keeps it until it is killed. */
async function holder() {
  const program = `
    import { withFileLock } from ${JSON.stringify(path.join(import.meta.dirname, 'fileLock.mjs'))};
    await withFileLock(${JSON.stringify(lock)}, () => new Promise((done) => {
      process.stdout.write('held');
      setTimeout(done, 60_000);
    }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the file lock', () => {
  test('lets one in at a time, and everybody in the end', async () => {
    const inside: number[] = [];
    let most = 0;
    await Promise.all(
      [1, 2, 3, 4].map((id) =>
        withFileLock(lock, async () => {
          inside.push(id);
          most = Math.max(most, inside.length);
          await sleep(20);
          inside.splice(inside.indexOf(id), 1);
        }),
      ),
    );
    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  test('waits for a living holder, says for whom, and breaks the lock of one that was killed', async () => {
    const child = await holder();
    const waitedFor: number[] = [];
    let entered = false;
    const mine = withFileLock(lock, async () => (entered = true), { onWait: (id) => waitedFor.push(id) });
    await sleep(500);
    expect(entered).toBe(false);
    expect(waitedFor).toEqual([child.pid]);

    child.kill('SIGKILL');
    await once(child, 'close');
    await mine;
    expect(entered).toBe(true);
  });

  test('breaks a lock that nobody has touched for long, whoever it names', async () => {
    writeFileSync(lock, JSON.stringify({ process: process.pid, machine: 'another-machine' }));
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(lock, hourAgo, hourAgo);
    await withFileLock(lock, async () => expect(readFileSync(lock, 'utf8')).toContain(os.hostname()));
  });

  test('gives the lock back when the work throws', async () => {
    await expect(withFileLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });
});
