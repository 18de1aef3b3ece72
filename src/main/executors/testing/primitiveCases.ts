import { createBuilder, type Builder } from '../../../graph-engine/program/builder.ts';
import { resolveDims } from '../../../graph-engine/program/dims.ts';
import { applyPasses, type PassName } from '../../../graph-engine/program/passes/index.ts';
import type { ConvolutionAttributes } from '../../../graph-engine/program/primitives/convolution.ts';
import type { PoolingAttributes } from '../../../graph-engine/program/primitives/pooling.ts';
import type { Dims, Entry, Program, Value, Variable } from '../../../graph-engine/program/program.ts';
import { normal, uniform } from '../../../graph-engine/random/distributions.ts';
import { createWordStream } from '../../../graph-engine/random/philox.ts';
import type { TensorData } from '../compiledProgram.ts';

const BATCH = 3;

/** How an input of a case is filled: `normal` numbers by default. */
type Fill = 'normal' | 'positive' | 'ties' | 'seed' | { readonly below: number };

interface Inputs {
  (dims: Dims, fill?: Fill): Value;
}

/** One entry of the program, and what is fed to it. */
export interface PrimitiveCase {
  readonly entry: Entry;
  readonly feeds: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: TensorData }>>;
}

const variables: Variable[] = [];
/** By name: every primitive, in the shapes and settings that differ. */
export const primitiveCases: Record<string, PrimitiveCase> = {};

function fill(dims: readonly number[], kind: Fill, stream: number): TensorData {
  const length = dims.reduce((product, dim) => product * dim, 1);
  const words = createWordStream([7, stream], 0, 0);
  const floats = new Float32Array(length);
  if (typeof kind === 'object') {
    uniform(words, 0, kind.below, floats);
    return Int32Array.from(floats);
  }
  switch (kind) {
    case 'normal':
      normal(words, 1, floats);
      return floats;
    case 'positive':
      uniform(words, 0.2, 2, floats);
      return floats;
    case 'ties':
      // As after a ReLU of small integers: many equal maxima, many zeros.
      uniform(words, -3, 3, floats);
      return floats.map((value) => Math.max(0, Math.trunc(value)));
    case 'seed':
      return Int32Array.of(5, -9);
  }
}

/** One entry of the program that all cases share; everything `build` returns is compared. */
function check(
  name: string,
  build: (b: Builder, input: Inputs) => readonly Value[],
  passes: readonly PassName[] = [],
): void {
  const entryName = `case${Object.keys(primitiveCases).length}`;
  const b = createBuilder(entryName);
  const feeds: Record<string, PrimitiveCase['feeds'][string]> = {};
  const input: Inputs = (dims, kind = 'normal') => {
    const feed = `input${Object.keys(feeds).length}`;
    const integers = typeof kind === 'object' || kind === 'seed';
    const resolved = resolveDims(dims, BATCH);
    feeds[feed] = { dims: resolved, data: fill(resolved, kind, Object.keys(feeds).length) };
    return b.input(feed, dims, integers ? 'int32' : 'float32');
  };
  b.withOrigin(`stage[1].${entryName}`, () => build(b, input).forEach((value, i) => b.output(`output${i}`, value)));
  if (primitiveCases[name] !== undefined) throw new Error(`Two cases are named ${name}`);
  primitiveCases[name] = { entry: applyPasses(b.entry(), passes), feeds };
}

function variable(dims: Dims, initial: Variable['initializer'] = { kind: 'normal', standardDeviation: 1 }): Variable {
  const name = `case variable[${variables.length}].weight`;
  const made: Variable = {
    name,
    dims,
    dtype: 'float32',
    initializer: initial,
    role: 'weight',
    trainable: true,
    origin: '',
  };
  variables.push(made);
  return made;
}

// Elementwise, with and without broadcasting.
for (const op of ['add', 'subtract', 'multiply', 'maximum', 'minimum', 'greater', 'greaterEqual', 'equal'] as const) {
  check(op, (b, input) => {
    const [x, y] = [input([-1, 4, 5], 'ties'), input([-1, 4, 5], 'ties')];
    return [b[op](x, y), b[op](x, input([5])), b[op](input([4, 1]), x), b[op](x, b.scalar(1))];
  });
  check(`${op} of integers`, (b, input) => [b[op](input([-1, 4], { below: 5 }), input([4], { below: 5 }))]);
}
check('divide', (b, input) => [
  b.divide(input([-1, 4]), input([-1, 4], 'positive')),
  b.divide(input([-1, 4], { below: 9 }), b.constant([1, 2, -3, 4], [4], 'int32')),
]);
for (const op of ['negate', 'exp', 'square', 'relu', 'sigmoid', 'tanh', 'erf', 'softmax', 'logSoftmax'] as const) {
  check(op, (b, input) => [b[op](input([-1, 7])), b[op](input([2, 3, 4, 5]))]);
}
for (const op of ['log', 'sqrt', 'rsqrt'] as const) check(op, (b, input) => [b[op](input([-1, 7], 'positive'))]);
check('reluGrad', (b, input) => [b.reluGrad(input([-1, 7]), input([-1, 7], 'ties'))]);
check('sigmoidGrad', (b, input) => [b.sigmoidGrad(input([-1, 7]), input([-1, 7]))]);
check('tanhGrad', (b, input) => [b.tanhGrad(input([-1, 7]), input([-1, 7]))]);
check(
  'fusedElementwise',
  (b, input) => {
    const [x, slope] = [input([-1, 3, 7]), input([7])];
    const bent = b.multiply(x, b.sigmoid(b.multiply(x, slope)));
    const chosen = b.select(b.greater(x, slope), b.subtract(bent, b.scalar(1)), b.square(bent));
    return [b.tanhGrad(b.tanh(chosen), b.erf(b.minimum(x, input([-1, 1, 7]))))];
  },
  ['fuseElementwise'],
);
check(
  'fusedElementwise of more elements than are worked on at once',
  (b, input) => {
    const [x, slope] = [input([-1, 50, 41]), input([41])];
    const bent = b.multiply(x, b.sigmoid(b.multiply(x, slope)));
    return [b.subtract(b.select(b.greater(x, slope), b.square(bent), bent), b.multiply(bent, b.scalar(0.5)))];
  },
  ['fuseElementwise'],
);
check('select', (b, input) => {
  const [x, y] = [input([-1, 7]), input([7])];
  return [b.select(b.greater(x, y), x, y), b.select(input([-1, 7], 'ties'), x, b.scalar(-1))];
});
check('cast', (b, input) => [b.cast(input([-1, 7]), 'int32'), b.cast(input([-1, 7], { below: 5 }), 'float32')]);
check('cast to bfloat16 and back', (b, input) => [b.cast(b.cast(input([-1, 70]), 'bfloat16'), 'float32')]);
check('cast to float16 and back', (b, input) => {
  // Below the smallest normal one, among the normal ones, and beyond the largest.
  const x = b.multiply(input([-1, 4, 30]), b.constant([1e-6, 1, 1e3, 1e5], [4, 1]));
  return b.split(b.cast(b.cast(x, 'float16'), 'float32'), 1, [1, 1, 1, 1]);
});
check('after', (b, input) => {
  const [x, y] = [input([-1, 7]), input([3])];
  return [b.after(x, [b.exp(y), b.negate(y)])];
});
check('constant', (b) => [
  b.constant([1.5, -2, 0, -0, 3e-8, 1e30], [2, 3]),
  b.constant([1, -2, 2 ** 31 - 1, -(2 ** 31)], [4], 'int32'),
  b.constant([0, 1], [2]),
  b.constant([0, 1], [2], 'int32'),
  b.constant([0, 1], [1, 2]),
]);

// Matrices.
for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    const transposes = { transposeA, transposeB };
    check(`matMul ${JSON.stringify(transposes)}`, (b, input) => {
      const right = transposeB ? input([6, 5]) : input([5, 6]);
      return [b.matMul(transposeA ? input([5, -1]) : input([-1, 5]), right, transposes)];
    });
    check(`batchMatMul ${JSON.stringify(transposes)}`, (b, input) => {
      const right = transposeB ? [6, 5] : [5, 6];
      const left = transposeA ? [5, 4] : [4, 5];
      return [
        b.batchMatMul(input([-1, 2, ...left]), input([-1, 2, ...right]), transposes),
        b.batchMatMul(input([-1, 2, ...left]), input(right), transposes),
        b.batchMatMul(input([2, ...left]), input([-1, 1, ...right]), transposes),
      ];
    });
  }
}
check('biasAdd', (b, input) => [b.biasAdd(input([-1, 4, 4, 6]), input([6])), b.biasAdd(input([-1, 6]), input([6]))]);
check('biasAddGrad', (b, input) => [b.biasAddGrad(input([-1, 4, 4, 6])), b.biasAddGrad(input([-1, 6]))]);

// Convolutions, each with both gradients.
const convolutions: readonly (Partial<ConvolutionAttributes> & { image?: Dims; kernel?: Dims })[] = [
  {},
  { padding: 'valid' },
  { strides: [2, 2] },
  { strides: [2, 2], image: [-1, 8, 6, 4] },
  { strides: [1, 2], padding: 'valid' },
  { strides: [3, 1] },
  { padding: 'explicit', pads: [1, 1, 1, 1] },
  { padding: 'explicit', pads: [0, 2, 1, 0], strides: [2, 2] },
  { padding: 'explicit', pads: [3, 3, 3, 3], strides: [2, 2], kernel: [7, 7, 4, 5], image: [-1, 9, 9, 4] },
  { padding: 'explicit', pads: [0, 0, 0, 0] },
  { kernel: [1, 1, 4, 6] },
  { kernel: [1, 1, 4, 6], strides: [2, 2] },
  { kernel: [2, 5, 4, 3] },
  { dilations: [2, 2] },
  { dilations: [2, 3], padding: 'valid', image: [-1, 11, 12, 4] },
  { dilations: [2, 2], padding: 'explicit', pads: [2, 2, 2, 2] },
  { dilations: [2, 1], strides: [1, 2], image: [-1, 9, 9, 4] },
  { groups: 2, kernel: [3, 3, 2, 6] },
  { groups: 2, kernel: [3, 3, 2, 6], strides: [2, 2], padding: 'explicit', pads: [1, 0, 0, 1] },
  { groups: 2, kernel: [3, 3, 2, 6], dilations: [2, 2] },
  { groups: 4, kernel: [3, 3, 1, 4] },
  { groups: 4, kernel: [3, 3, 1, 8], padding: 'valid' },
  { groups: 4, kernel: [3, 3, 1, 8], strides: [2, 2] },
  { groups: 4, kernel: [3, 3, 1, 4], strides: [1, 2] },
  { groups: 4, kernel: [3, 3, 1, 4], dilations: [2, 2] },
  { groups: 4, kernel: [3, 3, 1, 8], dilations: [2, 3], image: [-1, 9, 11, 4] },
  { groups: 4, kernel: [2, 3, 1, 4], dilations: [3, 1], padding: 'valid' },
  { groups: 4, kernel: [3, 2, 1, 4], dilations: [1, 4], padding: 'explicit', pads: [0, 2, 4, 1] },
  { groups: 4, kernel: [3, 3, 1, 4], dilations: [2, 2], strides: [2, 2] },
  {
    groups: 4,
    kernel: [1, 3, 1, 4],
    dilations: [1, 5],
    padding: 'explicit',
    pads: [0, 0, 10, 0],
    image: [-1, 1, 13, 4],
  },
  { groups: 4, kernel: [3, 3, 1, 4], padding: 'explicit', pads: [2, 0, 1, 1] },
];
for (const { image = [-1, 7, 7, 4], kernel = [3, 3, 4, 5], ...attributes } of convolutions) {
  check(`conv2d ${JSON.stringify({ image, kernel, ...attributes })}`, (b, input) => {
    const [x, weights] = [input(image), input(kernel)];
    const y = b.conv2d(x, weights, attributes);
    const dy = input(y.dims);
    return [
      y,
      b.conv2dBackpropInput(weights, dy, image, attributes),
      b.conv2dBackpropFilter(x, dy, kernel, attributes),
    ];
  });
}

// Pools, each with its gradient, on values with and without ties.
const pools: readonly (Partial<PoolingAttributes> & { image?: Dims })[] = [
  {},
  { padding: 'same' },
  { window: [3, 3], strides: [2, 2], padding: 'same' },
  { window: [3, 3], strides: [2, 2], padding: 'valid' },
  { window: [3, 3], strides: [2, 2], padding: 'explicit', pads: [1, 1, 1, 1] },
  { window: [3, 3], strides: [1, 1], padding: 'explicit', pads: [2, 0, 1, 0] },
  { window: [3, 2], strides: [1, 2], padding: 'same', image: [-1, 6, 9, 2] },
  { window: [2, 2], strides: [3, 3], padding: 'valid' },
];
for (const { image = [-1, 7, 7, 3], ...attributes } of pools) {
  for (const kind of ['normal', 'ties'] as const) {
    check(`maxPool of ${kind} ${JSON.stringify({ image, ...attributes })}`, (b, input) => {
      const x = input(image, kind);
      const y = b.maxPool(x, attributes);
      return [y, b.maxPoolGrad(x, y, input(y.dims), attributes)];
    });
  }
  check(`maxPool of what is below zero ${JSON.stringify({ image, ...attributes })}`, (b, input) => {
    const x = b.negate(input(image, 'positive'));
    const y = b.maxPool(x, attributes);
    return [y, b.maxPoolGrad(x, y, input(y.dims), attributes)];
  });
  check(`averagePool ${JSON.stringify({ image, ...attributes })}`, (b, input) => {
    const y = b.averagePool(input(image), attributes);
    return [y, b.averagePoolGrad(input(y.dims), image, attributes)];
  });
}

for (const alignCorners of [false, true]) {
  for (const size of [
    [14, 21],
    [3, 5],
    [7, 1],
  ] as const) {
    check(`resizeBilinear to ${size.join()}, corners ${alignCorners}`, (b, input) => {
      const x = input([-1, 7, 7, 3]);
      const y = b.resizeBilinear(x, size, alignCorners);
      return [y, b.resizeBilinearGrad(input(y.dims), x, alignCorners)];
    });
  }
}

// Normalization.
for (const [epsilon, momentum] of [
  [1e-5, 0.1],
  [1e-3, 1],
  [1e-3, 0.01],
] as const) {
  check(`batchNormTraining ${epsilon} ${momentum}`, (b, input) => {
    const [x, scale, offset] = [input([-1, 4, 5, 6]), input([6]), input([6])];
    const outputs = b.batchNormTraining(x, scale, offset, input([6]), input([6], 'positive'), { epsilon, momentum });
    const instruction = b.instructions.at(-1);
    const [, , , mean, variance, reserve] = instruction?.outputs ?? [];
    if (!mean || !variance || !reserve) throw new Error('batchNormTraining has six outputs');
    return [
      outputs.y,
      outputs.newRunningMean,
      outputs.newRunningVariance,
      ...b.batchNormTrainingGrad(input([-1, 4, 5, 6]), x, scale, mean, variance, reserve, epsilon),
    ];
  });
  check(`batchNormInference ${epsilon} ${momentum}`, (b, input) => [
    b.batchNormInference(input([-1, 4, 5, 6]), input([6]), input([6]), input([6]), input([6], 'positive'), { epsilon }),
  ]);
}

// Reductions.
for (const keepDims of [false, true]) {
  for (const axes of [[0], [1, 2], [0, 1, 2, 3], [3], []]) {
    check(`reductions over ${axes.join()} ${keepDims}`, (b, input) => {
      const x = input([-1, 4, 5, 6]);
      return [b.reduceSum(x, axes, keepDims), b.reduceMean(x, axes, keepDims), b.reduceMax(x, axes, keepDims)];
    });
  }
}
check('argMax', (b, input) => [
  b.argMax(input([-1, 9]), 1),
  b.argMax(input([-1, 9], 'ties'), 1),
  b.argMax(input([-1, 9]), 0),
]);

check('sparseSoftmaxCrossEntropy', (b, input) => {
  const { losses, dlogits } = b.sparseSoftmaxCrossEntropy(input([-1, 6]), input([-1], { below: 6 }));
  return [losses, dlogits];
});

// Arrangement.
check('reshape', (b, input) => [
  b.reshape(input([-1, 4, 6]), [-1, 24]),
  b.reshape(input([-1, 4, 6]), [-4, 6]),
  b.reshape(input([-4, 6]), [-1, 2, 2, 6]),
  b.reshape(input([4, 6]), [24]),
]);
check('transpose', (b, input) => [b.transpose(input([-1, 2, 3, 4]), [2, 0, 3, 1]), b.transpose(input([2, 3]), [1, 0])]);
check('concat', (b, input) => [
  b.concat([input([-1, 2, 3]), input([-1, 2, 1]), input([-1, 2, 4])], 2),
  b.concat([input([-1, 2])], 1),
  b.concat([input([2, 2], { below: 5 }), input([1, 2], { below: 5 })], 0),
]);
check('slice', (b, input) => [b.slice(input([-1, 5, 6]), [0, 1, 2], [-1, 3, 4])]);
check('stridedSlice', (b, input) => [
  b.stridedSlice(input([-1, 7, 6]), [0, 1, 0], [0, 7, 0], [1, 2, 3]),
  b.stridedSlice(input([-1, 8, 8, 2]), [0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 2, 1]),
]);
check('pad', (b, input) => [
  b.pad(input([-1, 2, 3]), [0, 0, 1, 0, 2, 3]),
  b.pad(input([-1, 2, 3]), [0, 0, 1, 0, 2, 3], -1.5),
  b.pad(input([2, 3], { below: 5 }), [1, 0, 2, 3], 4),
]);
check('broadcastTo', (b, input) => [
  b.broadcastTo(b.scalar(2), [-1, 3]),
  b.broadcastTo(input([-1, 1, 3]), [-1, 4, 3]),
  b.broadcastTo(b.scalar(2), [-2, 3]),
  b.elementCount([-1, 4]),
]);
check('split', (b, input) => [...b.split(input([-1, 5, 3]), 1, [2, 1, 2]), ...b.split(input([4, -1]), 0, [1, 3])]);
check('unsortedSegmentSum', (b, input) => [
  b.unsortedSegmentSum(input([-2, 4]), input([-2], { below: 5 }), 5),
  b.unsortedSegmentSum(input([-4, 2, 3]), input([-4], { below: 3 }), 7),
]);
check('gather', (b, input) => [
  b.gather(input([5, 4]), input([-1, 2], { below: 5 })),
  b.gather(input([-1, 5, 4]), input([3], { below: 5 }), 1),
]);
check('oneHot', (b, input) => [b.oneHot(input([-1, 2], { below: 7 }), 5)]);
check('randomUniform', (b, input) => {
  const [seed, x] = [input([2], 'seed'), input([-1, 9])];
  return [
    b.randomUniform(seed, [-1, 9], 3, x),
    b.randomUniform(seed, [-1, 9], 2 ** 31 - 1, x),
    b.randomUniform(seed, [7, 3], 0),
  ];
});

// Variables and effects; the variables are compared after two runs.
check('reads see the value from before the effects', (b, input) => {
  const weight = variable([3]);
  const before = b.readVariable(weight);
  b.assign(weight, b.add(before, input([3])));
  return [before, b.multiply(before, b.scalar(2))];
});
check('effects on one variable happen in order', (b, input) => {
  const weight = variable([3]);
  const rate = input([], 'positive');
  b.assign(weight, b.multiply(b.readVariable(weight), b.scalar(0.5)));
  b.applyGradientDescent(weight, rate, input([3]));
  b.assign(weight, input([3]));
  b.applyGradientDescent(weight, rate, input([3]));
  return [rate];
});
check('a variable read after the effects has its new value, read before them the old one', (b, input) => {
  const [weight, rate] = [variable([2, 3]), input([], 'positive')];
  const before = b.readVariable(weight);
  const moved = b.subtract(b.readUpdatedVariable(weight), before);
  b.applyGradientDescent(weight, rate, input([2, 3]));
  return [before, moved, b.l2Loss(moved), rate];
});
check('l2Loss', (b, input) => [b.l2Loss(input([-1, 4, 5])), b.l2Loss(input([]))]);
check('pack', (b, input) => [b.pack([input([]), b.scalar(2), b.l2Loss(input([-1, 2]))])]);
check('assigning one variable to another swaps them', (b) => {
  const [first, second] = [variable([2]), variable([2])];
  const [one, two] = [b.readVariable(first), b.readVariable(second)];
  b.assign(first, two);
  b.assign(second, one);
  return [one];
});
for (const nesterov of [false, true]) {
  check(`applyMomentum ${nesterov}`, (b, input) => {
    const rate = input([], 'positive');
    b.applyMomentum(variable([3]), variable([3]), rate, input([3]), { momentum: 0.9, nesterov });
    return [rate];
  });
}
check('applyAdam', (b, input) => {
  const rate = input([], 'positive');
  const slots = { first: variable([3], { kind: 'zeros' }), second: variable([3], { kind: 'zeros' }) };
  const powers = [
    variable([], { kind: 'constant', value: 0.9 }),
    variable([], { kind: 'constant', value: 0.99 }),
  ] as const;
  const [beta1Power, beta2Power] = [b.readVariable(powers[0]), b.readVariable(powers[1])];
  const gradient = b.multiply(input([3]), b.scalar(1e-3));
  const inputs = { learningRate: rate, gradient, beta1Power, beta2Power };
  b.applyAdam(variable([3]), slots, inputs, { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 });
  b.assign(powers[0], b.multiply(beta1Power, b.scalar(0.9)));
  b.assign(powers[1], b.multiply(beta2Power, b.scalar(0.99)));
  return [rate];
});

/** The program that all cases are entries of. */
export const primitiveProgram: Program = {
  variables,
  entries: Object.fromEntries(Object.values(primitiveCases).map(({ entry }) => [entry.name, entry])),
};
