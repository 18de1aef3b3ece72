import { freeze } from 'immer';
import { expect, test } from 'vitest';
import { residualDigits, residualNetwork20 } from '../../graph-engine/testing/examples.ts';
import { checkSweep } from '../../graph-engine/training/sweep/checkSweep.ts';
import { rangeTextOf } from '../../graph-engine/training/sweep/axisText.ts';
import { sweepTargets, targetNamed } from '../../graph-engine/training/sweep/sweepTargets.ts';
import { EMPTY_PLAN, findTargets, proposedAxis } from './sweepDraft.ts';

const digits = freeze(residualDigits(), true);

test('what is proposed for an axis can be used as it is', () => {
  for (const document of [digits, freeze(residualNetwork20(), true)]) {
    for (const target of sweepTargets(document)) {
      const plan = { ...EMPTY_PLAN, axes: [proposedAxis(target)] };
      expect([target.path, checkSweep(document, plan)]).toEqual([target.path, []]);
    }
  }
});

test('it lies around what the document says', () => {
  const proposed = (path: string): string => {
    const target = targetNamed(digits, path);
    return target === undefined ? 'unknown' : rangeTextOf(proposedAxis(target).range);
  };
  expect(proposed('training.learningRate')).toBe('log(0.0005,0.05,5)');
  expect(proposed('conv1.filters')).toBe('16,32,64');
  expect(proposed('training.optimizer.beta1')).toBe('0.8,0.9,0.95');
  expect(proposed('training.optimizer.weightDecay')).toBe('0,0.0001,0.001,0.01');
  expect(proposed('training.optimizer.kind')).toBe('adam,adamw,rmsprop');
  expect(proposed('conv1.bias')).toBe('true,false');
});

test('settings and parameters are found by words, without those of other choices and those that are varied', () => {
  const found = (query: string, axes = EMPTY_PLAN.axes): string[] =>
    findTargets(digits, { axes }, query).map(({ path }) => path);
  expect(found('learning rate')).toContain('training.learningRate');
  expect(found('filters')).toEqual(expect.arrayContaining(['conv1.filters', 'conv2.filters']));
  expect(found('optimizer momentum')).toEqual([]);
  const kinds = {
    paths: ['training.optimizer.kind'],
    range: { kind: 'values' as const, values: ['adam', 'momentum'] },
  };
  expect(found('optimizer momentum', [kinds])).toEqual(['training.optimizer.momentum']);
});
