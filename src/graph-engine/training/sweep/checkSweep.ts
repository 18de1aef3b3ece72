import type { ParameterValue, SkipwireDocument } from '../../document/schema.ts';
import { axisTextOf } from './axisText.ts';
import { gridValues } from './axisValues.ts';
import { MOST_TRIALS, nameOfAxis, type SweepAxis, type SweepPlan } from './sweepPlan.ts';
import { trialCount } from './sweepPoints.ts';
import type { SweepProblem } from './sweepProblem.ts';
import { nearestPath, targetNamed } from './sweepTargets.ts';
import { expectedInstead } from './valueKind.ts';

/** Everything that is wrong with a plan for a document; `measures` are the keys of what the network measures. */
export function checkSweep(
  document: SkipwireDocument,
  plan: SweepPlan,
  measures: readonly string[] = [],
): readonly SweepProblem[] {
  return [
    ...plan.axes.flatMap((axis, index) => checkAxis(document, axis).map((problem) => ({ ...problem, axis: index }))),
    ...checkTwice(document, plan),
    ...checkStrategy(plan),
    ...checkGoal(plan, measures),
  ];
}

function checkAxis(document: SkipwireDocument, axis: SweepAxis): readonly SweepProblem[] {
  const range = checkRange(axis);
  if (range !== undefined) return [range];
  return axis.paths.flatMap((path): SweepProblem[] => {
    const target = targetNamed(document, path);
    if (target === undefined) {
      const meant = nearestPath(document, path);
      return [
        {
          code: 'sweep/unknown-path',
          path,
          message: `There is nothing called "${path}" in the document.`,
          expected: 'a training setting, or the parameter of a node or block, such as training.learningRate',
          received: path,
          ...(meant !== undefined && { remedy: `Did you mean "${meant}"?` }),
        },
      ];
    }
    // Between the ends of a range there is nothing that they do not allow.
    const values = axis.range.kind === 'values' ? axis.range.values : gridValues(axis.range);
    for (const value of values) {
      const expected = expectedInstead(target.values, value);
      if (expected === undefined) continue;
      const remedy =
        target.values.kind === 'number' && target.values.integer && axis.range.kind !== 'values'
          ? 'Make it a range of whole numbers.'
          : 'Change the values of this axis.';
      return [
        {
          code: 'sweep/value',
          path,
          message: `"${path}" cannot be ${written(value)}.`,
          expected,
          received: written(value),
          remedy,
        },
      ];
    }
    return [];
  });
}

function checkRange({ range, paths }: SweepAxis): SweepProblem | undefined {
  if (range.kind === 'values') return undefined;
  const path = paths[0] ?? '';
  const { from, to, kind } = range;
  const received = axisTextOf({ paths, range });
  const remedy = 'Change the ends of the range.';
  if (!(from < to))
    return {
      code: 'sweep/range',
      path,
      message: 'The range has no length.',
      expected: 'two ends, the lower one first',
      received,
      remedy,
    };
  if (kind === 'log' && from <= 0) {
    return {
      code: 'sweep/range',
      path,
      message: 'A range by equal factors cannot begin at 0 or below.',
      expected: 'ends above 0',
      received,
      remedy: 'Begin at a small number such as 1e-5, or make the range linear.',
    };
  }
  return undefined;
}

function checkTwice(document: SkipwireDocument, { axes }: SweepPlan): readonly SweepProblem[] {
  const seen = new Set<string>();
  return axes.flatMap(({ paths }, axis) =>
    paths.flatMap((path): SweepProblem[] => {
      const name = targetNamed(document, path)?.path ?? path;
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      const message = `"${path}" is varied twice.`;
      return [
        {
          code: 'sweep/same-path',
          axis,
          path,
          message,
          expected: 'every path once',
          received: path,
          remedy: 'Remove one of them.',
        },
      ];
    }),
  );
}

function checkStrategy(plan: SweepPlan): readonly SweepProblem[] {
  const problems: SweepProblem[] = [];
  const count = trialCount(plan);
  if (count > MOST_TRIALS) {
    problems.push({
      code: 'sweep/too-many-trials',
      message: `The grid has ${count} combinations.`,
      expected: `at most ${MOST_TRIALS}`,
      received: String(count),
      remedy: 'Take fewer values, or draw points at random.',
    });
  }
  if (plan.strategy.kind !== 'halving') return problems;
  const { minimum, maximum } = plan.strategy;
  if (minimum > maximum) {
    problems.push({
      code: 'sweep/budget',
      message: 'The first round of halving has more epochs than the last.',
      expected: `at most ${maximum}`,
      received: String(minimum),
      remedy: 'Lower the minimum, or raise the maximum.',
    });
  }
  plan.axes.forEach(({ paths }, axis) => {
    if (!paths.includes('training.epochs')) return;
    problems.push({
      code: 'sweep/budget',
      axis,
      path: 'training.epochs',
      message: 'Halving itself says how many epochs a trial trains.',
      expected: 'axes other than the epochs',
      received: 'training.epochs',
      remedy: 'Remove this axis, or choose a grid or random points.',
    });
  });
  return problems;
}

function checkGoal({ goal }: SweepPlan, measures: readonly string[]): readonly SweepProblem[] {
  if (goal.measure === 'loss' || measures.length === 0 || measures.includes(goal.measure)) return [];
  return [
    {
      code: 'sweep/goal',
      message: `The network does not measure "${goal.measure}".`,
      expected: `one of ${['loss', ...measures].join(', ')}`,
      received: goal.measure,
      remedy: 'Choose another goal.',
    },
  ];
}

function written(value: ParameterValue): string {
  return JSON.stringify(value);
}

/** A point in words: `training.learningRate 0.01, stage1.filters 16`. */
export function describePoint(axes: readonly SweepAxis[], point: readonly ParameterValue[]): string {
  return axes.map((axis, index) => `${nameOfAxis(axis)} ${describeValue(point[index] ?? '')}`).join(', ');
}

/** A value without the quotes of JSON. */
export function describeValue(value: ParameterValue): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join('×') : String(value);
}
