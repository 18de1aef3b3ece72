import { expect, test } from 'vitest';
import { TrainingSettings } from '../graph-engine/document/trainingSettings.ts';
import type { EpochMetrics, RunSummary } from './run.ts';
import { columnsOf, filterRows, sortRows, type RunRow } from './runTable.ts';

const epoch = (validationLoss: number, validationAccuracy: number): EpochMetrics => ({
  ...{ kind: 'epoch', step: 10, epoch: 1, trainLoss: 1, validationLoss, best: true, elapsed: 5 },
  validationMeasures: { accuracy: validationAccuracy },
});

function row(id: string, about: Partial<RunSummary> = {}, tags: string[] = [], learningRate = 0.1, note = ''): RunRow {
  return {
    summary: { id, name: 'Net', data: 'digits', started: 1, state: { status: 'finished' }, epochs: 3, ...about },
    facts: { run: id, remarks: { tags, note }, settings: TrainingSettings.parse({ learningRate }) },
  };
}

const rows = [
  row('a', { best: epoch(0.5, 0.9) }, ['good', 'wide'], 0.01),
  row('b', { best: epoch(Number.NaN, 0.2), state: { status: 'stopped' } }, ['good'], 0.5, 'Zu schnell'),
  row('c', {}, [], 0.002),
  row('d', { best: epoch(0.1, 0.95), name: 'Wide net' }, ['wide'], 10),
];
const ids = (of: readonly RunRow[]): readonly string[] => of.map(({ summary }) => summary.id);
const sorted = (key: string, descending = false): readonly string[] => {
  const column = columnsOf(rows).find((one) => one.key === key);
  if (column === undefined) throw new Error(`No column ${key}`);
  return ids(sortRows(rows, column, descending));
};

test('columns are what all runs have, what they measure and their settings, each once', () => {
  const keys = columnsOf(rows).map(({ key }) => key);
  expect(keys).toEqual(
    expect.arrayContaining(['run', 'best accuracy', 'setting learningRate', 'setting optimizer kind']),
  );
  expect(new Set(keys).size).toBe(keys.length);
  expect(columnsOf(rows).find(({ key }) => key === 'setting batchSize')?.title).toBe('Batch size');
});

test('numbers are sorted as numbers; a run that has none, or not a number, comes last both ways', () => {
  expect(sorted('setting learningRate')).toEqual(['c', 'a', 'b', 'd']);
  expect(sorted('bestLoss')).toEqual(['d', 'a', 'b', 'c']);
  expect(sorted('bestLoss', true)).toEqual(['a', 'd', 'b', 'c']);
  expect(sorted('name', true)).toEqual(['d', 'a', 'b', 'c']);
});

test('words, tags and states narrow the list together', () => {
  expect(ids(filterRows(rows, { words: 'wide' }))).toEqual(['a', 'd']);
  expect(ids(filterRows(rows, { words: 'WIDE net' }))).toEqual(['a', 'd']);
  expect(ids(filterRows(rows, { words: 'schnell' }))).toEqual(['b']);
  expect(ids(filterRows(rows, { tags: ['good'], states: ['finished'] }))).toEqual(['a']);
  expect(ids(filterRows(rows, { tags: ['good', 'wide'] }))).toEqual(['a']);
  expect(ids(filterRows(rows, {}))).toEqual(['a', 'b', 'c', 'd']);
});
