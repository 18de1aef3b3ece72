import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Bytes that the machine, or what bounds this process, can still give to programs. */
export function availableMemory(): number {
  const bounded = (process as { availableMemory?: () => number }).availableMemory?.();
  return bounded ?? os.freemem();
}

/** Memory of this process at its highest so far, in bytes; where the system does not tell, as it is now. */
export function highestMemory(): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // Only Linux has it.
  }
  return process.memoryUsage().rss;
}
