import { expect, test } from 'vitest';
import type { SweepState } from '../../contract/sweeps.ts';
import { nextSweepState, type SweepHappening } from './sweepState.ts';

const after = (...happenings: readonly SweepHappening['kind'][]): SweepState => {
  const problem = { code: 'file/disk-full', message: 'The disk is full.' };
  return happenings.reduce<SweepState>(
    (state, kind) =>
      nextSweepState(state, { kind, reason: kind === 'over' ? 'target' : 'gone', problem } as SweepHappening),
    { status: 'running' },
  );
};

test('a sweep rests by a wish when its runs have ended, and goes on by another', () => {
  expect(after('pause-asked')).toEqual({ status: 'stopping', pausing: true });
  expect(after('pause-asked', 'settled')).toEqual({ status: 'paused' });
  expect(after('pause-asked', 'stop-asked', 'settled')).toEqual({ status: 'stopped' });
  expect(after('stop-asked', 'pause-asked', 'settled')).toEqual({ status: 'stopped' });
  for (const end of ['settled', 'failed', 'lost'] as const)
    expect(after('stop-asked', end, 'resume-asked')).toEqual({ status: 'running' });
});

test('what is finished stays so, and at rest nothing but the user is heard', () => {
  expect(after('over')).toEqual({ status: 'finished', reason: 'target' });
  expect(after('over', 'resume-asked', 'lost')).toEqual({ status: 'finished', reason: 'target' });
  expect(after('lost', 'pause-asked', 'settled')).toEqual({ status: 'interrupted', reason: 'gone' });
  const running: SweepState = { status: 'running' };
  expect(nextSweepState(running, { kind: 'resume-asked' })).toBe(running);
  expect(nextSweepState(running, { kind: 'settled' })).toBe(running);
});
