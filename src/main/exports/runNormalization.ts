import type { Normalization } from '../datasets/normalization.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { readRunData } from '../runs/runData.ts';

/** How the run normalized each input. Throws a `HostFailure` when it did not. */
export async function normalizationOf(runFolder: string | null): Promise<ReadonlyMap<string, Normalization>> {
  const kept = runFolder === null ? undefined : await readRunData(runFolder);
  const found = new Map(kept?.normalization.map(({ input, mean, deviation }) => [input, { mean, deviation }]));
  if (found.size > 0) return found;
  throw new HostFailure({
    code: 'export/no-normalization',
    message: 'There is no normalization to put into the model: the run did not normalize its data.',
    expected: 'a run with normalization',
    remedy: 'Export without it, or train with "Normalize" under Data.',
  });
}
