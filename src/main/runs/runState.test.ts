import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunState } from '../../contract/run.ts';
import { isOver, nextRunState, type RunHappening } from './runState.ts';

const problem = { code: 'training/diverged', message: 'The loss became NaN.' };
const states: readonly RunState[] = [
  { status: 'queued' },
  { status: 'compiling' },
  { status: 'running' },
  { status: 'stopping' },
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
];

test('every pair of state and happening has the outcome of this table', () => {
  const table = states.map((state) => happenings.map((happening) => nextRunState(state, happening).status));
  expect(table).toEqual([
    // taken, begun, stop-asked, ended whole, ended early, failed, lost
    ['compiling', 'running', 'stopped', 'finished', 'stopped', 'failed', 'interrupted'],
    ['compiling', 'running', 'stopping', 'finished', 'stopped', 'failed', 'interrupted'],
    ['running', 'running', 'stopping', 'finished', 'stopped', 'failed', 'interrupted'],
    ['stopping', 'stopping', 'stopping', 'finished', 'stopped', 'failed', 'interrupted'],
    Array(7).fill('finished'),
    Array(7).fill('stopped'),
    Array(7).fill('failed'),
    Array(7).fill('interrupted'),
  ]);
});

test('whatever happens, a run is described by the contract, and once over it never moves again', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...happenings), { maxLength: 30 }), (story) => {
      let state: RunState = { status: 'queued' };
      for (const happening of story) {
        const next = nextRunState(state, happening);
        expect(RunState.parse(next)).toEqual(next);
        if (isOver(state)) expect(next).toBe(state);
        state = next;
      }
      // From any point, losing the engine ends the run.
      expect(isOver(nextRunState(state, { kind: 'lost', reason: 'gone' }))).toBe(true);
    }),
  );
});
