import { expect, test } from 'vitest';
import { gradients } from '../autodiff.ts';
import { createBuilder, type Builder } from '../builder.ts';
import type { ConvolutionAttributes } from '../primitives/convolution.ts';
import type { PoolingAttributes } from '../primitives/pooling.ts';
import type { Value, Variable } from '../program.ts';
import { createInterpreter } from './createInterpreter.ts';
import golden from './layers.golden.json' with { type: 'json' };
import { errorFunction } from './kernels/activation.ts';
import type { Tensor } from './tensor.ts';

/** The golden numbers (tests/oracles/layers.py) are doubles of order 10 with 12 decimals. */
function expectClose(found: Tensor | undefined, expected: readonly number[], what: string): void {
  expect(found?.data.length, what).toBe(expected.length);
  const error = expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (found?.data[i] ?? NaN))), 0);
  expect(error, what).toBeLessThan(1e-10);
}

type Feeds = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>>;

/** Runs an expression of the feeds, and its gradients for all feeds against `dy`; the feeds' first axis is the batch. */
function run(
  feeds: Feeds,
  dy: readonly number[],
  build: (b: Builder, inputs: Readonly<Record<string, Value>>) => Value,
) {
  const b = createBuilder('check');
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { dims }]) => [
      name,
      b.input(name, name === 'x' ? [-1, ...dims.slice(1)] : dims, 'float32'),
    ]),
  );
  const y = build(b, inputs);
  const weights = b.input('dy', y.dims, 'float32');
  b.output('y', y);
  const loss = b.reduceSum(b.multiply(y, weights), [0, 1, 2, 3]);
  const names = Object.keys(inputs);
  gradients(b, loss, Object.values(inputs)).forEach((gradient, i) => {
    if (gradient) b.output(`d${names[i]}`, gradient);
  });
  const interpreter = createInterpreter({ variables: [], entries: { check: b.entry() } }, { precision: 'float64' });
  const batch = feeds['x']?.dims[0] ?? 1;
  const tensors = Object.entries(feeds).map(([name, { dims, data }]) => [
    name,
    { dims, data: Float64Array.from(data) },
  ]);
  const dyTensor = { dims: y.dims.map((dim) => (dim < 0 ? batch : dim)), data: Float64Array.from(dy) };
  return interpreter.run('check', { ...(Object.fromEntries(tensors) as Record<string, Tensor>), dy: dyTensor });
}

test.each(golden.convolutions)('convolution with $attributes agrees with PyTorch', (example) => {
  const attributes = example.attributes as ConvolutionAttributes;
  const feeds = {
    x: { dims: example.xDims, data: example.x },
    kernel: { dims: example.kernelDims, data: example.kernel },
  };
  const results = run(feeds, example.dy, (b, { x, kernel }) => b.conv2d(x as Value, kernel as Value, attributes));
  expect(results['y']?.dims).toEqual(example.yDims);
  expectClose(results['y'], example.y, 'y');
  expectClose(results['dx'], example.dx, 'dx');
  expectClose(results['dkernel'], example.dkernel, 'dkernel');
});

test.each(golden.pools)('$kind pool with $attributes agrees with PyTorch', (example) => {
  const attributes = example.attributes as PoolingAttributes;
  const results = run({ x: { dims: example.xDims, data: example.x } }, example.dy, (b, { x }) =>
    example.kind === 'max' ? b.maxPool(x as Value, attributes) : b.averagePool(x as Value, attributes),
  );
  expect(results['y']?.dims).toEqual(example.yDims);
  expectClose(results['y'], example.y, 'y');
  expectClose(results['dx'], example.dx, 'dx');
});

function statistic(name: string, initial: number): Variable {
  const initializer = { kind: 'constant', value: initial } as const;
  return { name, dims: [3], dtype: 'float32', initializer, role: 'statistic', trainable: false, origin: 'norm' };
}

test.each(golden.batchNorms)('batch norm with momentum $momentum agrees with PyTorch', (example) => {
  const { momentum, epsilon } = example;
  const [mean, variance] = [statistic('mean', 0), statistic('variance', 1)];
  const [scaleData, offsetData] = [
    [1.5, 0.5, -1],
    [0.25, -0.5, 1],
  ];
  const train = createBuilder('train');
  const x = train.input('x', [-1, 2, 2, 3], 'float32');
  const scale = train.constant(scaleData, [3]);
  const offset = train.constant(offsetData, [3]);
  const reads = [train.readVariable(mean), train.readVariable(variance)] as const;
  const { y, newRunningMean, newRunningVariance } = train.batchNormTraining(x, scale, offset, ...reads, {
    momentum,
    epsilon,
  });
  train.assign(mean, newRunningMean);
  train.assign(variance, newRunningVariance);
  train.output('y', y);
  const dy = train.input('dy', y.dims, 'float32');
  const loss = train.reduceSum(train.multiply(y, dy), [0, 1, 2, 3]);
  gradients(train, loss, [x, scale, offset]).forEach((gradient, i) => {
    if (gradient) train.output(['dx', 'dscale', 'doffset'][i] ?? '', gradient);
  });

  const predict = createBuilder('predict');
  predict.output(
    'y',
    predict.batchNormInference(
      predict.input('x', [-1, 2, 2, 3], 'float32'),
      predict.constant(scaleData, [3]),
      predict.constant(offsetData, [3]),
      predict.readVariable(mean),
      predict.readVariable(variance),
      { epsilon },
    ),
  );

  const entries = { train: train.entry(), predict: predict.entry() };
  const interpreter = createInterpreter({ variables: [mean, variance], entries }, { precision: 'float64' });
  interpreter.write('mean', [0.5, -0.25, 2]);
  interpreter.write('variance', [1.5, 0.75, 3]);
  const dims = [3, 2, 2, 3];
  for (const step of example.steps) {
    const feeds = {
      x: { dims, data: Float64Array.from(step.x) },
      dy: { dims, data: Float64Array.from(step.dy) },
    };
    const results = interpreter.run('train', feeds);
    for (const name of ['y', 'dx', 'dscale', 'doffset'] as const) expectClose(results[name], step[name], name);
    expectClose({ dims: [3], data: interpreter.read('mean') }, step.runningMean, 'running mean');
    expectClose({ dims: [3], data: interpreter.read('variance') }, step.runningVariance, 'running variance');
  }
  const results = interpreter.run('predict', { x: { dims, data: Float64Array.from(example.inference.x) } });
  expectClose(results['y'], example.inference.y, 'inference');
});

test('the error function is right to the last digits', () => {
  // Abramowitz and Stegun 1964, table 7.1, and the sign and limits by definition.
  expect(errorFunction(0.5)).toBeCloseTo(0.5204998778, 10);
  expect(errorFunction(1)).toBeCloseTo(0.8427007929, 10);
  expect(errorFunction(-2)).toBeCloseTo(-0.995322265, 10);
  expect(errorFunction(5.9)).toBeCloseTo(1, 15);
  expect(errorFunction(-7)).toBe(-1);
});
