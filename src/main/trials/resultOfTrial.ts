import type { TrialResult } from '../../contract/trials.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { TaskEnd } from '../training/engineChild.ts';

/** What came of a trial's task. Throws a `HostFailure` where it was refused or its process died. */
export function resultOfTrial(end: TaskEnd): TrialResult {
  if (end.kind === 'refused') throw new HostFailure(end.problem);
  if (end.kind === 'lost') throw new HostFailure({ code: 'engine/lost', message: end.reason });
  if (end.outcome.kind !== 'tried') throw new Error(`A trial ended as ${end.outcome.kind}`);
  return end.outcome.result;
}
