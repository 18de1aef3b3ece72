import { expect, test } from 'vitest';
import type { RunSummary, StepMetrics } from '../../contract/run.ts';
import { describeRun, windowTitle } from './describeRun.ts';

const run: RunSummary = { id: 'a', name: 'net', data: 'digits', started: 0, epochs: 4, state: { status: 'running' } };
const step: StepMetrics = {
  ...{ kind: 'step', step: 10, epoch: 1, loss: 1, accuracy: 0.5 },
  ...{ learningRate: 0.001, samplesPerSecond: 10, remaining: 1, elapsed: 1 },
};

test('a failure says why and what to do', () => {
  const problem = { code: 'memory', message: 'There is not enough memory.', remedy: 'Make the batch smaller.' };
  expect(describeRun({ status: 'failed', problem })).toEqual({
    label: 'Failed',
    tone: 'danger',
    detail: 'There is not enough memory.',
    remedy: 'Make the batch smaller.',
  });
});

test('an interrupted run says what happened', () => {
  expect(describeRun({ status: 'interrupted', reason: 'The engine process ended.' }).detail).toBe(
    'The engine process ended.',
  );
});

test('the tab shows progress while training and the document otherwise', () => {
  expect(windowTitle('net', false, run, step)).toBe('25% · net – Skipwire');
  expect(windowTitle('net', true, undefined, undefined)).toBe('• net – Skipwire');
  expect(windowTitle('net', false, { ...run, state: { status: 'finished' } }, step)).toBe('net – Skipwire');
  expect(windowTitle('net', false, { ...run, state: { status: 'compiling' } }, undefined)).toBe(
    'Preparing · net – Skipwire',
  );
});
