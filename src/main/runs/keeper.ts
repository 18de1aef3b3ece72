import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number by when it was started. */
export interface Keeper {
  readonly pid: number;
  readonly started: string;
}

/** This process, as a keeper of runs. */
export function thisKeeper(): Keeper {
  return keeperOf(process.pid);
}

/** A living process, as one that can be told from a later one. */
export function keeperOf(pid: number): Keeper {
  return { pid, started: startOf(pid) };
}

/** Whether the process that looked after a run still lives. */
export function isKeeperAlive(keeper: Keeper): boolean {
  try {
    process.kill(keeper.pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startOf(keeper.pid) === keeper.started;
}

/** Start time in clock ticks since boot, where the system tells; numbers of processes are used again. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the fields after it are separated by blanks. Start time is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended, but whose parent has not looked yet, lives no more.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
