import { describe, expect, test } from 'vitest';
import { bfloat16Bits, roundToBfloat16 } from './bfloat16.ts';
import { createBuilder } from './builder.ts';
import type { Variable } from './program.ts';
import { primitiveNamed } from './primitives/index.ts';
import { appendTrainStep } from './trainStep.ts';

function weight(name: string, dims: readonly number[], trainable = true): Variable {
  return {
    name,
    dims,
    dtype: 'float32',
    initializer: { kind: 'zeros' },
    role: trainable ? 'weight' : 'statistic',
    trainable,
    origin: name,
  };
}

/** Convolution, batch normalization, ReLU, a skip, a mean, a linear map and a loss. */
function residualStep(precision: 'float32' | 'bfloat16') {
  const b = createBuilder('train', precision);
  const image = b.input('image', [-1, 4, 4, 8], 'float32');
  const labels = b.input('labels', [-1], 'int32');
  const variables = [
    weight('kernel', [3, 3, 8, 8]),
    weight('scale', [8]),
    weight('offset', [8]),
    weight('dense', [8, 10]),
  ];
  const [kernel, scale, offset, dense] = variables.map((variable) => b.readVariable(variable));
  const [mean, variance] = ['mean', 'variance'].map((name) => b.readVariable(weight(name, [8], false)));
  if (!kernel || !scale || !offset || !dense || !mean || !variance) throw new Error('declared above');
  const { y } = b.batchNormTraining(b.conv2d(image, kernel), scale, offset, mean, variance);
  const sum = b.add(b.relu(y), b.conv2d(image, kernel));
  const logits = b.matMul(b.reduceMean(sum, [1, 2]), dense);
  const loss = b.reduceMean(b.sparseSoftmaxCrossEntropy(logits, labels).losses, [0]);
  b.output('loss', loss);
  appendTrainStep(b, {
    loss,
    variables,
    optimizer: { kind: 'momentum', momentum: 0.9, weightDecay: 0 },
    learningRate: b.input('learningRate', [], 'float32'),
  });
  return b.entry();
}

describe('computing in bfloat16', () => {
  const { instructions, outputs } = residualStep('bfloat16');
  const dtypesOf = (primitive: string) =>
    instructions
      .filter((instruction) => instruction.primitive === primitive)
      .map((instruction) => [...instruction.inputs, ...instruction.outputs].map(({ dtype }) => dtype).join(' '));
  const [f, h] = ['float32', 'bfloat16'];

  test('products, images and their gradients are narrow', () => {
    expect(new Set(dtypesOf('conv2d'))).toEqual(new Set([`${h} ${h} ${h}`]));
    expect(new Set(dtypesOf('conv2dBackpropFilter'))).toEqual(new Set([`${h} ${h} ${h}`]));
    expect(dtypesOf('matMul')).toEqual(Array(3).fill(`${h} ${h} ${h}`));
    expect(dtypesOf('relu')).toEqual([`${h} ${h}`]);
    expect(dtypesOf('reluGrad')).toEqual([`${h} ${h} ${h}`]);
  });

  test('statistics, sums, losses and all that is kept are float32', () => {
    expect(dtypesOf('batchNormTraining')).toEqual([`${h} ${f} ${f} ${f} ${f} ${h} ${f} ${f} ${f} ${f} ${f}`]);
    expect(dtypesOf('batchNormTrainingGrad')).toEqual([`${h} ${h} ${f} ${f} ${f} ${f} ${h} ${f} ${f}`]);
    expect(new Set(dtypesOf('reduceMean'))).toEqual(new Set([`${f} ${f}`]));
    expect(dtypesOf('sparseSoftmaxCrossEntropy')).toEqual([`${f} int32 ${f} ${f}`]);
    for (const { primitive, inputs } of instructions) {
      if (primitiveNamed(primitive).effect) expect(inputs.map(({ dtype }) => dtype)).not.toContain(h);
    }
    expect(outputs.map(({ value }) => value.dtype)).toEqual([f]);
  });

  test('a value is cast once, and never back and forth', () => {
    const casts = instructions.filter(({ primitive }) => primitive === 'cast');
    const keys = casts.map(({ inputs, attributes }) => `${inputs[0]?.id} ${String(attributes['dtype'])}`);
    expect(new Set(keys).size).toBe(keys.length);
    const widened = new Set(
      casts.filter(({ attributes }) => attributes['dtype'] === f).map(({ outputs: [y] }) => y?.id),
    );
    const narrowedAgain = casts.filter(
      ({ inputs, attributes }) => attributes['dtype'] === h && widened.has(inputs[0]?.id),
    );
    expect(narrowedAgain).toEqual([]);
  });

  test('without it there is nothing of the kind', () => {
    const full = residualStep('float32');
    expect(full.instructions.some(({ primitive }) => primitive === 'cast')).toBe(false);
  });
});

test('rounding to bfloat16 is to nearest, ties to even', () => {
  expect([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -0, Infinity].map(roundToBfloat16)).toEqual([
    1,
    1,
    1 + 2 ** -6,
    1 + 2 ** -7,
    -0,
    Infinity,
  ]);
  expect(roundToBfloat16(Number.NaN)).toBeNaN();
  expect(bfloat16Bits(1)).toBe(0x3f80);
});
