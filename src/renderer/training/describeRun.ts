import { headlineOf, validationFigure } from '../../contract/measures.ts';
import type { RunState, RunSummary, StepMetrics } from '../../contract/run.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { BadgeTone } from '../ui/Badge.tsx';
import { formatFigure } from './format.ts';

/** A run's state in words. */
export interface RunWords {
  readonly label: string;
  readonly tone: BadgeTone;
  /** What happened, when the label does not say it. */
  readonly detail?: string;
  /** What to do now. */
  readonly remedy?: string;
}

/** Says where a run stands, and after a failure why and what to do. */
export function describeRun(state: RunState): RunWords {
  switch (state.status) {
    case 'queued':
      return { label: 'Waiting', tone: 'neutral', detail: 'Another run is under way; this one starts after it.' };
    case 'compiling':
      return { label: 'Preparing', tone: 'accent', detail: 'The network is being compiled and the data loaded.' };
    case 'running':
      return { label: 'Training', tone: 'accent' };
    case 'stopping':
      if (state.pausing === true) {
        return { label: 'Pausing', tone: 'neutral', detail: 'Finishing the step and saving where it stands.' };
      }
      return { label: 'Stopping', tone: 'neutral', detail: 'Finishing the step and saving the best weights.' };
    case 'paused':
      return {
        label: 'Paused',
        tone: 'neutral',
        detail: 'Saved and at rest: it needs no memory, and goes on where it stood.',
      };
    case 'finished':
      return { label: 'Finished', tone: 'success' };
    case 'stopped':
      return { label: 'Stopped', tone: 'neutral', detail: 'Stopped by you. The best weights are kept.' };
    case 'failed':
      return {
        label: 'Failed',
        tone: 'danger',
        detail: state.problem.message,
        ...(state.problem.remedy !== undefined && { remedy: state.problem.remedy }),
      };
    case 'interrupted':
      return {
        label: 'Interrupted',
        tone: 'warning',
        detail: state.reason,
        remedy: 'Resume goes on from what was saved last, on the same curve.',
      };
    default:
      return assertNever(state);
  }
}

/** What the browser tab says: progress while training, else the document. */
export function windowTitle(
  name: string,
  unsaved: boolean,
  run: RunSummary | undefined,
  step: StepMetrics | undefined,
): string {
  const document = `${unsaved ? '• ' : ''}${name} – Skipwire`;
  if (run === undefined) return document;
  if (run.state.status === 'compiling' || run.state.status === 'queued') return `Preparing · ${document}`;
  if (run.state.status !== 'running' && run.state.status !== 'stopping') return document;
  const share = step === undefined ? 0 : Math.min(1, step.epoch / run.epochs);
  const best = bestFigure(run);
  return `${Math.floor(share * 100)}%${best === undefined ? '' : ` · ${best}`} · ${document}`;
}

/** The figure that says most about the best weights of a run; nothing where there is none. */
export function bestFigure(run: RunSummary): string | undefined {
  const measure = headlineOf(run);
  const best = run.best && validationFigure(run.best, measure.key);
  return best === undefined ? undefined : formatFigure(measure, best);
}
