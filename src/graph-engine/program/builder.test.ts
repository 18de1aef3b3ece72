import { expect, test } from 'vitest';
import { createBuilder, type Builder } from './builder.ts';
import { createInterpreter } from './interpreter/createInterpreter.ts';
import { OptimizerSettings } from './optimizers/settings.ts';
import { primitives } from './primitives/index.ts';
import type { Value, Variable } from './program.ts';
import { appendTrainStep } from './trainStep.ts';

function weight(name: string, dims: readonly number[], trainable = true): Variable {
  const initializer = { kind: 'ones' } as const;
  return { name, dims, dtype: 'float32', initializer, role: 'weight', trainable, origin: '' };
}

test('shapes follow the batch through a small network', () => {
  const b = createBuilder('predict');
  const x = b.input('image', [-1, 7, 7, 3], 'float32');
  const y = b.conv2d(x, b.readVariable(weight('kernel', [3, 3, 3, 8])), { strides: [2, 2] });
  expect(y.dims).toEqual([-1, 4, 4, 8]);
  expect(b.reshape(y, [-16, 8]).dims).toEqual([-16, 8]);
  expect(b.reduceMean(y, [1, 2]).dims).toEqual([-1, 8]);
  expect(b.argMax(b.reduceMean(y, [1, 2]), 1)).toMatchObject({ dims: [-1], dtype: 'int32' });
  expect(b.transpose(y, [0, 3, 1, 2]).dims).toEqual([-1, 8, 4, 4]);
});

test('a variable is read once, and the same number is one constant', () => {
  const b = createBuilder('predict');
  const kernel = weight('kernel', [2, 2]);
  expect(b.readVariable(kernel)).toBe(b.readVariable(kernel));
  expect(b.scalar(0.5)).toBe(b.scalar(0.5));
  expect(b.instructions).toHaveLength(2);
});

test('multiplying by one and adding nothing leave the value, unless they broadcast it', () => {
  const b = createBuilder('predict');
  const x = b.input('x', [-1, 2], 'float32');
  expect(b.multiply(x, b.scalar(1))).toBe(x);
  expect(b.multiply(b.scalar(1), x)).toBe(x);
  expect(b.add(x, b.scalar(0))).toBe(x);
  expect(b.divide(x, b.scalar(1))).toBe(x);
  expect(b.multiply(b.scalar(1), b.input('s', [1], 'float32')).dims).toEqual([1]);
});

const mistakes: readonly [string, (b: Builder, x: Value) => unknown, string][] = [
  [
    'a kernel for other channels',
    (b, x) => b.conv2d(x, b.constant([1], [1, 1, 1, 1])),
    'does not fit [batch, 4, 4, 2]',
  ],
  ['shapes that do not broadcast', (b, x) => b.add(x, b.constant([1, 2, 3], [3])), 'do not broadcast'],
  ['another size', (b, x) => b.reshape(x, [-1, 31]), '[batch, 4, 4, 2] and [batch, 31] differ in size'],
  ['a batch made a number', (b, x) => b.reshape(x, [32]), 'differ in size'],
  ['two dtypes', (b, x) => b.add(x, b.constant([1], [], 'int32')), 'float32 and int32 do not mix'],
  ['a window beyond the image', (b, x) => b.maxPool(x, { window: [5, 5] }), 'a window of 5 does not fit'],
  [
    'padding as large as the window',
    (b, x) => b.maxPool(x, { padding: 'explicit', pads: [2, 0, 0, 0] }),
    'smaller than',
  ],
  ['a padded batch', (b, x) => b.pad(x, [1, 0, 0, 0, 0, 0, 0, 0]), 'the batch cannot be padded'],
  ['a cut batch', (b, x) => b.slice(x, [0, 0, 0, 0], [1, 4, 4, 2]), 'is not inside'],
  ['matrices that do not chain', (b) => b.matMul(b.constant([1, 2], [1, 2]), b.constant([1, 2, 3], [1, 3])), 'times'],
  ['an axis twice', (b, x) => b.reduceSum(x, [1, 1]), 'are not axes of'],
  [
    'a random batch of unknown length',
    (b) => b.randomUniform(b.constant([1, 2], [2], 'int32'), [-1, 2], 0),
    'second input',
  ],
];

test.each(mistakes)('%s is a bug that names its origin', (_, build, message) => {
  const b = createBuilder('predict');
  const x = b.input('x', [-1, 4, 4, 2], 'float32');
  const run = (): unknown => b.withOrigin('stage[2].body', () => build(b, x));
  expect(run).toThrow(message);
  expect(run).toThrow(/^stage\[2\]\.body: \w+: /);
});

test('an effect must fit its variable, and names are used once', () => {
  const b = createBuilder('train');
  expect(() => b.assign(weight('mean', [3]), b.scalar(1))).toThrow(
    'mean: the value is float32 [], the variable float32 [3]',
  );
  const x = b.input('x', [], 'float32');
  expect(() => b.input('x', [], 'float32')).toThrow('two inputs named x');
  b.output('y', x);
  expect(() => b.output('y', x)).toThrow('two outputs named y');
});

test('names of primitives differ', () => {
  expect(new Set(primitives.map(({ name }) => name)).size).toBe(primitives.length);
});

test('effects run after all reads, in order, and a fed batch of another shape is refused', () => {
  const counter = { ...weight('counter', []), initializer: { kind: 'zeros' } } as const;
  const b = createBuilder('count');
  const x = b.input('x', [-2, 3], 'float32');
  const y = b.input('y', [-1], 'float32');
  b.assign(counter, b.add(b.readVariable(counter), b.scalar(1)));
  b.applyGradientDescent(counter, b.scalar(10), b.scalar(1));
  b.output('before', b.readVariable(counter));
  b.output('examples', b.elementCount(x.dims));
  b.output('sum', b.add(b.reduceSum(x, [0, 1]), b.reduceSum(y, [0])));
  const interpreter = createInterpreter({ variables: [counter], entries: { count: b.entry() } });
  const feeds = (rows: number, batch: number) => ({
    x: { dims: [rows, 3], data: new Float32Array(rows * 3).fill(1) },
    y: { dims: [batch], data: new Float32Array(batch) },
  });
  expect(interpreter.run('count', feeds(8, 4))['before']?.data[0]).toBe(0);
  expect(interpreter.read('counter')[0]).toBe(-9);
  const results = interpreter.run('count', feeds(4, 2));
  expect([results['before'], results['examples'], results['sum']].map((tensor) => tensor?.data[0])).toEqual([
    -9, 12, 12,
  ]);
  expect(() => interpreter.run('count', feeds(4, 3))).toThrow('y is [3], expected [2]');
});

/** A bottleneck network of 50 blocks: the depth of ResNet-152, 151 convolutions with their norms. */
function deepResidualNetwork() {
  const b = createBuilder('train');
  const learningRate = b.input('learningRate', [], 'float32');
  const labels = b.input('labels', [-1], 'int32');
  const variables: Variable[] = [];
  const declare = (name: string, dims: readonly number[], trainable = true): Variable => {
    const variable = weight(name, dims, trainable);
    variables.push(variable);
    return variable;
  };
  const layer = (x: Value, path: string, size: number, filters: number): Value =>
    b.withOrigin(path, () => {
      const kernel = declare(`${path}.kernel`, [size, size, x.dims[3] ?? 0, filters]);
      const y = b.conv2d(x, b.readVariable(kernel));
      const [scale, offset] = [declare(`${path}.scale`, [filters]), declare(`${path}.offset`, [filters])];
      const [mean, variance] = [
        declare(`${path}.mean`, [filters], false),
        declare(`${path}.variance`, [filters], false),
      ];
      const norm = b.batchNormTraining(
        y,
        b.readVariable(scale),
        b.readVariable(offset),
        b.readVariable(mean),
        b.readVariable(variance),
      );
      b.assign(mean, norm.newRunningMean);
      b.assign(variance, norm.newRunningVariance);
      return norm.y;
    });
  let x = b.relu(layer(b.input('image', [-1, 56, 56, 3], 'float32'), 'stem', 7, 256));
  for (let i = 0; i < 50; i++) {
    const narrow = b.relu(layer(x, `stage[${i}].reduce`, 1, 64));
    const middle = b.relu(layer(narrow, `stage[${i}].spatial`, 3, 64));
    x = b.relu(b.add(x, layer(middle, `stage[${i}].expand`, 1, 256)));
  }
  const logits = b.matMul(b.reduceMean(x, [1, 2]), b.readVariable(declare('head.kernel', [256, 1000])));
  const loss = b.reduceMean(b.sparseSoftmaxCrossEntropy(logits, labels).losses, [0]);
  const forward = b.instructions.length;
  const optimizer = OptimizerSettings.parse({ kind: 'adamw' });
  appendTrainStep(b, { loss, variables: variables.filter(({ trainable }) => trainable), optimizer, learningRate });
  return { forward, entry: b.entry() };
}

test('building and differentiating a network as deep as ResNet-152 takes milliseconds', () => {
  deepResidualNetwork();
  // Processor time, so that other work on the machine does not count.
  const times = Array.from({ length: 7 }, () => {
    const begin = process.cpuUsage();
    const { forward, entry } = deepResidualNetwork();
    const { user, system } = process.cpuUsage(begin);
    expect(forward).toBeGreaterThan(1000);
    expect(entry.instructions.length).toBeGreaterThan(1.5 * forward);
    return (user + system) / 1000;
  });
  // About 10 ms for 1 565 + 1 436 instructions; a walk over the program for every value would take seconds.
  expect(Math.min(...times)).toBeLessThan(50);
});
