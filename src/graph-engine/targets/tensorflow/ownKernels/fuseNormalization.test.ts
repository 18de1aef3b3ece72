import { describe, expect, test } from 'vitest';
import { gradients } from '../../../program/autodiff.ts';
import { createBuilder, type Builder } from '../../../program/builder.ts';
import type { Value } from '../../../program/program.ts';
import { fuseNormalization } from './fuseNormalization.ts';

interface Parts {
  readonly b: Builder;
  readonly x: Value;
  readonly other: Value;
  normalize(x: Value): Value;
}

/** The primitives of a network's step after fusing, without constants and what sums up the loss. */
function fusedPrimitives(build: (parts: Parts) => Value, handedOut: (parts: Parts) => readonly Value[] = () => []) {
  const b = createBuilder('entry');
  const [x, other] = [b.input('x', [-1, 4, 4, 8], 'float32'), b.input('other', [-1, 4, 4, 8], 'float32')];
  const [scale, offset] = [b.input('scale', [8], 'float32'), b.input('offset', [8], 'float32')];
  const normalize = (value: Value) => b.batchNormTraining(value, scale, offset, scale, offset).y;
  const parts = { b, x, other, normalize };
  const y = build(parts);
  const loss = b.reduceSum(b.square(y), [0, 1, 2, 3]);
  const wanted = gradients(b, loss, [x, other, scale]).filter((gradient) => gradient !== undefined);
  const outside = new Set([...wanted, ...handedOut(parts)].map(({ id }) => id));
  const fused = fuseNormalization(b.instructions, outside);
  const defined = new Set([x, other, scale, offset].map(({ id }) => id));
  for (const { inputs, outputs, primitive } of fused) {
    for (const { id } of inputs) expect(defined, `${primitive} uses what is not there yet`).toContain(id);
    for (const { id } of outputs) defined.add(id);
  }
  for (const id of outside) expect(defined, 'what is used outside').toContain(id);
  return fused;
}

const interesting = ['fusedBatchNormTraining', 'fusedBatchNormTrainingGrad', 'add', 'relu', 'reluGrad'];
const namesIn = (instructions: ReturnType<typeof fusedPrimitives>) =>
  instructions.map(({ primitive }) => primitive).filter((name) => interesting.includes(name));

describe('fusing what stands around a batch normalization', () => {
  test('a residual block is one instruction forward and one backward, which hands the gradient on to the skip', () => {
    const fused = fusedPrimitives(({ b, x, other, normalize }) => b.relu(b.add(normalize(x), other)));
    expect(namesIn(fused)).toEqual(['fusedBatchNormTraining', 'fusedBatchNormTrainingGrad']);
    const [forward, backward] = fused.filter(({ primitive }) => primitive.startsWith('fused'));
    expect(forward?.attributes).toMatchObject({ relu: true });
    expect(forward?.inputs).toHaveLength(6);
    expect(backward?.attributes).toEqual({ masks: 1, offsets: 0, gradients: 1, keeps: 1 });
    expect(backward?.outputs).toHaveLength(4);
  });

  test('gradients that meet before a ReLU are added inside', () => {
    const fused = fusedPrimitives(({ b, x, normalize }) => {
      const y = b.relu(normalize(x));
      return b.multiply(b.tanh(y), b.sigmoid(y));
    });
    expect(namesIn(fused)).toEqual(['fusedBatchNormTraining', 'fusedBatchNormTrainingGrad']);
    expect(fused.at(-1)?.attributes).toEqual({ masks: 0, offsets: 1, gradients: 2, keeps: 0 });
  });

  test('of two normalizations that are added, the first takes the sum and the second stands alone', () => {
    const fused = fusedPrimitives(({ b, x, other, normalize }) => b.relu(b.add(normalize(x), normalize(other))));
    expect(
      fused.filter(({ primitive }) => primitive === 'fusedBatchNormTraining').map(({ attributes }) => attributes),
    ).toEqual([expect.objectContaining({ relu: false }), expect.objectContaining({ relu: true })]);
    // Both have the same scale, whose gradients are added.
    expect(namesIn(fused).filter((name) => !name.startsWith('fused'))).toEqual(['add']);
  });

  test('what others see too is computed for them', () => {
    let sum: Value | undefined;
    const fused = fusedPrimitives(
      ({ b, x, other, normalize }) => b.relu((sum = b.add(normalize(x), other))),
      () => (sum === undefined ? [] : [sum]),
    );
    // The sum is an output of the instruction; the ReLU of it is not.
    expect(namesIn(fused).slice(0, 2)).toEqual(['fusedBatchNormTraining', 'relu']);
  });

  test('statistics that are used on the way to the ReLU are not made too late for it', () => {
    const fused = fusedPrimitives(({ b, x, other, normalize }) => {
      const y = normalize(x);
      const mean = b.instructions.at(-1)?.outputs[1];
      if (mean === undefined) throw new Error('A normalization has statistics');
      return b.relu(b.add(y, b.multiply(other, b.greater(mean, b.scalar(0)))));
    });
    expect(namesIn(fused).slice(0, 3)).toEqual(['fusedBatchNormTraining', 'add', 'relu']);
  });

  test('float16 stays with the kernels that know it', () => {
    const b = createBuilder('entry');
    const [x, scale] = [b.input('x', [-1, 4, 4, 8], 'float32'), b.input('scale', [8], 'float32')];
    const { y } = b.batchNormTraining(b.cast(x, 'float16'), scale, scale, scale, scale);
    const narrow = b.instructions.map((instruction) =>
      instruction.primitive === 'batchNormTraining'
        ? { ...instruction, outputs: [{ ...y, dtype: 'float16' as const }, ...instruction.outputs.slice(1)] }
        : instruction,
    );
    expect(fuseNormalization(narrow, new Set())).toEqual(narrow);
  });
});
