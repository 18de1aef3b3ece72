import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { lowered, predictByInterpreter } from '../../../../tests/support/networks.ts';
import { exported } from '../../../../tests/support/onnxModels.ts';
import { nodesOf } from '../../document/graphs.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { permuteAxes, permutedDims } from '../../targets/onnx/permuteAxes.ts';
import { importOnnx } from './importOnnx.ts';

const folder = path.join(import.meta.dirname, '../../../../tests/fixtures/onnx');
const answers = JSON.parse(readFileSync(path.join(folder, 'answers.json'), 'utf8')) as Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
>;

interface Expected {
  /** The root graph: ops and blocks with their repeats, in the order of the file. */
  readonly drawn: string;
  readonly kept?: string;
  readonly given: readonly number[];
  readonly vocabulary?: number;
}

const classifier = 'globalAveragePooling dense classificationOutput';
const convolutional =
  'input conv2d groupNormalization silu depthwiseConv2d hardSwish maxPooling2d globalAveragePooling dense relu dense hardSigmoid ' +
  'multiply convTranspose2d upsampling2d concatenate conv2d instanceNormalization prelu gelu pad2d conv2d leakyRelu tanh ' +
  'globalAveragePooling classificationOutput';
const encoder = 'sequenceInput layers-block×3 featureOutput';
const transformer =
  'input conv2d imageToSequence classToken positionalEmbedding encoder-layers-block×2 layerNormalization selectPosition dense classificationOutput';
const attention = 'tokenInput embedding positionalEmbedding multiHeadAttention add rmsNormalization dense';

/** What becomes of models that PyTorch's two exporters wrote: see tests/oracles/onnxModels.py. */
const table: Readonly<Record<string, Expected>> = {
  'residual-torchscript': { drawn: `input conv2d layers-block×3 ${classifier}`, given: [3, 16, 16] },
  'residual-dynamo': { drawn: `input conv2d layers-block×3 ${classifier}`, given: [3, 16, 16] },
  'convolutions-torchscript': { drawn: convolutional, given: [3, 16, 16] },
  'convolutions-dynamo': { drawn: convolutional, given: [3, 16, 16] },
  'sounds-torchscript': { drawn: `sequenceInput conv1d elu maxPooling1d ${classifier}`, given: [3, 20] },
  'sounds-dynamo': { drawn: `sequenceInput conv1d elu maxPooling1d ${classifier}`, given: [3, 20] },
  'attention-torchscript': {
    drawn: `${attention} slice slice sigmoid multiply dense add featureOutput`,
    given: [6],
    vocabulary: 17,
  },
  'attention-dynamo': { drawn: `${attention} gatedLinearUnit dense add featureOutput`, given: [6], vocabulary: 17 },
  'encoder-torchscript': { drawn: encoder, given: [6, 8] },
  'encoder-dynamo': { drawn: encoder, given: [6, 8] },
  'encoder-pre-torchscript': { drawn: encoder, given: [6, 8] },
  'encoder-pre-dynamo': { drawn: encoder, given: [6, 8] },
  'vision-transformer-torchscript': { drawn: transformer, given: [3, 16, 16] },
  'vision-transformer-dynamo': { drawn: transformer, given: [3, 16, 16] },
  'odd-torchscript': {
    drawn: 'featureInput dense Sin CumSum dense classificationOutput',
    kept: 'CumSum ×1, Sin ×1',
    given: [6],
  },
  'odd-dynamo': {
    drawn: 'featureInput dense Sin CumSum dense classificationOutput',
    kept: 'CumSum ×1, Sin ×1',
    given: [6],
  },
  quantized: {
    drawn:
      'input DequantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear QuantizeLinear DequantizeLinear Conv ' +
      'QuantizeLinear DequantizeLinear globalAveragePooling QuantizeLinear DequantizeLinear Gemm ' +
      'QuantizeLinear DequantizeLinear classificationOutput',
    kept: 'Conv ×1, DequantizeLinear ×8, Gemm ×1, QuantizeLinear ×4',
    given: [3, 8, 8],
  },
};

test('every model has its line in the table', () => {
  expect(Object.keys(table).toSorted()).toEqual(Object.keys(answers).toSorted());
});

describe.each(Object.entries(table))('%s', (name, { drawn, kept = '', given, vocabulary }) => {
  const imported = importOnnx(readFileSync(path.join(folder, `${name}.onnx`)), { name });
  if (!imported.ok) throw new Error(imported.error.message);
  const { document, report, weights: found } = imported.value;
  const weights = new Map([...found].map(([weight, tensor]) => [weight, tensor.values()]));
  const dims = [2, ...given];
  const numbers = madeUp(dims, vocabulary);
  const answer = answers[name];

  test('becomes what it is', () => {
    expect(rootOf(document)).toBe(drawn);
    expect(report.kept.map(({ operator, count }) => `${operator} ×${count}`).join(', ')).toBe(kept);
  });

  test('its export answers as the file did', async () => {
    const session = await InferenceSession.create(Buffer.concat([...exported(document, weights).model()]), {
      logSeverityLevel: 3,
      // Products of whole numbers are rounded otherwise by some processors: it is computed as it is written.
      ...(name === 'quantized' && { graphOptimizationLevel: 'disabled' as const }),
    });
    const [input = ''] = session.inputNames;
    // A signal that came features first enters positions first.
    const order = name.startsWith('sounds') ? [0, 2, 1] : dims.map((_, i) => i);
    const turned = permuteAxes(numbers, dims, order);
    const fed =
      vocabulary === undefined
        ? new Tensor('float32', turned, permutedDims(dims, order))
        : new Tensor('int32', Int32Array.from(turned), dims);
    const results = await session.run({ [input]: fed });
    const own = results['logits'] ?? results['features'];
    expect(own?.dims).toEqual(answer?.shape);
    expectClose(own?.data as Float32Array, answer?.values ?? []);
  });

  if (kept !== '') return;
  test('the engine answers as the file did', () => {
    const program = lowered(document);
    const [path = ''] = program.inputs.map((one) => one.path);
    const order = given.length === 3 ? [0, 2, 3, 1] : name.startsWith('sounds') ? [0, 2, 1] : dims.map((_, i) => i);
    const data = permuteAxes(numbers, dims, order);
    const sample = { dims: permutedDims(dims, order), data: vocabulary === undefined ? data : Int32Array.from(data) };
    const results = predictByInterpreter(program, weights, { [path]: sample });
    const port = results['output/logits'] ?? results['output/features'];
    expectClose(Float32Array.from(port?.data ?? []), answer?.values ?? []);
  });
});

function rootOf({ graph }: SkipwireDocument): string {
  const words = nodesOf(graph).map(([, node]) => {
    if ('block' in node) return `${node.block}×${node.repeat}`;
    return isForeignOp(node.op) ? String(node.parameters['operator']) : node.op;
  });
  return words.join(' ');
}

/** The numbers that the oracle fed. */
function madeUp(dims: readonly number[], vocabulary: number | undefined): Float32Array {
  let state = 7n;
  return Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => {
    state = (state * 1103515245n + 12345n) % 2147483648n;
    const number = Math.fround((Number(state) / 2147483648) * 2 - 1);
    return vocabulary === undefined ? number : Math.floor(Math.abs(number) * vocabulary);
  });
}

function expectClose(received: Float32Array, expected: readonly number[]) {
  expect(received.length).toBeGreaterThan(0);
  for (const [i, wanted] of expected.entries()) {
    expect(Math.abs((received[i] ?? NaN) - wanted), `value ${i}`).toBeLessThanOrEqual(
      1e-4 * Math.max(1, Math.abs(wanted)),
    );
  }
}
