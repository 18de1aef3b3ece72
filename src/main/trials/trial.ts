import type { TrialKind, TrialProgress, TrialResult } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { Executor } from '../executors/compiledProgram.ts';

export interface TrialListeners {
  readonly report: (progress: TrialProgress) => void;
  /** Asked between steps: whether the user still wants to know. */
  readonly goesOn: () => boolean;
}

/** Does one kind of trial. Throws a `HostFailure` where the network cannot be trained at all. */
export type RunTrial<Kind extends TrialKind> = (
  executor: Executor,
  document: SkipwireDocument,
  listeners: TrialListeners,
) => Promise<Extract<TrialResult, { kind: Kind }>>;
