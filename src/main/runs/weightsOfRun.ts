import { existsSync } from 'node:fs';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import { runFiles } from './runFiles.ts';

/** The best weights of a run (the last ones while there are no best), or the last. Throws a `HostFailure` where it has none. */
export function weightsOfRun(runFolder: string, which: 'best' | 'last'): WeightSource & { readonly file: string } {
  const names = which === 'best' ? [runFiles.best, runFiles.last] : [runFiles.last];
  const file = names.map((name) => path.join(runFolder, name)).find(existsSync);
  if (file !== undefined) return { file };
  throw new HostFailure({
    code: 'run/no-weights',
    message: `The run in "${runFolder}" has saved no weights yet.`,
    remedy: 'Wait for the end of its first epoch, or look at the initial weights.',
  });
}
