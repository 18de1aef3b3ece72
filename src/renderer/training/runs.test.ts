import { expect, test } from 'vitest';
import type { Metrics, RunRecord, RunState, RunSummary } from '../../contract/run.ts';
import { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import {
  isActive,
  lastStep,
  NO_RUNS,
  runsOfDocument,
  runToShow,
  withGap,
  withRunEvent,
  withRunList,
  withRunRecord,
} from './runs.ts';

function summary(id: string, started: number, state: RunState, documentPath?: string): RunSummary {
  return {
    id,
    name: 'net',
    data: 'digits',
    started,
    state,
    epochs: 3,
    ...(documentPath !== undefined && { documentPath }),
  };
}

function step(number: number): Metrics {
  const rest = { loss: 1, accuracy: 0.5, learningRate: 0.001, samplesPerSecond: 10, remaining: 1, elapsed: 1 };
  return { kind: 'step', step: number, epoch: number / 10, ...rest };
}

function epochEnd(number: number): Metrics {
  const losses = { trainLoss: 1, trainAccuracy: 0.5, validationLoss: 1, validationAccuracy: 0.5 };
  return { kind: 'epoch', step: number * 10, epoch: number, ...losses, best: true, elapsed: 1 };
}

const running = summary('b', 2, { status: 'running' });
const document = SkipwireDocument.parse({ format: 'skipwire/document@1', name: 'net', graph: { nodes: {} } });

function record(metrics: Metrics[], notices: string[] = []): RunRecord {
  return { summary: running, document, metrics, notices };
}

test('live metrics add up', () => {
  let runs = withRunEvent(NO_RUNS, { kind: 'state', run: 'b', summary: running });
  runs = withRunEvent(runs, { kind: 'metrics', run: 'b', metrics: [step(1), step(2)] });
  runs = withRunEvent(runs, { kind: 'metrics', run: 'b', metrics: [step(3)] });
  expect(runs.details['b']?.metrics.map((one) => one.step)).toEqual([1, 2, 3]);
  expect(lastStep(runs.details['b']?.metrics ?? [])?.step).toBe(3);
});

test('what was heard while the record was being read is neither lost nor doubled', () => {
  const heard = withRunEvent(NO_RUNS, {
    kind: 'metrics',
    run: 'b',
    metrics: [step(9), step(10), epochEnd(1), step(11)],
  });
  const runs = withRunRecord(heard, record([step(8), step(9), step(10)], ['resized']));
  expect(runs.details['b']).toEqual({
    complete: true,
    metrics: [step(8), step(9), step(10), epochEnd(1), step(11)],
    notices: ['resized'],
  });
});

test('reading again fills the gap left by a lost connection', () => {
  let runs = withRunRecord(NO_RUNS, record([step(1)]));
  runs = withGap(runs);
  expect(runs.details['b']?.complete).toBe(false);
  runs = withRunEvent(runs, { kind: 'metrics', run: 'b', metrics: [step(7)] });
  runs = withRunRecord(runs, record([step(1), step(4), step(6)]));
  expect(runs.details['b']?.metrics.map((one) => one.step)).toEqual([1, 4, 6, 7]);
});

test('the same notice is shown once', () => {
  let runs = withRunRecord(NO_RUNS, record([], ['resized']));
  runs = withRunEvent(runs, { kind: 'notice', run: 'b', text: 'resized' });
  expect(runs.details['b']?.notices).toEqual(['resized']);
});

test('a list forgets deleted runs, and the shown one if it is gone', () => {
  const runs = withRunList({ ...withRunRecord(NO_RUNS, record([step(1)])), shown: 'b' }, []);
  expect(runs).toEqual(NO_RUNS);
});

test('the run to show is the one under way, else the newest', () => {
  const old = summary('a', 1, { status: 'running' }, 'net.json');
  const newer = summary('c', 3, { status: 'stopped' }, 'net.json');
  const runs = withRunList(NO_RUNS, [old, newer, summary('d', 4, { status: 'finished' }, 'other.json')]);
  const mine = runsOfDocument(runs, 'net.json', 'net', 'd');
  expect(mine.map((run) => run.id)).toEqual(['c', 'a']);
  expect(runToShow(mine)).toBe('a');
  expect(runToShow([newer])).toBe('c');
  expect(runToShow([])).toBeNull();
});

test('a run started before the first save stays with its document when that is renamed, saved and reopened', () => {
  const runs = withRunList(NO_RUNS, [running]);
  expect(runsOfDocument({ ...runs, adopted: { b: ':d' } }, null, 'renamed', 'd')).toEqual([running]);
  expect(runsOfDocument({ ...runs, adopted: { b: 'renamed.json' } }, 'renamed.json', 'renamed', 'd')).toEqual([
    running,
  ]);
  expect(runsOfDocument({ ...runs, adopted: { b: 'renamed.json' } }, 'other.json', 'net', 'd')).toEqual([]);
});

test('a document never saved finds its runs by name', () => {
  const runs = withRunList(NO_RUNS, [running]);
  expect(runsOfDocument(runs, null, 'net', 'd')).toEqual([running]);
  expect(runsOfDocument(runs, null, 'another', 'd')).toEqual([]);
});

test('active states are the four before the end', () => {
  const active = (['queued', 'compiling', 'running', 'stopping'] as const).map((status) => isActive({ status }));
  expect(active).toEqual([true, true, true, true]);
  expect(isActive({ status: 'finished' })).toBe(false);
  expect(isActive({ status: 'interrupted', reason: 'power cut' })).toBe(false);
});
