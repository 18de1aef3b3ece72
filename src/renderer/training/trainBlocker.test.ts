import { expect, test } from 'vitest';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { trainBlocker, type TrainSituation } from './trainBlocker.ts';

const fix = { label: 'Add an output', command: 'appendOutput', arguments: {} };
const noOutput: Diagnostic = {
  code: 'graph/no-output',
  severity: 'error',
  at: { path: [] },
  message: 'The network has no Output.',
  fixes: [fix],
};
const warning: Diagnostic = { ...noOutput, code: 'graph/unused', severity: 'warning' };
const ready: TrainSituation = {
  diagnostics: [],
  nodes: 3,
  connection: 'open',
  engines: [{ id: 'tensorflow', state: 'ready', detail: '' }],
};

test('nothing blocks a sound drawing on a ready host', () => {
  expect(trainBlocker(ready)).toBeNull();
  expect(trainBlocker({ ...ready, diagnostics: [warning] })).toBeNull();
});

test('a missing output alone offers its fix', () => {
  expect(trainBlocker({ ...ready, diagnostics: [noOutput, warning] })).toEqual({
    reason: 'The network has no Output.',
    fix,
  });
});

test('several errors are counted and none of their fixes is offered as enough', () => {
  const blocker = trainBlocker({ ...ready, diagnostics: [noOutput, noOutput] });
  expect(blocker?.reason).toMatch(/^2 errors/);
  expect(blocker?.fix).toBeUndefined();
});

test('an empty canvas comes before everything', () => {
  expect(trainBlocker({ ...ready, nodes: 0, connection: 'lost' })?.reason).toMatch(/^Draw a network/);
});

test('an absent host and a missing engine say so', () => {
  expect(trainBlocker({ ...ready, connection: 'lost' })?.reason).toMatch(/away/);
  expect(trainBlocker({ ...ready, connection: 'refused' })?.reason).toMatch(/key/);
  const engines = [{ id: 'tensorflow', state: 'missing', detail: 'Run npm start.' }] as const;
  expect(trainBlocker({ ...ready, engines })).toEqual({
    reason: 'No engine is installed yet. Run npm start.',
    install: true,
  });
  const broken = [{ id: 'tensorflow', state: 'broken', detail: 'A library does not load.' }] as const;
  expect(trainBlocker({ ...ready, engines: broken })).toEqual({ reason: 'A library does not load.' });
});
