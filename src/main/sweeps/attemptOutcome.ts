import { validationFigure } from '../../contract/measures.ts';
import type { RunSummary } from '../../contract/run.ts';
import type { SweepAttempt } from '../../contract/sweeps.ts';
import type { SweepGoal } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { readMetrics } from '../runs/metricsFile.ts';

/** What a run that has ended says for its trial: the goal's figure of its best epoch, and how long it took. */
export async function attemptOutcome(
  folder: string,
  { state, parent }: Pick<RunSummary, 'state' | 'parent'>,
  { measure, better }: SweepGoal,
): Promise<Pick<SweepAttempt, 'outcome' | 'seconds'>> {
  const metrics = await readMetrics(folder);
  const before = metrics.findLast(({ step }) => step <= (parent?.step ?? 0))?.elapsed ?? 0;
  const seconds = Math.max(0, (metrics.at(-1)?.elapsed ?? 0) - before);
  if (state.status === 'failed') {
    const { code, message, remedy } = state.problem;
    const problem = { code, message, ...(remedy !== undefined && { remedy }) };
    return { outcome: { status: 'failed', problem }, seconds };
  }
  if (state.status === 'interrupted')
    return { outcome: { status: 'failed', problem: { code: 'engine/lost', message: state.reason } }, seconds };
  const sign = better === 'lower' ? 1 : -1;
  const [best] = metrics
    .flatMap((entry) => {
      if (entry.kind !== 'epoch') return [];
      const value = measure === 'loss' ? entry.validationLoss : validationFigure(entry, measure);
      return value === undefined || !Number.isFinite(value) ? [] : [{ value, epoch: entry.epoch }];
    })
    .toSorted((a, b) => sign * (a.value - b.value));
  if (best !== undefined) return { outcome: { status: 'done', ...best }, seconds };
  const problem = {
    code: 'sweep/no-value',
    message: `The run ended before its "${measure}" was measured.`,
    remedy: 'Let trials train for an epoch at least, or choose another goal.',
  };
  return { outcome: { status: 'failed', problem }, seconds };
}
