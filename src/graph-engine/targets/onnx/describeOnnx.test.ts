import { expect, test } from 'vitest';
import { networkTemplate } from '../../../../tests/support/networks.ts';
import { exported } from '../../../../tests/support/onnxModels.ts';
import { inferDocument } from '../../infer/inferDocument.ts';
import { describeOnnx } from './describeOnnx.ts';
import { DEFAULT_ONNX_OPTIONS, type OnnxOptions } from './onnxOptions.ts';

function described(name: string, options: Partial<OnnxOptions> = {}) {
  const document = networkTemplate(`${name}.json`);
  return describeOnnx(document, inferDocument(document), { ...DEFAULT_ONNX_OPTIONS, ...options });
}

test('a file is described as it will be, without a weight', () => {
  const { lossy, ...description } = described('resnet-20');
  expect(description).toEqual({
    inputs: [{ name: 'input', type: 'float32 [batch, 3, 32, 32]' }],
    outputs: [
      { name: 'probabilities', type: 'float32 [batch, 10]' },
      { name: 'logits', type: 'float32 [batch, 10]' },
    ],
    weightInputs: 0,
    operators: expect.arrayContaining([
      { type: 'Conv', count: 19 },
      { type: 'BatchNormalization', count: 19 },
    ]) as unknown,
    modelBytes: exported(networkTemplate('resnet-20.json'), new Map()).modelBytes - '0.0.0'.length,
    dataBytes: 0,
    opset: 'ONNX 1.16 (2024)',
    foldable: 19,
    unfoldable: [],
    hasProbabilities: true,
  });
  expect(lossy.join(' ')).toContain('Blocks and repetitions are written out');
});

test('every choice is seen in the description', () => {
  const half = described('mini-gpt', { precision: 'float16', ends: 'float16', opset: 13, batch: 2, answers: 'scores' });
  expect(half.outputs).toEqual([{ name: 'logits', type: expect.stringMatching(/^float16 \[2, /) as string }]);
  expect(half.opset).toBe('ONNX 1.8 (2020); writes layer normalization and GELU by their parts');
  expect(half.lossy.join(' ')).toMatch(/three digits.* constants beyond ±65 504/);
  expect(described('mini-gpt').lossy.join(' ')).not.toContain('65 504');

  const bare = described('resnet-20', { weights: 'inputs', layout: 'channels-last' });
  expect(bare.inputs).toEqual([{ name: 'input', type: 'float32 [batch, 32, 32, 3]' }]);
  expect(bare.weightInputs).toBeGreaterThan(80);
  expect(bare.modelBytes).toBeLessThan(50_000);

  expect(described('resnet-20', { external: 'always' }).dataBytes).toBeGreaterThan(1_000_000);
  const folded = described('resnet-20', { foldNormalization: true, normalize: true });
  expect(folded.operators.map(({ type }) => type)).not.toContain('BatchNormalization');
  expect(folded.operators).toContainEqual({ type: 'Sub', count: 1 });
});
