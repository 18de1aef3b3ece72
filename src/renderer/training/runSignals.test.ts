import { expect, test } from 'vitest';
import type { RunState, RunSummary } from '../../contract/run.ts';
import { endedRuns, noticeOf } from './runSignals.ts';

function run(id: string, state: RunState): RunSummary {
  return { id, name: 'ResNet-20', data: 'digits', started: 0, state, epochs: 20 };
}
const going = (id: string) => run(id, { status: 'running' });
const byId = (...runs: RunSummary[]) => Object.fromEntries(runs.map((one) => [one.id, one]));

test('only what was going on and has ended by itself is told', () => {
  const before = byId(going('a'), going('b'), going('c'), run('d', { status: 'finished' }));
  const now = byId(
    run('a', { status: 'finished' }),
    going('b'),
    run('c', { status: 'stopped' }),
    run('d', { status: 'finished' }),
    // A run that is heard of for the first time may have ended long ago.
    run('e', { status: 'failed', problem: { code: 'x', message: 'No' } }),
  );
  expect(endedRuns(before, now).map(({ id }) => id)).toEqual(['a']);
});

test('a notice says how it ended', () => {
  expect(noticeOf(run('a', { status: 'finished' }))).toEqual({ title: 'ResNet-20: finished', body: '20 epochs' });
  const problem = { code: 'training/diverged', message: 'The loss became infinite.' };
  expect(noticeOf(run('a', { status: 'failed', problem }))).toEqual({
    title: 'ResNet-20: failed',
    body: 'The loss became infinite.',
  });
});
