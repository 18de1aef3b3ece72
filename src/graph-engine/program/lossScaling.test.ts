import { describe, expect, test } from 'vitest';
import golden from './lossScaling.golden.json' with { type: 'json' };
import { createBuilder } from './builder.ts';
import { createInterpreter } from './interpreter/createInterpreter.ts';
import { allFinite, guardedBuilder, lossScaleIn, moveLossScale, unscaled } from './lossScaling.ts';
import { roundToFloat16 } from './narrowFloat.ts';
import { OptimizerSettings } from './optimizers/settings.ts';
import type { Variable } from './program.ts';
import { appendGradients, appendUpdate } from './trainStep.ts';

const weights: Variable = {
  name: 'weights',
  dims: [3, 2],
  dtype: 'float32',
  initializer: { kind: 'zeros' },
  role: 'weight',
  trainable: true,
  origin: '',
};

/** A linear map that is fitted, as in tests/oracles/lossScaling.py. */
function scaledTraining(kind: string) {
  const b = createBuilder('train');
  const results = b.matMul(b.input('inputs', [-1, 3], 'float32'), b.readVariable(weights));
  const loss = b.reduceMean(b.square(b.subtract(results, b.input('targets', [-1, 2], 'float32'))), [0, 1]);
  const updates = unscaled(b, appendGradients(b, { loss, variables: [weights], scale: lossScaleIn(b) }));
  const finite = allFinite(b, updates);
  const optimizer = OptimizerSettings.parse({ kind, weightDecay: 0.01 });
  const learningRate = b.input('learningRate', [], 'float32');
  const slots = appendUpdate(guardedBuilder(b, finite), updates, { optimizer, learningRate });
  const variables = [weights, ...slots, ...moveLossScale(b, finite)];
  const interpreter = createInterpreter({ variables, entries: { train: b.entry() } });
  interpreter.write('weights', golden.weights.flat());
  const step = (factor: number) => {
    interpreter.run('train', {
      inputs: { dims: [2, 3], data: Float32Array.from(golden.inputs.flat(), (value) => value * factor) },
      targets: { dims: [2, 2], data: Float32Array.from(golden.targets.flat()) },
      learningRate: { dims: [], data: Float32Array.of(0.1) },
    });
    return { scale: interpreter.read('optimizer/lossScale')[0], weights: [...interpreter.read('weights')] };
  };
  return { step, interpreter, slots };
}

describe.each(Object.entries(golden.histories))('%s behind a scaled loss', (kind, history) => {
  test('steps as PyTorch does behind its GradScaler, and takes none that overflows', () => {
    const { step } = scaledTraining(kind);
    golden.factors.forEach((factor, i) => {
      const expected = history[i];
      const { scale, weights } = step(factor);
      expect(scale).toBe(expected?.scale);
      // Both are float32, and add up in another order.
      weights.forEach((weight, at) => expect(weight).toBeCloseTo(expected?.weights[at] ?? NaN, 5));
    });
  });

  test('leaves its slots as they were by a step that overflows', () => {
    const { step, interpreter, slots } = scaledTraining(kind);
    step(1);
    const before = slots.map(({ name }) => interpreter.read(name));
    step(1e18);
    expect(slots.map(({ name }) => interpreter.read(name))).toEqual(before);
  });
});

test('the scale grows after two thousand finite steps', () => {
  const { step, interpreter } = scaledTraining('sgd');
  interpreter.write('optimizer/finiteSteps', [1998]);
  expect(step(1).scale).toBe(65536);
  expect(step(1).scale).toBe(131072);
  expect(interpreter.read('optimizer/finiteSteps')[0]).toBe(0);
});

test('numbers are rounded to float16 as IEEE 754 says', () => {
  const cases: readonly (readonly [number, number])[] = [
    [65504, 65504],
    [65519.99, 65504],
    [65520, Infinity],
    [-1e9, -Infinity],
    [2 ** -24, 2 ** -24],
    [2 ** -25, 0],
    [1.01 * 2 ** -25, 2 ** -24],
    [1 + 2 ** -11, 1],
    [1 + 3 * 2 ** -11, 1 + 2 ** -9],
    [-0.1, -0.0999755859375],
    [2047.5, 2048],
    [NaN, NaN],
  ];
  for (const [value, rounded] of cases) expect(roundToFloat16(value), `${value}`).toBe(rounded);
});
