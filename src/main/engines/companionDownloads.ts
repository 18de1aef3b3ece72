import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { partialOf } from '../files/downloadFile.ts';
import { requireDiskSpace } from './diskSpace.ts';
import { downloadWheel, finishedWheel, type WheelOrder } from './downloadWheel.ts';
import type { OnEngineProgress } from './engineProgress.ts';
import { findPip } from './findPip.ts';
import { findWheel } from './findWheel.ts';
import { findPackageIndex, type PackageIndex } from './packageIndex.ts';
import { parseWheelName } from './wheelName.ts';

export interface CompanionOptions {
  /** Where fetched wheels are kept until the engine is complete. */
  readonly downloads: string;
  /** A folder of the user that may hold some of them. */
  readonly near?: string | undefined;
  readonly onProgress: OnEngineProgress;
  readonly signal?: AbortSignal | undefined;
  /** Where they are looked up; where pip's settings say when left out. */
  readonly index?: PackageIndex | undefined;
  /** Bytes free on the disk; asked of the system when left out. */
  readonly free?: number | undefined;
}

/**
 * The wheels that are ordered, in their order: those that the user has, those that an earlier try has fetched, and the others
 * fetched now, each going on with what has come of it. Before the first is fetched there is room for all of them and for
 * `unpackedBytes`. Throws a `HostFailure`.
 */
export async function fetchCompanions(
  orders: readonly WheelOrder[],
  unpackedBytes: number,
  { downloads, near, onProgress, signal, index: given, free }: CompanionOptions,
): Promise<string[]> {
  const there = await Promise.all(
    orders.map(async (order) => (await wheelNear(order, near)) ?? (await finishedWheel(order, downloads))),
  );
  const isComplete = there.every((file) => file !== undefined);
  const index = isComplete ? undefined : (given ?? (await findPackageIndex(await findPip())));
  const exact = await Promise.all(
    orders.map(async (order, i) => (there[i] === undefined ? published(order, index, signal) : order)),
  );
  const missing = exact.filter((_, i) => there[i] === undefined);
  const rests = await Promise.all(missing.map((order) => restOf(order, downloads)));
  await requireDiskSpace(
    downloads,
    rests.reduce((sum, rest) => sum + rest, unpackedBytes),
    free,
  );

  const total = missing.reduce((sum, { wheelBytes }) => sum + wheelBytes, 0);
  let before = 0;
  const files: string[] = [];
  for (const [i, order] of exact.entries()) {
    const own = there[i];
    if (own !== undefined) {
      files.push(own);
      continue;
    }
    files.push(
      await downloadWheel(order, downloads, {
        // One bar for all of them.
        onProgress: ({ done = 0, ...one }) => onProgress({ ...one, done: Math.min(total, before + done), total }),
        ...(signal !== undefined && { signal }),
        ...(index !== undefined && { index }),
      }),
    );
    before += order.wheelBytes;
  }
  return files;
}

/** The order with the very version and size that the index would give; as it was where the index does not say. */
async function published(
  order: WheelOrder,
  index: PackageIndex | undefined,
  signal: AbortSignal | undefined,
): Promise<WheelOrder & { readonly file?: string }> {
  const wheel = index === undefined ? undefined : await findWheel(index, order, signal);
  if (wheel === undefined) return order;
  const { version, size, name } = wheel;
  return { ...order, versions: `==${version}`, wheelBytes: size ?? order.wheelBytes, file: name };
}

/** Bytes that are still to come. */
async function restOf(order: WheelOrder & { readonly file?: string }, downloads: string): Promise<number> {
  if (order.file === undefined) return order.wheelBytes;
  const partial = partialOf(path.join(downloads, path.basename(order.file)));
  const came = (await stat(partial).catch(() => undefined))?.size ?? 0;
  return Math.max(0, order.wheelBytes - came);
}

async function wheelNear({ name }: WheelOrder, folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const found = (await readdir(folder).catch(() => [])).find((file) => parseWheelName(file)?.name === name);
  return found === undefined ? undefined : path.join(folder, found);
}
