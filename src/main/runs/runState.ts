import type { RunState } from '../../contract/run.ts';
import type { Divergence } from '../../contract/divergence.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';

/** What happens to a run. */
export type RunHappening =
  /** An engine process has taken the run up. */
  | { readonly kind: 'taken' }
  /** The step is compiled and the first batch is on its way. */
  | { readonly kind: 'begun' }
  /** The user asked for an end. */
  | { readonly kind: 'stop-asked' }
  /** The user asked for a pause. */
  | { readonly kind: 'pause-asked' }
  /** The user asked a run at rest to go on from its last checkpoint. */
  | { readonly kind: 'resume-asked' }
  /** The loop came to its end, by itself or because it was asked to. */
  | { readonly kind: 'ended'; readonly completed: boolean }
  | {
      readonly kind: 'failed';
      readonly problem: {
        code: string;
        message: string;
        remedy?: string | undefined;
        divergence?: Divergence | undefined;
      };
    }
  /** The engine or the host died. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Whether nobody works on a run in this state or waits to: only the user's wish to resume changes it. */
export function isAtRest(state: RunState): boolean {
  switch (state.status) {
    case 'paused':
    case 'finished':
    case 'stopped':
    case 'failed':
    case 'interrupted':
      return true;
    case 'queued':
    case 'compiling':
    case 'running':
    case 'stopping':
      return false;
    default:
      return assertNever(state);
  }
}

/**
 * The state after a happening. The same object comes back when nothing changes: a run at rest hears nothing but the user,
 * and news that come late (a first step after the stop was asked for) change nothing.
 */
export function nextRunState(state: RunState, happening: RunHappening): RunState {
  if (isAtRest(state)) {
    return happening.kind === 'resume-asked' && state.status !== 'finished' ? { status: 'queued' } : state;
  }
  switch (happening.kind) {
    case 'taken':
      return state.status === 'queued' ? { status: 'compiling' } : state;
    case 'begun':
      return state.status === 'queued' || state.status === 'compiling' ? { status: 'running' } : state;
    case 'stop-asked':
      // Nobody works on a queued run: it is stopped at once.
      if (state.status === 'queued') return { status: 'stopped' };
      return state.status === 'stopping' && state.pausing !== true ? state : { status: 'stopping' };
    case 'pause-asked':
      if (state.status === 'queued') return { status: 'paused' };
      return state.status === 'stopping' ? state : { status: 'stopping', pausing: true };
    case 'resume-asked':
      return state;
    case 'ended':
      if (happening.completed) return { status: 'finished' };
      return { status: state.status === 'stopping' && state.pausing === true ? 'paused' : 'stopped' };
    case 'failed': {
      const { code, message, remedy, divergence } = happening.problem;
      const more = { ...(remedy !== undefined && { remedy }), ...(divergence !== undefined && { divergence }) };
      return { status: 'failed', problem: { code, message, ...more } };
    }
    case 'lost':
      return { status: 'interrupted', reason: happening.reason };
    default:
      return assertNever(happening);
  }
}
