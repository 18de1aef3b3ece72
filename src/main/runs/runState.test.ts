import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunState } from '../../contract/run.ts';
import { isAtRest, nextRunState, type RunHappening } from './runState.ts';

const problem = { code: 'training/diverged', message: 'The loss became NaN.' };
const states: readonly RunState[] = [
  { status: 'queued' },
  { status: 'compiling' },
  { status: 'running' },
  { status: 'stopping' },
  { status: 'stopping', pausing: true },
  { status: 'paused' },
  { status: 'finished' },
  { status: 'stopped' },
  { status: 'failed', problem },
  { status: 'interrupted', reason: 'The engine died.' },
];
const happenings: readonly RunHappening[] = [
  { kind: 'taken' },
  { kind: 'begun' },
  { kind: 'stop-asked' },
  { kind: 'ended', completed: true },
  { kind: 'ended', completed: false },
  { kind: 'failed', problem },
  { kind: 'lost', reason: 'The engine died.' },
  { kind: 'pause-asked' },
  { kind: 'resume-asked' },
];

test('every pair of state and happening has the outcome of this table', () => {
  const named = (state: RunState): string =>
    state.status === 'stopping' && state.pausing === true ? 'pausing' : state.status;
  const table = states.map((state) => happenings.map((happening) => named(nextRunState(state, happening))));
  expect(table).toEqual([
    // taken, begun, stop-asked, ended whole, ended early, failed, lost, pause-asked, resume-asked
    ['compiling', 'running', 'stopped', 'finished', 'stopped', 'failed', 'interrupted', 'paused', 'queued'],
    ['compiling', 'running', 'stopping', 'finished', 'stopped', 'failed', 'interrupted', 'pausing', 'compiling'],
    ['running', 'running', 'stopping', 'finished', 'stopped', 'failed', 'interrupted', 'pausing', 'running'],
    ['stopping', 'stopping', 'stopping', 'finished', 'stopped', 'failed', 'interrupted', 'stopping', 'stopping'],
    ['pausing', 'pausing', 'stopping', 'finished', 'paused', 'failed', 'interrupted', 'pausing', 'pausing'],
    [...Array<string>(8).fill('paused'), 'queued'],
    Array(9).fill('finished'),
    [...Array<string>(8).fill('stopped'), 'queued'],
    [...Array<string>(8).fill('failed'), 'queued'],
    [...Array<string>(8).fill('interrupted'), 'queued'],
  ]);
});

test('whatever happens, a run is described by the contract, and at rest only a wish to resume moves it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...happenings), { maxLength: 30 }), (story) => {
      let state: RunState = { status: 'queued' };
      for (const happening of story) {
        const next = nextRunState(state, happening);
        expect(RunState.parse(next)).toEqual(next);
        if (isAtRest(state) && happening.kind !== 'resume-asked') expect(next).toBe(state);
        state = next;
      }
      // From any point, losing the engine brings the run to rest.
      expect(isAtRest(nextRunState(state, { kind: 'lost', reason: 'gone' }))).toBe(true);
    }),
  );
});
