import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { lowered, networkOf, predictByInterpreter, trainedLooking } from '../../../../tests/support/networks.ts';
import { exported, type ExportedWith, optionCombinations } from '../../../../tests/support/onnxModels.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import { normal } from '../../random/distributions.ts';
import { createWordStream, domains } from '../../random/philox.ts';
import { toChannelsFirst } from './channelsFirst.ts';
import { float16Bits, float16Value } from './float16.ts';
import { contradiction, DEFAULT_ONNX_OPTIONS } from './onnxOptions.ts';
import { permuteAxes, permutedDims } from './permuteAxes.ts';
import { wholeContent } from './tensorContent.ts';

/** Batch normalizations behind every operator that can take one in, and one behind a sum, which cannot. */
const pictures = networkOf({
  image: { op: 'input', parameters: { height: 5, width: 6, channels: 3 } },
  conv: { op: 'conv2d', parameters: { filters: 4, bias: false } },
  bn: { op: 'batchNormalization' },
  grouped: { op: 'conv2d', parameters: { filters: 6, groups: 2 } },
  bn2: { op: 'batchNormalization' },
  up: { op: 'convTranspose2d', parameters: { filters: 4, groups: 2 } },
  bn3: { op: 'batchNormalization', parameters: { epsilon: 0.01 } },
  small: { op: 'upsampling2d', inputs: { input: 'bn' } },
  sum: { op: 'add', inputs: { a: 'bn3', b: 'small' } },
  bn4: { op: 'batchNormalization' },
  mask: { op: 'segmentationOutput' },
  pool: { op: 'globalAveragePooling', inputs: { input: 'bn4' } },
  dense: { op: 'dense', parameters: { units: 5 } },
  bn5: { op: 'batchNormalization' },
  digit: { op: 'classificationOutput' },
});

/** Everything that asks for care in float16 or for the batch: masks, norms by their parts, a class token, a muted branch. */
const words = networkOf({
  tokens: { op: 'tokenInput', parameters: { length: 6, vocabulary: 11 } },
  embed: { op: 'embedding', parameters: { features: 8 } },
  silent: { op: 'dense', parameters: { units: 8 }, muted: true, inputs: { input: 'embed' } },
  both: { op: 'add', inputs: { a: 'embed', b: 'silent' } },
  ln: { op: 'layerNormalization' },
  attention: {
    op: 'multiHeadAttention',
    parameters: { heads: 2, causal: true },
    inputs: { input: 'ln', tokens: 'tokens' },
  },
  rms: { op: 'rmsNormalization' },
  conv: { op: 'conv1d', parameters: { filters: 8 } },
  bn: { op: 'batchNormalization' },
  gelu: { op: 'gelu' },
  token: { op: 'classToken' },
  first: { op: 'selectPosition' },
  hidden: { op: 'dense', parameters: { units: 6 } },
  norm: { op: 'layerNormalization' },
  output: { op: 'classificationOutput', inputs: { input: 'norm' } },
});

describe.each([
  ['pictures', pictures],
  ['words', words],
])('onnxruntime answers as the engine does: %s', (_, document) => {
  test.each(optionCombinations.map((options) => [JSON.stringify(options), options] as const))(
    '%s',
    async (__, options) => {
      const half = options.precision === 'float16';
      const { difference, names } = await compare(document, options);
      expect(difference).toBeLessThan(half ? 1e-2 : 1e-4);
      // Two engines that calculate on their own do not agree to the last bit.
      expect(difference).toBeGreaterThan(0);
      const unwanted = { all: 'nothing', scores: 'probabilities', probabilities: 'logits' }[options.answers ?? 'all'];
      expect(names.filter((name) => name.includes(unwanted))).toEqual([]);
    },
  );
});

test('the normalization of the data is inside, whatever else is asked for', async () => {
  const normalization = new Map([['image', { mean: [0.5, -1, 2], deviation: [2, 0.5, 1] }]]);
  for (const options of [{}, { layout: 'channels-last', precision: 'float16' }] as const) {
    const { difference } = await compare(pictures, { ...options, normalization });
    expect(difference).toBeLessThan('precision' in options ? 1e-2 : 1e-4);
  }
});

test('folding says how many it folded and why the others stay', () => {
  const { folding, graph } = exported(pictures, weightsOf(pictures), { foldNormalization: true });
  expect(folding).toEqual({
    folded: 4,
    left: [{ name: 'bn4', reason: 'no convolution or dense layer stands directly before it' }],
  });
  expect(graph.nodes.filter(({ opType }) => opType === 'BatchNormalization').map(({ name }) => name)).toEqual(['bn4']);
  // The operator keeps its name, its result has that of the normalization, and the description tells of both.
  expect(graph.nodes.find(({ name }) => name === 'conv')).toMatchObject({
    inputs: ['image', 'conv.kernel', 'conv.bias'],
    outputs: ['bn'],
    documentation: 'Conv2D "conv", with Batch normalization "bn" folded in',
  });
  // Of a sequence the two transpositions between convolution and normalization go too.
  const before = exported(words, weightsOf(words)).graph.nodes.length;
  expect(exported(words, weightsOf(words), { foldNormalization: true }).graph.nodes.length).toBe(before - 3);
});

test('a value that is used before its normalization too keeps both', () => {
  const document = networkOf({
    image: { op: 'input', parameters: { height: 4, width: 4, channels: 2 } },
    conv: { op: 'conv2d', parameters: { filters: 2 } },
    bn: { op: 'batchNormalization' },
    sum: { op: 'add', inputs: { a: 'bn', b: 'conv' } },
    output: { op: 'regressionOutput' },
  });
  expect(exported(document, weightsOf(document), { foldNormalization: true }).folding).toEqual({
    folded: 0,
    left: [{ name: 'bn', reason: 'what comes before it is used elsewhere too' }],
  });
});

test('with a fixed batch no size is left open and none is found out at run time', () => {
  const { graph } = exported(words, weightsOf(words), { batch: 4 });
  const values = [...graph.inputs, ...graph.outputs, ...graph.inner];
  expect(values.flatMap(({ dims }) => dims).filter((dim) => typeof dim === 'string')).toEqual([]);
  expect(graph.nodes.filter(({ opType }) => opType === 'Shape' || opType === 'Gather').map(({ name }) => name)).toEqual(
    ['embed', 'first.row'],
  );
});

test('without its weights a file is the structure alone', () => {
  const weights = weightsOf(pictures);
  const whole = exported(pictures, weights);
  const bare = exported(pictures, new Map(), { weights: 'inputs' });
  const bytes = [...weights.values()].reduce((sum, values) => sum + values.byteLength, 0);
  expect(bare.modelBytes).toBeLessThan(whole.modelBytes - bytes / 2);
  expect(bare.graph.inputs.map(({ name }) => name).slice(0, 3)).toEqual(['image', 'conv.kernel', 'bn.scale']);
  expect([...bare.model()].length).toBeGreaterThan(0);
});

test('what float16 cannot hold is told by tensor', () => {
  const weights = weightsOf(pictures);
  weights.set('dense.bias', Float32Array.of(1, 1e6, -7e4, 1e-9, 0));
  const told: unknown[] = [];
  const half = exported(pictures, weights, { precision: 'float16', onLoss: (...loss) => told.push(loss) });
  expect([...half.model()].length).toBeGreaterThan(0);
  expect(told).toEqual([['dense.bias', { clamped: 2, vanished: 1 }]]);
});

test('a node that is called as an output keeps its name beside the one that casts the output', async () => {
  const document = networkOf({
    vector: { op: 'featureInput', parameters: { size: 4 } },
    logits: { op: 'dense', parameters: { units: 3 } },
    output: { op: 'classificationOutput' },
  });
  const { graph } = exported(document, weightsOf(document), { precision: 'float16' });
  const names = graph.nodes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect((await compare(document, { precision: 'float16' })).difference).toBeLessThan(1e-2);
});

test('every float16 is the nearest to the numbers around it', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x7c00; bits++) {
    const value = float16Value(bits);
    const next = float16Value(bits + 1);
    const [middle, step] = [(value + next) / 2, (next - value) / 8];
    const good =
      float16Bits(value) === bits &&
      float16Bits(-value) === (bits | 0x8000) &&
      // A tie goes to the even one.
      (next === Infinity ||
        (float16Bits(middle) === (bits % 2 === 0 ? bits : bits + 1) &&
          float16Bits(middle + step) === bits + 1 &&
          float16Bits(middle - step) === bits));
    if (!good) wrong.push(bits);
  }
  expect(wrong).toEqual([]);
  expect([NaN, Infinity, -Infinity, 65519, 65520, -1e30].map(float16Bits)).toEqual([
    0x7e00, 0x7c00, 0xfc00, 0x7bff, 0x7bff, 0xfbff,
  ]);
});

test.each([
  [{ weights: 'inputs', foldNormalization: true }, 'cannot be folded'],
  [{ weights: 'inputs', external: 'always' }, 'no weights to put beside'],
] as const)('%j contradict one another', (options, words) => {
  expect(contradiction({ ...DEFAULT_ONNX_OPTIONS, ...options })?.message).toContain(words);
});

function weightsOf(document: SkipwireDocument): Map<string, Float32Array> {
  return trainedLooking(lowered(document).program, 5);
}

/** The largest difference between onnxruntime and the interpreter, relative to what is larger than one. */
async function compare(document: SkipwireDocument, options: ExportedWith) {
  const program = lowered(document);
  const weights = weightsOf(document);
  const model = exported(document, weights, options);
  const batch = options.batch ?? 3;
  const samples = Object.fromEntries(
    program.inputs.map(({ path, type }, i) => {
      const dims = [batch, ...type.axes.map(({ size }) => size ?? 0)];
      const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
      if (type.dtype === 'int32') data.forEach((_, at) => (data[at] = (at * 7) % (type.vocabulary ?? 2)));
      else normal(createWordStream([1, batch], i, domains.data), 1, data);
      return [path, { dims, data }];
    }),
  );
  const normalized = Object.entries(samples).map(([path, { dims, data }]) => {
    const own = options.normalization?.get(path);
    const channels = dims.at(-1) ?? 1;
    if (own === undefined) return [path, { dims, data }] as const;
    const values = data.map((value, i) => (value - (own.mean[i % channels] ?? 0)) / (own.deviation[i % channels] ?? 1));
    return [path, { dims, data: values }] as const;
  });
  const expected = predictByInterpreter(program, weights, Object.fromEntries(normalized));

  const session = await InferenceSession.create(Buffer.concat([...model.model()]), { logSeverityLevel: 3 });
  const turned = options.layout !== 'channels-last';
  const feeds: Record<string, Tensor> = {};
  for (const { name, path, type } of model.inputs) {
    const { dims = [], data = new Float32Array() } = samples[path] ?? {};
    const order = turned ? toChannelsFirst(type) : dims.map((_, i) => i);
    if (type.dtype === 'int32') feeds[name] = new Tensor('int32', Int32Array.from(data), dims);
    else feeds[name] = tensorOf(options.ends ?? 'float32', permuteAxes(data, dims, order), permutedDims(dims, order));
  }
  if (options.weights === 'inputs') {
    // The values of a whole file, by the names that are inputs here.
    const { graph } = exported(document, weights, { ...options, weights: 'inside' });
    for (const { name, dims, dtype, content, isWeight } of graph.initializers) {
      if (!isWeight || content.kind !== 'floats' || dtype === 'int64') continue;
      feeds[name] = tensorOf(dtype, Float32Array.from(wholeContent(content)), dims);
    }
  }
  const received = await session.run(feeds);
  let difference = 0;
  const names = model.outputs.flatMap(({ ports }) => Object.values(ports));
  expect(names.toSorted()).toEqual([...session.outputNames].toSorted());
  for (const { path, ports, types } of model.outputs) {
    for (const [port, name] of Object.entries(ports)) {
      const [wanted, got, type] = [expected[`${path}/${port}`], received[name], types[port]];
      if (wanted === undefined || got === undefined || type === undefined)
        throw new Error(`There is no output ${name}`);
      const order = turned ? toChannelsFirst(type) : wanted.dims.map((_, i) => i);
      expect(got.dims).toEqual(permutedDims(wanted.dims, order));
      const values = permuteAxes(Float32Array.from(wanted.data), wanted.dims, order);
      const data =
        got.data instanceof Uint16Array ? Float32Array.from(got.data, float16Value) : (got.data as Float32Array);
      values.forEach((value, i) => {
        difference = Math.max(difference, Math.abs((data[i] ?? NaN) - value) / Math.max(1, Math.abs(value)));
      });
    }
  }
  return { difference, names };
}

function tensorOf(element: 'float32' | 'float16', data: Float32Array, dims: readonly number[]): Tensor {
  if (element === 'float16') return new Tensor('float16', Uint16Array.from(data, float16Bits), dims);
  return new Tensor('float32', data, dims);
}
