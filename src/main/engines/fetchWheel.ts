import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { downloadFile, partialOf } from '../files/downloadFile.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { DownloadWheelOptions, WheelOrder } from './downloadWheel.ts';
import { installationCancelled } from './engineProgress.ts';
import { findWheel } from './findWheel.ts';
import type { PackageIndex } from './packageIndex.ts';

/** Connections in a row that bring nothing at all. */
const MOST_IN_VAIN = 3;
const PAUSE = 500;

/**
 * Fetches a wheel from an index into `folder`, and goes on with what came before whenever the connection is cut, also the next
 * time. Returns the file, or `undefined` where the index has none, or does not hand it out: pip may know better. Throws a
 * `HostFailure` that says what to do.
 */
export async function fetchWheel(
  order: WheelOrder,
  folder: string,
  index: PackageIndex,
  { onProgress, signal }: DownloadWheelOptions,
): Promise<string | undefined> {
  const wheel = await findWheel(index, order, signal);
  demandGoing(signal);
  if (wheel === undefined) return undefined;
  const file = path.join(folder, path.basename(wheel.name));
  const total = Math.max(order.wheelBytes, wheel.bytes <= 2 * order.wheelBytes ? wheel.bytes : 0);
  const progress = (done: number): void => onProgress({ phase: 'downloading', done: Math.min(done, total), total });
  for (let inVain = 0; ;) {
    const before = await bytesOf(partialOf(file));
    progress(before);
    try {
      await downloadFile(wheel, file, { signal, onProgress: progress });
      return file;
    } catch (error) {
      demandGoing(signal);
      if (!(error instanceof HostFailure)) throw error;
      const came = await bytesOf(partialOf(file));
      inVain = came > before ? 0 : inVain + 1;
      if (error.problem.code === 'data/checksum') throw failed(order, error);
      if (inVain >= MOST_IN_VAIN) {
        if (came === 0) return undefined;
        throw failed(order, error);
      }
      await sleep(PAUSE * (inVain + 1));
    }
  }
}

function demandGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw installationCancelled();
}

async function bytesOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

function failed({ name, versions }: WheelOrder, { problem }: HostFailure): HostFailure {
  const { expected, received } = problem;
  return new HostFailure({
    code: 'engine/download-failed',
    message: `${name}${versions} could not be fetched: ${problem.message}`,
    ...(expected !== undefined && { expected }),
    ...(received !== undefined && { received }),
    remedy:
      'Check the network, then install again: it goes on with what has come. Off-line: npx skipwire engine install --from WHEEL.',
  });
}
