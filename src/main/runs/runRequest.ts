import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/writeAtomically.ts';
import { runFiles } from './runFiles.ts';

/** What another process, such as a command, wishes of the one that looks after a run. */
export const RunWish = z.enum(['pause', 'stop']);
export type RunWish = z.infer<typeof RunWish>;

const fileOf = (folder: string): string => path.join(folder, runFiles.request);

/** Leaves a wish in the folder of a run; whoever looks after the run finds it, wherever that is. */
export function requestOf(folder: string, wish: RunWish): Promise<void> {
  return writeAtomically(fileOf(folder), `${wish}\n`);
}

/** Reads a wish and removes it; `undefined` where there is none that can be understood. */
export async function takeRequest(folder: string): Promise<RunWish | undefined> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  await forgetRequest(folder);
  return RunWish.safeParse(text.trim()).data;
}

/** Removes what was asked, if anything. */
export async function forgetRequest(folder: string): Promise<void> {
  await rm(fileOf(folder), { force: true }).catch(() => undefined);
}
