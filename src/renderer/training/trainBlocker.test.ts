import { expect, test } from 'vitest';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { choiceTarget } from '../../graph-engine/core/objective.ts';
import type { EngineList, EngineStatus } from '../../contract/engines.ts';
import { image } from '../../graph-engine/core/shape.ts';
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
/** A host that has only TensorFlow. */
function listOf(tensorflow: Pick<EngineStatus, 'state' | 'detail' | 'remedy'>): EngineList {
  const engines = [{ id: 'tensorflow', title: 'TensorFlow', ...tensorflow } as const];
  const engine = tensorflow.state === 'ready' ? 'tensorflow' : null;
  return { engines, choice: { wish: { engine: 'automatic' }, engine, reason: 'No engine works yet.' } };
}

const ready: TrainSituation = {
  diagnostics: [],
  nodes: 3,
  kept: undefined,
  network: {
    inputs: [{ path: 'input', type: image(8, 8, 1) }],
    outputs: [{ path: 'output', target: choiceTarget('class', [], 10) }],
  },
  data: {
    id: 'digits',
    title: 'Digits',
    description: '',
    inputs: [{ kind: 'image', name: 'image', height: 8, width: 8, channels: 1 }],
    targets: [{ kind: 'class', name: 'digit', classes: [...'0123456789'] }],
    samples: 100,
    licence: '',
  },
  connection: 'open',
  engines: listOf({ state: 'ready', detail: '' }),
};

test('nothing blocks a sound drawing on a ready host', () => {
  expect(trainBlocker(ready)).toBeNull();
  expect(trainBlocker({ ...ready, diagnostics: [warning] })).toBeNull();
});

test('a missing output alone offers its fix', () => {
  expect(trainBlocker({ ...ready, diagnostics: [noOutput, warning] })).toEqual({
    reason: 'The network has no Output.',
    at: { path: [] },
    fix,
  });
});

test('several errors are counted and none of their fixes is offered as enough', () => {
  const blocker = trainBlocker({ ...ready, diagnostics: [noOutput, noOutput] });
  expect(blocker?.reason).toMatch(/^2 errors/);
  expect(blocker?.fix).toBeUndefined();
});

test('what is kept from a file comes before a missing loss, and is found by its place', () => {
  const kept = { at: { path: [], node: 'odd' }, message: '"odd" is kept.', remedy: 'Bypass it.' };
  expect(trainBlocker({ ...ready, kept, network: { inputs: [], outputs: [] } })).toEqual({
    reason: '"odd" is kept. Bypass it.',
    at: kept.at,
  });
});

test('an empty canvas comes before everything', () => {
  expect(trainBlocker({ ...ready, nodes: 0, connection: 'lost' })?.reason).toMatch(/^Draw a network/);
});

test('data that do not fit and a network without a loss are told before anything is started', () => {
  const outputs = [{ path: 'output', target: choiceTarget('class', [], 1000) }];
  const { reason } = trainBlocker({ ...ready, network: { ...ready.network, outputs } }) ?? {};
  expect(reason).toMatch(/"Digits" has 10 classes, but the network's output "output" has 1000\. Give the last Dense/);
  expect(trainBlocker({ ...ready, network: { ...ready.network, outputs: [] } })?.reason).toMatch(/no loss/);
});

test('an absent host and a missing engine say so', () => {
  expect(trainBlocker({ ...ready, connection: 'lost' })?.reason).toMatch(/away/);
  expect(trainBlocker({ ...ready, connection: 'refused' })?.reason).toMatch(/key/);
  const engines = listOf({ state: 'missing', detail: 'It is not installed.', remedy: 'Run npm start.' });
  expect(trainBlocker({ ...ready, engines })).toEqual({
    reason: 'No engine works yet. Run npm start.',
    install: true,
  });
  const broken = listOf({ state: 'broken', detail: 'A library does not load.' });
  expect(trainBlocker({ ...ready, engines: broken })).toEqual({
    reason: 'No engine works yet. A library does not load.',
  });
});
