import type { TrialKind, TrialResult } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { fastRun } from './fastRun.ts';
import { findBatchSize } from './findBatchSize.ts';
import { findRate } from './findRate.ts';
import { forecastMemory } from './forecastMemory.ts';
import { overfitBatch } from './overfitBatch.ts';
import type { RunTrial, TrialListeners } from './trial.ts';

const trials: { readonly [Kind in TrialKind]: RunTrial<Kind> } = {
  'find-rate': findRate,
  'overfit-batch': overfitBatch,
  'fast-run': fastRun,
  'find-batch-size': findBatchSize,
  'forecast-memory': forecastMemory,
};

/** Does a trial in an engine process. Throws a `HostFailure` where the network cannot be trained at all. */
export function runTrial(
  executor: Executor,
  { trial, document }: { readonly trial: TrialKind; readonly document: SkipwireDocument },
  listeners: TrialListeners,
): Promise<TrialResult> {
  return trials[trial](executor, document, listeners);
}
