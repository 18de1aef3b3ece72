import { expect, test } from 'vitest';
import { permutation } from '../random/permutation.ts';
import { gradients } from './autodiff.ts';
import { createBuilder, type Builder } from './builder.ts';
import { resolveDims } from './dims.ts';
import { createInterpreter } from './interpreter/createInterpreter.ts';
import { sizeOfDims, type Tensor } from './interpreter/tensor.ts';
import { primitiveNamed, primitives } from './primitives/index.ts';
import type { Dims, Program, Value } from './program.ts';

const batch = 3;

/** One differentiable expression. `positive` inputs lie in [0.5, 2]; the others in [-1, 1] and never at a kink. */
interface Case {
  readonly name: string;
  readonly inputs: readonly Dims[];
  readonly positive?: boolean;
  /** int32 inputs that follow the others and are not differentiated. */
  readonly integers?: readonly { readonly dims: Dims; readonly data: readonly number[] }[];
  build(b: Builder, inputs: readonly Value[]): Value;
}

function operand(inputs: readonly Value[], index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw new Error(`no operand ${index}`);
  return value;
}

type Unary = (b: Builder, x: Value) => Value;
type Binary = (b: Builder, a: Value, c: Value) => Value;

function unary(name: string, dims: Dims, apply: Unary, options: { readonly positive?: boolean } = {}): Case {
  return { name, inputs: [dims], ...options, build: (b, inputs) => apply(b, operand(inputs, 0)) };
}

function binary(name: string, a: Dims, c: Dims, apply: Binary, options: { readonly positive?: boolean } = {}): Case {
  return {
    name,
    inputs: [a, c],
    ...options,
    build: (b, inputs) => apply(b, operand(inputs, 0), operand(inputs, 1)),
  };
}

const broadcasts: readonly (readonly [string, Dims, Dims])[] = [
  ['equal shapes', [-1, 4], [-1, 4]],
  ['a vector', [-1, 2, 3], [3]],
  ['a scalar', [-1, 3], []],
  ['both ways', [-1, 1, 3], [2, 1]],
  ['over the batch', [1, 3], [-1, 3]],
];

function broadcasting(name: string, apply: Binary, options: { readonly positive?: boolean } = {}): Case[] {
  return broadcasts.map(([how, a, c]) => binary(`${name}, ${how}`, a, c, apply, options));
}

const cases: readonly Case[] = [
  binary('conv2d, same', [-1, 4, 3, 2], [3, 3, 2, 3], (b, x, k) => b.conv2d(x, k)),
  binary('conv2d, same, even kernel', [-1, 4, 5, 1], [2, 4, 1, 2], (b, x, k) => b.conv2d(x, k)),
  binary('conv2d, same, stride 2 on odd and even', [-1, 5, 4, 2], [3, 3, 2, 2], (b, x, k) =>
    b.conv2d(x, k, { strides: [2, 2] }),
  ),
  binary('conv2d, same, stride 3 beyond the kernel', [-1, 7, 5, 1], [2, 1, 1, 2], (b, x, k) =>
    b.conv2d(x, k, { strides: [3, 2] }),
  ),
  binary('conv2d, valid with a rest', [-1, 6, 5, 2], [3, 2, 2, 2], (b, x, k) =>
    b.conv2d(x, k, { padding: 'valid', strides: [2, 2] }),
  ),
  binary('conv2d, explicit uneven pads', [-1, 4, 3, 2], [3, 3, 2, 2], (b, x, k) =>
    b.conv2d(x, k, { padding: 'explicit', pads: [2, 0, 1, 3], strides: [1, 2] }),
  ),
  binary('conv2d, dilated', [-1, 6, 7, 1], [3, 2, 1, 2], (b, x, k) => b.conv2d(x, k, { dilations: [2, 3] })),
  binary('conv2d, dilated, valid', [-1, 6, 6, 1], [3, 2, 1, 1], (b, x, k) =>
    b.conv2d(x, k, { dilations: [2, 2], padding: 'valid' }),
  ),
  binary('conv2d, groups', [-1, 3, 3, 4], [3, 3, 2, 4], (b, x, k) => b.conv2d(x, k, { groups: 2 })),
  binary('conv2d, depthwise', [-1, 4, 4, 3], [3, 3, 1, 6], (b, x, k) =>
    b.conv2d(x, k, { groups: 3, strides: [2, 2], padding: 'explicit', pads: [1, 1, 1, 1] }),
  ),
  binary('conv2dBackpropInput, a transposed convolution', [3, 2, 3, 2], [-1, 3, 2, 2], (b, k, dy) =>
    b.conv2dBackpropInput(k, dy, [-1, 6, 5, 3], { strides: [2, 3], padding: 'explicit', pads: [1, 0, 0, 0] }),
  ),
  binary('conv2dBackpropInput, groups', [2, 2, 1, 4], [-1, 3, 3, 4], (b, k, dy) =>
    b.conv2dBackpropInput(k, dy, [-1, 6, 6, 2], { strides: [2, 2], padding: 'valid', groups: 2 }),
  ),
  binary('biasAdd', [-1, 2, 2, 3], [3], (b, x, bias) => b.biasAdd(x, bias)),
  ...[false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) => [
      binary(
        `matMul ${transposeA} ${transposeB}`,
        transposeA ? [4, -1] : [-1, 4],
        transposeB ? [2, 4] : [4, 2],
        (b, a, c) => b.matMul(a, c, { transposeA, transposeB }),
      ),
      binary(
        `batchMatMul ${transposeA} ${transposeB}`,
        transposeA ? [-1, 2, 3, 2] : [-1, 2, 2, 3],
        transposeB ? [1, 2, 4, 3] : [1, 2, 3, 4],
        (b, a, c) => b.batchMatMul(a, c, { transposeA, transposeB }),
      ),
    ]),
  ),
  binary('batchMatMul, a matrix for all', [-1, 2, 3], [3, 2], (b, a, c) => b.batchMatMul(a, c)),
  ...broadcasting('add', (b, a, c) => b.add(a, c)),
  ...broadcasting('subtract', (b, a, c) => b.subtract(a, c)),
  ...broadcasting('multiply', (b, a, c) => b.multiply(a, c)),
  ...broadcasting('divide', (b, a, c) => b.divide(a, c), { positive: true }),
  ...broadcasting('maximum', (b, a, c) => b.maximum(a, c)),
  ...broadcasting('minimum', (b, a, c) => b.minimum(a, c)),
  unary('negate', [-1, 3], (b, x) => b.negate(x)),
  unary('exp', [-1, 3], (b, x) => b.exp(x)),
  unary('log', [-1, 3], (b, x) => b.log(x), { positive: true }),
  unary('sqrt', [-1, 3], (b, x) => b.sqrt(x), { positive: true }),
  unary('rsqrt', [-1, 3], (b, x) => b.rsqrt(x), { positive: true }),
  unary('square', [-1, 3], (b, x) => b.square(x)),
  ...broadcasting('select', (b, a, c) => b.select(b.greater(c, b.scalar(0.1)), b.square(a), b.exp(c))),
  unary('relu', [-1, 4], (b, x) => b.relu(x)),
  unary('sigmoid', [-1, 4], (b, x) => b.sigmoid(x)),
  unary('tanh', [-1, 4], (b, x) => b.tanh(x)),
  unary('erf', [-1, 4], (b, x) => b.erf(x)),
  unary('softmax', [-1, 2, 4], (b, x) => b.softmax(x)),
  unary('logSoftmax', [-1, 4], (b, x) => b.logSoftmax(x)),
  {
    name: 'batchNormTraining',
    inputs: [[-1, 2, 2, 3], [3], [3]],
    build: (b, inputs) =>
      b.batchNormTraining(
        operand(inputs, 0),
        operand(inputs, 1),
        operand(inputs, 2),
        b.constant([0, 0, 0], [3]),
        b.constant([1, 1, 1], [3]),
        { epsilon: 0.01 },
      ).y,
  },
  {
    name: 'batchNormInference',
    inputs: [[-1, 2, 2, 3], [3], [3], [3], [3]],
    positive: true,
    build: (b, inputs) =>
      b.batchNormInference(
        operand(inputs, 0),
        operand(inputs, 1),
        operand(inputs, 2),
        operand(inputs, 3),
        operand(inputs, 4),
      ),
  },
  ...(['maxPool', 'averagePool'] as const).flatMap((pool) => [
    unary(`${pool}, valid with a rest`, [-1, 5, 4, 2], (b, x) => b[pool](x)),
    unary(`${pool}, same, overlapping`, [-1, 5, 4, 2], (b, x) =>
      b[pool](x, { window: [3, 3], strides: [2, 2], padding: 'same' }),
    ),
    unary(`${pool}, explicit`, [-1, 4, 5, 1], (b, x) =>
      b[pool](x, { window: [3, 2], strides: [1, 2], padding: 'explicit', pads: [2, 1, 1, 0] }),
    ),
    unary(`${pool}, strides beyond the window`, [-1, 5, 5, 1], (b, x) =>
      b[pool](x, { window: [2, 1], strides: [3, 2] }),
    ),
  ]),
  ...[false, true].flatMap((alignCorners) => [
    unary(`resizeBilinear larger, corners ${alignCorners}`, [-1, 2, 3, 2], (b, x) =>
      b.resizeBilinear(x, [4, 7], alignCorners),
    ),
    unary(`resizeBilinear smaller, corners ${alignCorners}`, [-1, 5, 4, 1], (b, x) =>
      b.resizeBilinear(x, [2, 3], alignCorners),
    ),
  ]),
  ...(['reduceSum', 'reduceMean', 'reduceMax'] as const).flatMap((reduce) => [
    unary(`${reduce} over everything`, [-1, 2, 2], (b, x) => b[reduce](x, [0, 1, 2])),
    unary(`${reduce} over the batch`, [-1, 4], (b, x) => b[reduce](x, [0])),
    unary(`${reduce} over inner axes`, [-1, 2, 3, 2], (b, x) => b[reduce](x, [1, 2])),
    unary(`${reduce}, kept`, [-1, 2, 3], (b, x) => b[reduce](x, [2], true)),
  ]),
  unary('reduceMean over a folded batch', [-1, 2, 3], (b, x) => b.reduceMean(b.square(b.reshape(x, [-2, 3])), [0])),
  {
    name: 'sparseSoftmaxCrossEntropy',
    inputs: [[-1, 4]],
    integers: [{ dims: [-1], data: [2, 0, 3] }],
    build: (b, inputs) => b.sparseSoftmaxCrossEntropy(operand(inputs, 0), operand(inputs, 1)).losses,
  },
  unary('reshape', [-1, 2, 3], (b, x) => b.square(b.reshape(x, [-3, 2]))),
  unary('transpose', [-1, 2, 3, 4], (b, x) => b.transpose(x, [3, 0, 2, 1])),
  {
    name: 'concat',
    inputs: [
      [-1, 2, 3],
      [-1, 2, 1],
      [-1, 2, 2],
    ],
    build: (b, inputs) => b.concat(inputs, 2),
  },
  unary('concat of a value with itself', [-1, 2], (b, x) => b.concat([x, b.square(x), x], 1)),
  unary('pack', [-1, 2], (b, x) => b.square(b.pack([b.l2Loss(x), b.reduceSum(x, [0, 1])]))),
  unary('l2Loss', [-1, 2, 3], (b, x) => b.square(b.l2Loss(x))),
  unary('split', [-1, 5, 2], (b, x) => {
    const [first = x, , third = x] = b.split(x, 1, [2, 1, 2]);
    return b.multiply(b.square(first), third);
  }),
  unary('slice', [-1, 5, 4], (b, x) => b.slice(x, [0, 1, 2], [-1, 3, 2])),
  unary('stridedSlice', [-1, 7, 5], (b, x) => b.stridedSlice(x, [0, 1, 0], [0, 6, 5], [1, 2, 3])),
  unary('stridedSlice to a last element before the end', [-1, 6, 4], (b, x) =>
    b.stridedSlice(x, [0, 0, 1], [0, 0, 4], [1, 4, 1]),
  ),
  unary('pad', [-1, 2, 3], (b, x) => b.pad(x, [0, 0, 1, 2, 0, 3], 0.5)),
  unary('broadcastTo', [2, 1], (b, x) => b.broadcastTo(x, [-1, 2, 3])),
  ...[0, 1, 2].map((axis): Case => ({
    name: `gather along axis ${axis}`,
    inputs: [[2, 4, 3].map((size, i) => (i === axis ? 5 : size))],
    integers: [{ dims: [-1, 2], data: [4, 1, 1, 0, 4, 4] }],
    build: (b, inputs) => b.gather(operand(inputs, 0), operand(inputs, 1), axis),
  })),
  {
    name: 'unsortedSegmentSum',
    inputs: [[-2, 2]],
    integers: [{ dims: [-2], data: [3, 0, 3, 1, 0, 3] }],
    build: (b, inputs) => b.square(b.unsortedSegmentSum(operand(inputs, 0), operand(inputs, 1), 5)),
  },
  {
    name: 'gather inside each example',
    inputs: [[-1, 5, 2]],
    integers: [{ dims: [3], data: [4, 1, 4] }],
    build: (b, inputs) => b.gather(operand(inputs, 0), operand(inputs, 1), 1),
  },
];

/** Distinct numbers on a grid, shuffled; steps of the grid are far wider than a finite difference. */
function numbers(count: number, seed: number, positive: boolean): Float64Array {
  const order = permutation(seed, count);
  return Float64Array.from(order, (rank) => {
    const share = (rank + 0.37 + 0.2 * seed) / (count + 1);
    return positive ? 0.5 + 1.5 * share : 2 * share - 1;
  });
}

/** An entry that returns the weighted sum of the expression and its gradients. */
function setUp({ inputs, integers = [], positive = false, build }: Case) {
  const b = createBuilder('check');
  const floats = inputs.map((dims, i) => b.input(`x${i}`, dims, 'float32'));
  const whole = integers.map(({ dims }, i) => b.input(`i${i}`, dims, 'int32'));
  const y = b.withOrigin('case', () => build(b, [...floats, ...whole]));
  const weights = b.input('weights', y.dims, 'float32');
  const loss = b.reduceSum(
    b.multiply(y, weights),
    y.dims.map((_, axis) => axis),
  );
  b.output('loss', loss);
  gradients(b, loss, floats).forEach((gradient, i) => {
    if (gradient) b.output(`x${i}`, gradient);
  });
  const feeds: Record<string, Tensor> = {};
  const feed = (name: string, dims: Dims, seed: number): void => {
    const shape = resolveDims(dims, batch);
    feeds[name] = { dims: shape, data: numbers(sizeOfDims(shape), seed, positive) };
  };
  inputs.forEach((dims, i) => feed(`x${i}`, dims, i));
  feed('weights', y.dims, 7);
  integers.forEach(({ dims, data }, i) => {
    feeds[`i${i}`] = { dims: resolveDims(dims, batch), data: Int32Array.from(data) };
  });
  const program: Program = { variables: [], entries: { check: b.entry() } };
  return { entry: b.entry(), feeds, interpreter: createInterpreter(program, { precision: 'float64' }) };
}

/**
 * Central differences in double precision. With a step of 1e-5 the rest of Taylor's series is about 1e-10 times the third
 * derivative, and the rounding of a loss of order 10 about 1e-15 / 1e-5 = 1e-10; 1e-7 leaves room for both, and no wrong
 * rule is that close on inputs of order 1.
 */
const step = 1e-5;
const tolerance = 1e-7;

test.each(cases)('the gradient of $name agrees with finite differences', (example) => {
  const { feeds, interpreter } = setUp(example);
  const results = interpreter.run('check', feeds);
  const lossAt = (name: string, position: number, change: number): number => {
    const { dims, data } = feeds[name] ?? { dims: [], data: new Float64Array() };
    const moved = Float64Array.from(data, (value, i) => (i === position ? value + change : value));
    return interpreter.run('check', { ...feeds, [name]: { dims, data: moved } })['loss']?.data[0] ?? NaN;
  };
  example.inputs.forEach((_, i) => {
    const name = `x${i}`;
    const gradient = results[name];
    expect(gradient?.dims, name).toEqual(feeds[name]?.dims);
    gradient?.data.forEach((found, position) => {
      const expected = (lossAt(name, position, step) - lossAt(name, position, -step)) / (2 * step);
      const error = Math.abs(found - expected);
      expect(error, `${name}[${position}]: ${found} against ${expected}`).toBeLessThan(
        tolerance * (1 + Math.abs(expected)),
      );
    });
  });
});

test('every gradient rule is in the table', () => {
  const used = new Set(cases.flatMap((example) => setUp(example).entry.instructions.map(({ primitive }) => primitive)));
  const rules = primitives.map(({ name }) => primitiveNamed(name)).filter(({ gradient }) => gradient !== undefined);
  // The differences of what is rounded are steps: `cast` is looked at below.
  expect(rules.map(({ name }) => name).filter((name) => !used.has(name))).toEqual(['cast']);
});

function evaluate(build: (b: Builder, x: Value) => Value, data: readonly number[]) {
  const b = createBuilder('check');
  const x = b.input('x', [data.length], 'float32');
  const y = build(b, x);
  const [gradient] = gradients(b, y, [x]);
  if (gradient) b.output('gradient', gradient);
  const interpreter = createInterpreter({ variables: [], entries: { check: b.entry() } });
  const result = interpreter.run('check', { x: { dims: [data.length], data: Float32Array.from(data) } });
  return result['gradient'] && [...result['gradient'].data];
}

test('equal values share the gradient of a maximum, and the first of a pool takes it all', () => {
  expect(evaluate((b, x) => b.maximum(x, b.constant([1, 2, 0], [3])), [1, 1, 1])).toEqual([0.5, 0, 1]);
  expect(evaluate((b, x) => b.minimum(x, b.constant([1, 2, 0], [3])), [1, 1, 1])).toEqual([0.5, 1, 0]);
  expect(evaluate((b, x) => b.reduceMax(x, [0]), [3, 1, 3, 3])).toEqual([1 / 3, 0, 1 / 3, 1 / 3].map(Math.fround));
  expect(evaluate((b, x) => b.maxPool(b.reshape(x, [1, 2, 2, 1])), [-1, 0, 0, -2])).toEqual([0, 1, 0, 0]);
  expect(evaluate((b, x) => b.relu(x), [0, -1, 2])).toEqual([0, 0, 1]);
});

test('a value used twice collects both gradients', () => {
  expect(evaluate((b, x) => b.add(b.multiply(x, x), b.exp(b.negate(x))), [0])).toEqual([-1]);
});

test('a gradient passes a cast between floats as if it were not there', () => {
  expect(evaluate((b, x) => b.multiply(b.cast(b.cast(x, 'bfloat16'), 'float32'), b.scalar(3)), [1])).toEqual([3]);
});

test('no gradient flows through indices and comparisons, and none is made for what the loss ignores', () => {
  expect(evaluate((b, x) => b.multiply(b.greater(x, b.scalar(0)), b.scalar(3)), [1])).toBeUndefined();
  expect(evaluate((b, x) => b.cast(b.cast(x, 'int32'), 'float32'), [1])).toBeUndefined();
  expect(evaluate((b) => b.scalar(2), [1])).toBeUndefined();
});

test('a gradient of a gradient is refused by the name of what has no rule', () => {
  const b = createBuilder('check');
  const x = b.input('x', [2], 'float32');
  const [first] = gradients(
    b,
    b.withOrigin('body.act', () => b.reduceSum(b.relu(x), [0])),
    [x],
  );
  if (first === undefined) throw new Error('no gradient');
  expect(() => gradients(b, first, [x])).toThrow('body.act:gradient: reluGrad has no gradient');
});

test('the gradient of an instruction carries its origin, and the first layer has no input gradient', () => {
  const b = createBuilder('check');
  const x = b.input('x', [-1, 4, 4, 2], 'float32');
  const kernel = b.input('kernel', [3, 3, 2, 2], 'float32');
  const y = b.withOrigin('stage[1].conv', () => b.conv2d(x, kernel));
  gradients(b, b.reduceSum(y, [0, 1, 2, 3]), [kernel]);
  const made = b.instructions.filter(({ origin }) => origin === 'stage[1].conv:gradient');
  expect(made.map(({ primitive }) => primitive)).toEqual(['conv2dBackpropFilter']);
});
