import path from 'node:path';
import type { SweepFile } from './sweepFolder.ts';
import { readRunFile } from '../runs/runFolder.ts';
import { liesWithin } from '../files/workspaceFolder.ts';
import type { SweepPlace } from './sweepKeeper.ts';

/**
 * The folder in which a sweep that is resumed from a shell may write runs. A sweep may come from anywhere and say anything of
 * where its runs are: they must lie below the shell's folder, in the project that the sweep itself lies in, or be there
 * already as runs of this very sweep.
 */
export async function sweepRoom({ id, folder }: SweepPlace, sweep: SweepFile, shell: string): Promise<string> {
  const runs = path.resolve(folder, sweep.runs);
  for (const room of [shell, projectOf(folder)]) if (await liesWithin(room, runs)) return room;
  const [first] = sweep.summary.attempts;
  const trained =
    first === undefined ? undefined : await readRunFile(path.join(runs, first.run)).catch(() => undefined);
  return trained?.summary.sweep?.sweep === id ? runs : shell;
}

/** What holds the folder of a sweep: by default `sweeps/` stands beside `runs/`. */
function projectOf(folder: string): string {
  const parent = path.dirname(folder);
  return path.basename(parent) === 'sweeps' ? path.dirname(parent) : parent;
}
