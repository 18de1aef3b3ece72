import type { HostProblem } from '../../contract/contract.ts';
import type { SweepState } from '../../contract/sweeps.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';

/** What happens to a sweep. */
export type SweepHappening =
  | { readonly kind: 'pause-asked' }
  | { readonly kind: 'stop-asked' }
  | { readonly kind: 'resume-asked' }
  /** The runs at work have ended after a wish to pause or to stop. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'over'; readonly reason: (SweepState & { status: 'finished' })['reason'] }
  | { readonly kind: 'failed'; readonly problem: HostProblem }
  /** The host died. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Whether nobody works on a sweep in this state. */
export function isSweepAtRest({ status }: SweepState): boolean {
  return status !== 'running' && status !== 'stopping';
}

/** The state after a happening; the same object where nothing changes. */
export function nextSweepState(state: SweepState, happening: SweepHappening): SweepState {
  if (isSweepAtRest(state)) {
    return happening.kind === 'resume-asked' && state.status !== 'finished' ? { status: 'running' } : state;
  }
  switch (happening.kind) {
    case 'pause-asked':
      return state.status === 'running' ? { status: 'stopping', pausing: true } : state;
    case 'stop-asked':
      return state.status === 'stopping' && state.pausing !== true ? state : { status: 'stopping' };
    case 'resume-asked':
      return state;
    case 'settled':
      if (state.status !== 'stopping') return state;
      return { status: state.pausing === true ? 'paused' : 'stopped' };
    case 'over':
      return { status: 'finished', reason: happening.reason };
    case 'failed':
      return { status: 'failed', problem: happening.problem };
    case 'lost':
      return { status: 'interrupted', reason: happening.reason };
    default:
      return assertNever(happening);
  }
}
