import { existsSync } from 'node:fs';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import { runFiles } from '../runs/runFiles.ts';
import type { WeightSource } from '../training/engineMessages.ts';

/** The weights that a command works with: of a run, or initial ones. Throws a `HostFailure` where the run has none. */
export function weightsFor(runFolder: string | null, which: 'best' | 'last' | 'initial', seed: number): WeightSource {
  if (runFolder === null || which === 'initial') return { seed };
  const names = which === 'best' ? [runFiles.best, runFiles.last] : [runFiles.last];
  const file = names.map((name) => path.join(runFolder, name)).find(existsSync);
  if (file !== undefined) return { file };
  throw new HostFailure({
    code: 'run/no-weights',
    message: `The run in "${runFolder}" has saved no weights yet.`,
    remedy: 'Wait for the end of its first epoch, or look at the initial weights with --weights initial.',
  });
}
