import { expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import { ClippingSettings } from '../clipping.ts';
import { createInterpreter } from '../interpreter/createInterpreter.ts';
import type { Program, Variable } from '../program.ts';
import { appendTrainStep } from '../trainStep.ts';
import golden from './optimizers.golden.json' with { type: 'json' };
import { OptimizerSettings } from './settings.ts';

function weight(name: string, dims: readonly number[]): Variable {
  return {
    name,
    dims,
    dtype: 'float32',
    initializer: { kind: 'zeros' },
    role: 'weight',
    trainable: true,
    origin: 'dense',
  };
}

const kernel = weight('dense.kernel', [3, 2]);
const bias = weight('dense.bias', [2]);

/** The least-squares problem of tests/oracles/optimizers.py as a train step. */
function leastSquares(optimizer: OptimizerSettings, options: { readonly clipping?: ClippingSettings } = {}) {
  const b = createBuilder('train');
  const x = b.input('x', [-1, 3], 'float32');
  const target = b.input('target', [-1, 2], 'float32');
  const learningRate = b.input('learningRate', [], 'float32');
  const predicted = b.biasAdd(b.matMul(x, b.readVariable(kernel)), b.readVariable(bias));
  const loss = b.reduceMean(b.reduceSum(b.square(b.subtract(predicted, target)), [1]), [0]);
  b.output('loss', loss);
  const slots = appendTrainStep(b, { loss, variables: [kernel, bias], optimizer, learningRate, ...options });
  const program: Program = { variables: [kernel, bias, ...slots], entries: { train: b.entry() } };
  return { program, slots };
}

function start(program: Program, precision: 'float32' | 'float64') {
  const interpreter = createInterpreter(program, { precision });
  interpreter.write('dense.kernel', golden.kernel);
  interpreter.write('dense.bias', golden.bias);
  const step = (rate: number): number => {
    const results = interpreter.run('train', {
      x: { dims: [4, 3], data: Float64Array.from(golden.x) },
      target: { dims: [4, 2], data: Float64Array.from(golden.target) },
      learningRate: { dims: [], data: Float64Array.of(rate) },
    });
    return results['loss']?.data[0] ?? NaN;
  };
  return { interpreter, step };
}

/** Rounding a step to float32 moves weights of order 1 by 6e-8 a step, and 1 - 0.999 by a part in 1e5 of a step of 0.05. */
const tolerances = { float32: 3e-6, float64: 1e-12 } as const;

test.each(
  golden.cases.flatMap((example) => (['float32', 'float64'] as const).map((precision) => ({ ...example, precision }))),
)(
  '$settings with clipping $clipping takes the steps of PyTorch in $precision',
  ({ settings, learningRate, clipping, steps, precision }) => {
    const optimizer = OptimizerSettings.parse(settings);
    const { program, slots } = leastSquares(
      optimizer,
      clipping === undefined ? {} : { clipping: ClippingSettings.parse(clipping) },
    );
    const { interpreter, step } = start(program, precision);
    // Initial values are float32 by type; in double precision the powers start from the exact betas.
    if (precision === 'float64') {
      for (const { name, initializer } of slots) {
        if (initializer.kind === 'constant') interpreter.write(name, [initializer.value]);
      }
    }
    const tolerance = tolerances[precision];
    for (const expected of steps) {
      expect(Math.abs(step(learningRate) - expected.loss)).toBeLessThan(tolerance * 10);
      for (const [name, values] of [
        ['dense.kernel', expected.kernel],
        ['dense.bias', expected.bias],
      ] as const) {
        const found = interpreter.read(name);
        values.forEach((value, i) =>
          expect(Math.abs((found[i] ?? NaN) - value), `${name}[${i}]`).toBeLessThan(tolerance),
        );
      }
    }
  },
);

test('slots are named after what they belong to, and only what a rule needs is kept', () => {
  const names = (settings: unknown): string[] =>
    leastSquares(OptimizerSettings.parse(settings)).slots.map(({ name }) => name);
  expect(names({ kind: 'sgd' })).toEqual([]);
  expect(names({ kind: 'nesterov' })).toEqual(['optimizer/momentum/dense.kernel', 'optimizer/momentum/dense.bias']);
  expect(names({ kind: 'adam' })).toEqual([
    'optimizer/beta1Power',
    'optimizer/beta2Power',
    'optimizer/first/dense.kernel',
    'optimizer/second/dense.kernel',
    'optimizer/first/dense.bias',
    'optimizer/second/dense.bias',
  ]);
});

test('a variable that the loss ignores stays as it is, decay included', () => {
  const b = createBuilder('train');
  const idle = weight('idle.kernel', [2, 2]);
  const learningRate = b.input('learningRate', [], 'float32');
  const loss = b.reduceSum(b.square(b.readVariable(kernel)), [0, 1]);
  const optimizer = OptimizerSettings.parse({ kind: 'adamw', weightDecay: 0.5 });
  const slots = appendTrainStep(b, { loss, variables: [kernel, idle], optimizer, learningRate });
  const interpreter = createInterpreter({ variables: [kernel, idle, ...slots], entries: { train: b.entry() } });
  interpreter.write('idle.kernel', [1, 2, 3, 4]);
  interpreter.write('dense.kernel', [1, 2, 3, 4, 5, 6]);
  interpreter.run('train', { learningRate: { dims: [], data: Float32Array.of(0.1) } });
  expect([...interpreter.read('idle.kernel')]).toEqual([1, 2, 3, 4]);
  expect(interpreter.read('dense.kernel')[0]).toBeLessThan(1);
});

test('what decays can be chosen', () => {
  const b = createBuilder('train');
  const learningRate = b.input('learningRate', [], 'float32');
  const loss = b.multiply(b.reduceSum(b.readVariable(bias), [0]), b.scalar(0.5));
  const optimizer = OptimizerSettings.parse({ kind: 'sgd', weightDecay: 0.5 });
  appendTrainStep(b, { loss, variables: [bias], optimizer, learningRate, decays: () => true });
  const interpreter = createInterpreter({ variables: [bias], entries: { train: b.entry() } });
  interpreter.write('dense.bias', [2, -4]);
  interpreter.run('train', { learningRate: { dims: [], data: Float32Array.of(1) } });
  // 2 - (0.5 + 0.5 * 2) and -4 - (0.5 - 0.5 * 4)
  expect([...interpreter.read('dense.bias')]).toEqual([0.5, -2.5]);
});

test('a loss with axes is refused', () => {
  const b = createBuilder('train');
  const learningRate = b.input('learningRate', [], 'float32');
  const loss = b.square(b.readVariable(bias));
  const optimizer = OptimizerSettings.parse({ kind: 'sgd' });
  expect(() => appendTrainStep(b, { loss, variables: [bias], optimizer, learningRate })).toThrow('A loss is a scalar');
});

test('settings come with the usual values and refuse strangers', () => {
  expect(OptimizerSettings.parse({ kind: 'adamw' })).toEqual({
    kind: 'adamw',
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
  });
  expect(OptimizerSettings.safeParse({ kind: 'sgd', momentum: 0.9 }).success).toBe(false);
  expect(OptimizerSettings.safeParse({ kind: 'momentum', momentum: 1 }).success).toBe(false);
});
