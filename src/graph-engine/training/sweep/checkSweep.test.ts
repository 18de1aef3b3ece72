import { freeze } from 'immer';
import { expect, test } from 'vitest';
import { createHistory } from '../../document/history.ts';
import { applyValues } from '../../document/commands/applyValues.ts';
import type { ParameterValue, SkipwireDocument } from '../../document/schema.ts';
import { residualDigits, residualNetwork20 } from '../../testing/examples.ts';
import { assignValues } from './assignValues.ts';
import { parseAxis } from './axisText.ts';
import { checkSweep } from './checkSweep.ts';
import { SweepPlan } from './sweepPlan.ts';
import { sweepTargets, targetNamed } from './sweepTargets.ts';

const digits = freeze(residualDigits(), true);
const resNet = freeze(residualNetwork20(), true);

function planOf(axes: readonly string[], more: object = {}): SweepPlan {
  const parsed = axes.map((text) => {
    const axis = parseAxis(text);
    if (!axis.ok) throw new Error(text);
    return axis.axis;
  });
  return SweepPlan.parse({ axes: parsed, ...more });
}

const problems = (document: SkipwireDocument, axes: readonly string[], more: object = {}) =>
  checkSweep(document, planOf(axes, more), ['accuracy']).map(({ code, path, expected, received, remedy }) => [
    code,
    ...[path, expected, received, remedy].filter((word) => word !== undefined),
  ]);

test('settings, parameters of nodes and of blocks can be varied', () => {
  expect(
    problems(resNet, [
      'training.learningRate=log(1e-4,1e-1,5)',
      'training.optimizer.kind=momentum,adam',
      'training.optimizer.momentum=linear(0.5,0.9,3)',
      'training.mixing.kind=none,mixup',
      'stage1.repeat=int(1,5,3)',
      'blocks.residual-basic.dropRate=0,0.1',
    ]).filter(([code]) => code !== 'sweep/unknown-path'),
  ).toEqual([]);
  const written = sweepTargets(resNet).map(({ path }) => path);
  expect(new Set(written).size).toBe(written.length);
  for (const path of written) expect(targetNamed(resNet, path)?.path).toBe(path);
  expect(targetNamed(digits, 'graph.conv1.filters')?.path).toBe('conv1.filters');
  expect(targetNamed(digits, 'training.optimizer.momentum')?.only).toEqual({
    path: 'training.optimizer.kind',
    choices: ['momentum', 'nesterov', 'rmsprop'],
  });
});

test('what cannot be varied is told with its place, what was expected, what came, and what to do', () => {
  expect(problems(digits, ['training.optimizer.learningRate=0.1'])).toEqual([
    [
      'sweep/unknown-path',
      'training.optimizer.learningRate',
      'a training setting, or the parameter of a node or block, such as training.learningRate',
      'training.optimizer.learningRate',
      'Did you mean "training.learningRate"?',
    ],
  ]);
  expect(problems(digits, ['conv1.filtres=8'])[0]?.at(-1)).toBe('Did you mean "conv1.filters"?');
  expect(problems(digits, ['conv1.filters=8,8.5', 'training.optimizer.kind=adam,adamn'])).toEqual([
    [
      'sweep/value',
      'conv1.filters',
      expect.stringContaining('a whole number'),
      '8.5',
      'Change the values of this axis.',
    ],
    [
      'sweep/value',
      'training.optimizer.kind',
      expect.stringMatching(/^one of sgd, .*lion$/),
      '"adamn"',
      'Change the values of this axis.',
    ],
  ]);
  expect(problems(digits, ['training.batchSize=linear(1,4,3)', 'conv1.filters=linear(1,2,3)'])).toEqual([
    [
      'sweep/value',
      'training.batchSize',
      'a whole number of at least 1 and of at most 65536',
      '2.5',
      'Make it a range of whole numbers.',
    ],
    ['sweep/value', 'conv1.filters', expect.any(String), '1.5', 'Make it a range of whole numbers.'],
  ]);
  expect(problems(digits, ['training.learningRate=log(0,0.1)'])[0]?.slice(0, 3)).toEqual([
    'sweep/range',
    'training.learningRate',
    'ends above 0',
  ]);
  expect(problems(digits, ['training.learningRate=linear(1,0.1)'])[0]?.[0]).toBe('sweep/range');
  expect(problems(digits, ['conv1.filters=8', 'conv2.filters+conv1.filters=8'])[0]?.slice(0, 2)).toEqual([
    'sweep/same-path',
    'conv1.filters',
  ]);
  const wide = ['learningRate', 'labelSmoothing', 'validationShare'].map(
    (name) => `training.${name}=linear(0.1,0.5,11)`,
  );
  expect(problems(digits, wide)).toEqual([
    ['sweep/too-many-trials', 'at most 1000', '1331', 'Take fewer values, or draw points at random.'],
  ]);
  const halving = { strategy: { kind: 'halving', minimum: 9, maximum: 3 } };
  expect(problems(digits, ['training.epochs=1,2'], halving).map(([code]) => code)).toEqual([
    'sweep/budget',
    'sweep/budget',
  ]);
  expect(problems(digits, ['conv1.filters=8'], { goal: { measure: 'f1' } })[0]?.slice(0, 3)).toEqual([
    'sweep/goal',
    'one of loss, accuracy',
    'f1',
  ]);
});

function assigned(document: SkipwireDocument, values: Readonly<Record<string, ParameterValue>>): SkipwireDocument {
  const result = assignValues(
    document,
    Object.entries(values).map(([path, value]) => ({ path, value })),
  );
  if (!result.ok) throw new Error(result.problem.message);
  return result.document;
}

test('a choice brings the defaults of what belongs to it, whatever the order', () => {
  const { training, graph } = assigned(digits, {
    'training.optimizer.momentum': 0.5,
    'training.optimizer.kind': 'momentum',
    'training.clipping.kind': 'norm',
    'conv1.filters': 16,
    'conv2.filters': 16,
  });
  expect(training.optimizer).toEqual({ kind: 'momentum', momentum: 0.5, weightDecay: 0 });
  expect(training.clipping).toEqual({ kind: 'norm', maximum: 1 });
  expect(Object.values(graph.nodes).flatMap(({ parameters }) => parameters['filters'] ?? [])).toEqual([16, 16]);
  // The same choice keeps what was set.
  const kept = assigned(assigned(digits, { 'training.optimizer.beta1': 0.5 }), { 'training.optimizer.kind': 'adam' });
  expect(kept.training.optimizer).toMatchObject({ beta1: 0.5 });
  expect(assigned(digits, { 'training.epochs': digits.training.epochs }).training).toBe(digits.training);
});

test('what means nothing under a choice is refused in words', () => {
  const result = assignValues(digits, [{ path: 'training.optimizer.momentum', value: 0.5 }]);
  expect(result.ok ? '' : result.problem.message).toBe(
    '"training.optimizer.momentum" means nothing while "training.optimizer.kind" is "adam".',
  );
});

test('a point is applied to the drawing in one step, and one undo takes it back', () => {
  const history = createHistory(residualNetwork20());
  const before = history.document;
  const [repeat] = sweepTargets(before).filter(({ path }) => path.endsWith('.repeat'));
  if (repeat === undefined) throw new Error('ResNet-20 repeats nothing');
  history.dispatch(applyValues, {
    assignments: [
      { path: 'training.learningRate', value: 0.5 },
      { path: repeat.path, value: 7 },
    ],
  });
  expect(history.document.training.learningRate).toBe(0.5);
  expect(targetNamed(history.document, repeat.path)?.now).toBe(7);
  expect(history.entries).toHaveLength(1);
  history.undo();
  expect(history.document).toEqual(before);
});
