import { execFile } from 'node:child_process';

/** How much memory of a graphics processor this process holds. */
export interface DeviceMemory {
  /** Bytes, or `undefined` where it computes on none, or nobody knows. */
  bytes(): number | undefined;
  stop(): void;
}

const SECONDS = 2;
const MEBIBYTE = 2 ** 20;
const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];

/**
 * Asks NVIDIA's own tool every two seconds while something is trained. Where there is none it is asked once and never again; a
 * process that computes on the processor is not in its list.
 */
export function watchDeviceMemory(): DeviceMemory {
  let bytes: number | undefined;
  let next: NodeJS.Timeout | undefined;
  let stopped = false;
  const ask = (): void => {
    execFile('nvidia-smi', query, { timeout: 5_000, windowsHide: true }, (error, output) => {
      if (stopped || (error !== null && error.code === 'ENOENT')) return;
      bytes = error === null ? memoryOfProcess(output, process.pid) : undefined;
      next = setTimeout(ask, SECONDS * 1000);
      next.unref();
    });
  };
  ask();
  return {
    bytes: () => bytes,
    stop() {
      stopped = true;
      clearTimeout(next);
    },
  };
}

/** Bytes of a process in lines of `pid, mebibytes`, one for each device that it computes on. */
export function memoryOfProcess(lines: string, pid: number): number | undefined {
  const own = lines
    .split('\n')
    .map((line) => line.split(',').map(Number))
    .filter(([of, used]) => of === pid && Number.isFinite(used));
  return own.length === 0 ? undefined : own.reduce((sum, [, used = 0]) => sum + used * MEBIBYTE, 0);
}
