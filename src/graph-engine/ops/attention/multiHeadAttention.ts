import { z } from 'zod';
import { fail, ok, type Problem, type Result } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp, type PortRecord, type WeightSpec } from '../../core/opDefinition.ts';
import { deviation, initializerOf, kernelInitializer } from '../../core/parameterSchemas.ts';
import { formatShape, isTokens, sequence, sizeOf, type TensorType } from '../../core/shape.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value, Variable } from '../../program/program.ts';
import { dropValues } from '../regularization/dropValues.ts';
import { attentionMap, exportMaskScores, maskScores } from './attend.ts';
import { attentionDropout, causal, disagree, heads, paddingToken } from './attentionParameters.ts';
import { exportJoinHeads, exportSplitHeads, joinHeads, splitHeads } from './heads.ts';
import { alignDistances, encodedDistances, exportAlignDistances, exportRotate, rotate } from './positions.ts';

const parameters = z.strictObject({
  heads: heads.default(8).describe('Attentions side by side, each on its own part of the features.'),
  keySize: z
    .int()
    .min(0)
    .max(65_536)
    .default(0)
    .describe('Features of a query and a key in each head; 0 shares the features that come in among the heads.')
    .meta({ advanced: true }),
  valueSize: z
    .int()
    .min(0)
    .max(65_536)
    .default(0)
    .describe('Features of a value in each head; 0 takes those of a key.')
    .meta({ advanced: true }),
  causal,
  positions: z
    .enum(['none', 'rotary', 'relative'])
    .default('none')
    .describe(
      'How a head knows where things are: not at all, by turning queries and keys (rotary), or by learned scores of distances (relative).',
    ),
  dropout: attentionDropout,
  bias: z.boolean().default(true).describe('Adds learned numbers to queries, keys and values.'),
  outputBias: z.boolean().default(true).describe('Adds a learned number to each feature of the output.'),
  paddingToken,
  initializer: kernelInitializer,
  deviation,
  outputDeviation: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Standard deviation of the first weights of the output; 0 takes that of the others.')
    .meta({ advanced: true }),
});
type Parameters = z.output<typeof parameters>;
type Types = PortRecord<'input', 'memory' | 'tokens', TensorType>;
type Weight =
  | 'queryKernel'
  | 'queryBias'
  | 'keyKernel'
  | 'keyBias'
  | 'valueKernel'
  | 'valueBias'
  | 'outputKernel'
  | 'outputBias'
  | 'distanceKernel'
  | 'contentBias'
  | 'distanceBias';

/** Every size of an attention; `null` where it is not known yet. */
interface Sizes {
  readonly length: number | null;
  readonly keys: number | null;
  readonly features: number | null;
  readonly memoryFeatures: number | null;
  readonly keySize: number | null;
  readonly valueSize: number | null;
}

function sizesOf(given: Parameters, types: Types): Sizes {
  const memory = types.memory ?? types.input;
  const features = sizeOf(types.input, 'features') ?? null;
  const keySize = given.keySize > 0 ? given.keySize : features === null ? null : features / given.heads;
  return {
    length: sizeOf(types.input, 'sequence') ?? null,
    keys: sizeOf(memory, 'sequence') ?? null,
    features,
    memoryFeatures: sizeOf(memory, 'features') ?? null,
    keySize,
    valueSize: given.valueSize > 0 ? given.valueSize : keySize,
  };
}

type KnownSizes = { readonly [Name in keyof Sizes]: number };

/** The sizes where all are known. */
function knownSizes(given: Parameters, types: Types): KnownSizes | null {
  const { length, keys, features, memoryFeatures, keySize, valueSize } = sizesOf(given, types);
  if (length === null || keys === null || features === null || memoryFeatures === null) return null;
  return keySize === null || valueSize === null ? null : { length, keys, features, memoryFeatures, keySize, valueSize };
}

function check(given: Parameters, types: Types): Problem | undefined {
  const { keySize, keys, length, features } = sizesOf(given, types);
  if (keySize !== null && !Number.isInteger(keySize)) {
    return {
      code: 'shape/heads',
      port: 'input',
      parameter: 'heads',
      message: `${features} features cannot be shared among ${given.heads} heads. Give a number of heads that divides them, or a key size.`,
      expected: `a divisor of ${features}`,
      received: String(given.heads),
    };
  }
  if (types.memory !== undefined && (given.causal || given.positions !== 'none')) {
    const parameter = given.causal ? 'causal' : 'positions';
    return {
      code: 'shape/cross-attention',
      port: 'memory',
      parameter,
      message: `Places of two different sequences cannot be compared, so "${parameter}" goes with self-attention only.`,
      expected: given.causal ? 'causal off' : 'positions none',
      received: given.causal ? 'causal on' : given.positions,
    };
  }
  if (given.positions === 'rotary' && keySize !== null && keySize % 2 !== 0) {
    return {
      code: 'shape/heads',
      port: 'input',
      parameter: 'positions',
      message: `Rotary positions turn pairs of features, but a key has ${keySize}.`,
      expected: 'an even key size',
      received: String(keySize),
    };
  }
  if (types.tokens === undefined) return undefined;
  const tokens = sizeOf(types.tokens, 'sequence') ?? null;
  if (isTokens(types.tokens) && !disagree(keys, tokens)) return undefined;
  return {
    code: 'shape/attention-mismatch',
    port: 'tokens',
    message: `The padding is read from the token numbers of the ${keys ?? length ?? '?'} keys, but ${formatShape(types.tokens)} comes in.`,
    expected: `${keys ?? '?'} tokens`,
    received: formatShape(types.tokens),
  };
}

/** `x · kernel + bias` at each position. */
function project(builder: Builder, x: Value, kernel: Variable | undefined, bias: Variable | undefined): Value {
  if (kernel === undefined) throw new Error('An attention lacks a kernel');
  const [, length = 1, size = 1] = x.dims;
  let y = builder.matMul(builder.reshape(x, [-length, size]), builder.readVariable(kernel));
  if (bias !== undefined) y = builder.biasAdd(y, builder.readVariable(bias));
  return builder.reshape(y, [-1, length, kernel.dims[1] ?? 1]);
}

/** Scores of content and of distance together (Dai et al. 2019, arXiv 1901.02860, section 3.3). */
function relativeScores(
  builder: Builder,
  query: Value,
  key: Value,
  weights: Readonly<Partial<Record<Weight, Variable>>>,
): Value {
  const { distanceKernel, contentBias, distanceBias } = weights;
  if (distanceKernel === undefined || contentBias === undefined || distanceBias === undefined) {
    throw new Error('Relative positions lack weights');
  }
  const [, count = 1, length = 1, size = 1] = query.dims;
  const features = distanceKernel.dims[0] ?? 1;
  const rows = builder.constant(encodedDistances(length, features), [2 * length - 1, features]);
  const projected = builder.matMul(rows, builder.readVariable(distanceKernel));
  const distances = builder.transpose(builder.reshape(projected, [2 * length - 1, count, size]), [1, 0, 2]);
  const shifted = (bias: Variable): Value =>
    builder.add(query, builder.reshape(builder.readVariable(bias), [count, 1, size]));
  const content = builder.batchMatMul(shifted(contentBias), key, { transposeB: true });
  const distance = builder.batchMatMul(shifted(distanceBias), distances, { transposeB: true });
  return builder.add(content, alignDistances(builder, distance));
}

export const multiHeadAttention = defineOp({
  type: 'multiHeadAttention',
  version: 1,
  family: 'attention',
  documentation: {
    title: 'Multi-head attention',
    shortName: 'attention',
    summary:
      'Lets every position look at every other and take what fits its query. With a memory connected it looks there instead (cross-attention); with tokens connected it skips the padding.',
    formula: 'headᵢ = softmax(xQᵢ · (mKᵢ)ᵀ / √size) · mVᵢ, y = [head₁ … headₙ] · O',
    source:
      'Vaswani et al. 2017, arXiv 1706.03762; rotary: Su et al. 2021, arXiv 2104.09864; relative: Dai et al. 2019, arXiv 1901.02860',
    keywords: ['self-attention', 'cross-attention', 'mha', 'transformer', 'vit', 'bert', 'gpt', 'rotary', 'rope'],
  },
  parameters,
  inputs: ['input'],
  optionalInputs: ['memory', 'tokens'],
  outputs: ['output'],
  accepts: { tokens: ['tokens'] },
  infer({ parameters: given, inputs }): Result<{ readonly output: TensorType }> {
    const input = expectSequence(inputs.input, 'input', 'Attention');
    if (!input.ok) return input;
    if (inputs.memory !== undefined) {
      const memory = expectSequence(inputs.memory, 'memory', 'Attention');
      if (!memory.ok) return memory;
    }
    const problem = check(given, inputs);
    return problem === undefined ? ok({ output: sequence(input.value.length, input.value.features) }) : fail(problem);
  },
  weights({ parameters: given, inputs }): Readonly<Partial<Record<Weight, WeightSpec>>> | null {
    const sizes = knownSizes(given, inputs);
    if (sizes === null) return null;
    const { features, memoryFeatures } = sizes;
    const [keyColumns, valueColumns] = [given.heads * sizes.keySize, given.heads * sizes.valueSize];
    const kernel = (fanIn: number, fanOut: number, spread = given.deviation): WeightSpec => ({
      dims: [fanIn, fanOut],
      initializer: initializerOf({ initializer: given.initializer, deviation: spread }, fanIn, fanOut),
      trainable: true,
    });
    const zeros = (...dims: readonly number[]): WeightSpec => ({
      dims,
      initializer: { kind: 'zeros' },
      trainable: true,
    });
    return {
      queryKernel: kernel(features, keyColumns),
      ...(given.bias ? { queryBias: zeros(keyColumns) } : {}),
      keyKernel: kernel(memoryFeatures, keyColumns),
      ...(given.bias ? { keyBias: zeros(keyColumns) } : {}),
      valueKernel: kernel(memoryFeatures, valueColumns),
      ...(given.bias ? { valueBias: zeros(valueColumns) } : {}),
      outputKernel: kernel(valueColumns, features, given.outputDeviation > 0 ? given.outputDeviation : given.deviation),
      ...(given.outputBias ? { outputBias: zeros(features) } : {}),
      ...(given.positions === 'relative'
        ? {
            distanceKernel: kernel(features, keyColumns),
            contentBias: zeros(given.heads, sizes.keySize),
            distanceBias: zeros(given.heads, sizes.keySize),
          }
        : {}),
    };
  },
  /** The four (with relative positions five) linear maps; products of queries, keys and values are not counted, as in the tables. */
  macs({ parameters: given, inputs }) {
    const sizes = knownSizes(given, inputs);
    if (sizes === null) return null;
    const { length, keys, features, memoryFeatures } = sizes;
    const [keyColumns, valueColumns] = [given.heads * sizes.keySize, given.heads * sizes.valueSize];
    const distances = given.positions === 'relative' ? (2 * length - 1) * features * keyColumns : 0;
    return (
      length * features * keyColumns +
      keys * memoryFeatures * (keyColumns + valueColumns) +
      length * valueColumns * features +
      distances
    );
  },
  // With a memory the input only asks, each position for itself.
  receptiveField: ({ port, inputs }) => (port === 'input' && inputs.memory !== undefined ? undefined : 'everything'),
  lower({ builder, parameters: given, inputs, weights, mode, seed, path, reveal }) {
    const memory = inputs.memory ?? inputs.input;
    const part = (x: Value, kernel: Variable | undefined, bias: Variable | undefined): Value =>
      splitHeads(builder, project(builder, x, kernel, bias), given.heads);
    let query = part(inputs.input, weights.queryKernel, weights.queryBias);
    let key = part(memory, weights.keyKernel, weights.keyBias);
    const value = part(memory, weights.valueKernel, weights.valueBias);
    const scale = builder.scalar(1 / Math.sqrt(query.dims[3] ?? 1));
    let scores: Value;
    if (given.positions === 'relative') {
      scores = builder.multiply(relativeScores(builder, query, key, weights), scale);
    } else {
      if (given.positions === 'rotary') [query, key] = [rotate(builder, query), rotate(builder, key)];
      // The query is smaller than the scores where a sequence is longer than a head is wide.
      scores = builder.batchMatMul(builder.multiply(query, scale), key, { transposeB: true });
    }
    const padding = inputs.tokens === undefined ? undefined : { tokens: inputs.tokens, token: given.paddingToken };
    const shares = builder.softmax(maskScores(builder, scores, { causal: given.causal, padding }));
    reveal?.('attention', shares, attentionMap(shares));
    const dropped = dropValues(builder, shares, given.dropout, { mode, seed }, path);
    const mixed = joinHeads(builder, builder.batchMatMul(dropped, value));
    return { output: project(builder, mixed, weights.outputKernel, weights.outputBias) };
  },
  exportOnnx(context) {
    const { parameters: given, inputs, types, path } = context;
    const sizes = knownSizes(given, types);
    if (sizes === null) throw new Error('An attention of unknown size cannot be exported');
    const { length, keys, keySize, valueSize } = sizes;
    const name = (part: string): string => `${path}/${part}`;
    const multiply = (a: string, b: string, part: string): string => context.node('MatMul', [a, b], {}, name(part));
    const map = (x: string, kernel: Weight, bias: Weight, part: string): string => {
      const product = multiply(x, context.weight(kernel), `${part}/product`);
      return context.hasWeight(bias)
        ? context.node('Add', [product, context.weight(bias)], {}, name(`${part}/shifted`))
        : product;
    };
    const memory = inputs.memory ?? inputs.input;
    const queries = map(inputs.input, 'queryKernel', 'queryBias', 'query');
    let query = exportSplitHeads(context, queries, [length, given.heads, keySize], 'query');
    const isRotary = given.positions === 'rotary';
    // Keys lie on their side for the product; rotary positions turn them before.
    const heads: readonly [number, number, number] = [keys, given.heads, keySize];
    let key = exportSplitHeads(context, map(memory, 'keyKernel', 'keyBias', 'key'), heads, 'key', !isRotary);
    const values = map(memory, 'valueKernel', 'valueBias', 'value');
    const value = exportSplitHeads(context, values, [keys, given.heads, valueSize], 'value');
    if (isRotary) {
      query = exportRotate(context, query, length, keySize, 'query');
      const rotated = exportRotate(context, key, length, keySize, 'key');
      key = context.node('Transpose', [rotated], { perm: [0, 1, 3, 2] }, name('key/columns'));
    }
    const scale = context.float('scale', [1 / Math.sqrt(keySize)], []);
    let scores: string;
    if (given.positions === 'relative') {
      const column = context.int64('biasShape', [given.heads, 1, keySize]);
      const shifted = (bias: Weight, part: string): string => {
        const rows = context.node('Reshape', [context.weight(bias), column], {}, name(`${part}/bias`));
        return context.node('Add', [query, rows], {}, name(`${part}/query`));
      };
      const rows = context.float('distances', encodedDistances(length, sizes.features), [
        2 * length - 1,
        sizes.features,
      ]);
      const projected = multiply(rows, context.weight('distanceKernel'), 'distance/product');
      const split = context.int64('distanceHeads', [2 * length - 1, given.heads, keySize]);
      const parts = context.node('Reshape', [projected, split], {}, name('distance/split'));
      const columns = context.node('Transpose', [parts], { perm: [1, 2, 0] }, name('distance/heads'));
      const distance = multiply(shifted('distanceBias', 'distance'), columns, 'distance/scores');
      const content = multiply(shifted('contentBias', 'content'), key, 'content/scores');
      const aligned = exportAlignDistances(context, distance, given.heads, length);
      const sum = context.node('Add', [content, aligned], {}, name('sum'));
      scores = context.node('Mul', [sum, scale], {}, name('scores'));
    } else {
      scores = multiply(context.node('Mul', [query, scale], {}, name('scaled')), key, 'scores');
    }
    const padding = inputs.tokens === undefined ? undefined : { tokens: inputs.tokens, token: given.paddingToken };
    const masked = exportMaskScores(context, scores, length, { causal: given.causal, padding });
    const shares = context.node('Softmax', [masked], { axis: -1 }, name('weights'));
    const joined = exportJoinHeads(
      context,
      multiply(shares, value, 'mixed'),
      length,
      given.heads * valueSize,
      name('joined'),
    );
    if (!context.hasWeight('outputBias'))
      return { output: context.node('MatMul', [joined, context.weight('outputKernel')]) };
    const product = multiply(joined, context.weight('outputKernel'), 'product');
    return { output: context.node('Add', [product, context.weight('outputBias')]) };
  },
  vectors: [
    {
      name: 'two heads, as PyTorch',
      parameters: { heads: 2 },
      inputs: { input: { dims: [1, 3, 4], data: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3, 0.4, 0.0, -0.4, 0.3, -0.1, -0.5] } },
      weights: {
        queryKernel: [-0.5, -0.2, 0.1, 0.4, -0.4, -0.1, 0.2, 0.5, -0.3, 0.0, 0.3, -0.5, -0.2, 0.1, 0.4, -0.4],
        keyKernel: [-0.5, 0.0, 0.5, -0.1, 0.4, -0.2, 0.3, -0.3, 0.2, -0.4, 0.1, -0.5, 0.0, 0.5, -0.1, 0.4],
        valueKernel: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3, 0.4, 0.0, -0.4, 0.3, -0.1, -0.5, 0.2, -0.2, 0.5, 0.1],
        outputKernel: [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5, -0.4, -0.2, 0.0, 0.2, 0.4, -0.5, -0.3, -0.1, 0.1, 0.3],
        queryBias: [-0.5, -0.1, 0.3, -0.4],
        keyBias: [-0.5, 0.1, -0.4, 0.2],
        valueBias: [-0.5, 0.3, 0.0, -0.3],
        outputBias: [-0.5, 0.4, 0.2, 0.0],
      },
      output: {
        dims: [1, 3, 4],
        data: [
          -0.0975061, 0.6930958, 0.1131819, -0.2470515, -0.090378, 0.6992233, 0.1100205, -0.248336, -0.0978102,
          0.6978813, 0.1223304, -0.2576014,
        ],
      },
    },
    {
      name: 'causal, without biases',
      parameters: { heads: 1, causal: true, bias: false, outputBias: false },
      inputs: { input: { dims: [1, 3, 2], data: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3] } },
      weights: {
        queryKernel: [-0.5, -0.2, 0.1, 0.4],
        keyKernel: [-0.5, 0.0, 0.5, -0.1],
        valueKernel: [-0.5, 0.2, -0.2, 0.5],
        outputKernel: [-0.5, -0.3, -0.1, 0.1],
      },
      output: { dims: [1, 3, 2], data: [-0.105, -0.063, -0.0631069, -0.0211069, -0.0389012, -0.0192646] },
    },
    {
      name: 'rotary positions, keys wider than values',
      parameters: { heads: 1, keySize: 4, valueSize: 1, positions: 'rotary', bias: false, outputBias: false },
      inputs: { input: { dims: [1, 3, 2], data: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3] } },
      weights: {
        queryKernel: [-0.5, -0.2, 0.1, 0.4, -0.4, -0.1, 0.2, 0.5],
        keyKernel: [-0.5, 0.0, 0.5, -0.1, 0.4, -0.2, 0.3, -0.3],
        valueKernel: [-0.5, 0.2],
        outputKernel: [-0.5, -0.3],
      },
      output: { dims: [1, 3, 2], data: [-0.0639148, -0.0383489, -0.0624724, -0.0374834, -0.0637905, -0.0382743] },
    },
    {
      name: 'relative positions, by the definition of every pair',
      parameters: { heads: 2, positions: 'relative', bias: false, outputBias: false },
      inputs: { input: { dims: [1, 3, 4], data: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3, 0.4, 0.0, -0.4, 0.3, -0.1, -0.5] } },
      weights: {
        queryKernel: [-0.5, -0.2, 0.1, 0.4, -0.4, -0.1, 0.2, 0.5, -0.3, 0.0, 0.3, -0.5, -0.2, 0.1, 0.4, -0.4],
        keyKernel: [-0.5, 0.0, 0.5, -0.1, 0.4, -0.2, 0.3, -0.3, 0.2, -0.4, 0.1, -0.5, 0.0, 0.5, -0.1, 0.4],
        valueKernel: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3, 0.4, 0.0, -0.4, 0.3, -0.1, -0.5, 0.2, -0.2, 0.5, 0.1],
        outputKernel: [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5, -0.4, -0.2, 0.0, 0.2, 0.4, -0.5, -0.3, -0.1, 0.1, 0.3],
        distanceKernel: [-0.5, -0.1, 0.3, -0.4, 0.0, 0.4, -0.3, 0.1, 0.5, -0.2, 0.2, -0.5, -0.1, 0.3, -0.4, 0.0],
        contentBias: [-0.5, -0.2, 0.1, 0.4],
        distanceBias: [-0.5, 0.0, 0.5, -0.1],
      },
      output: {
        dims: [1, 3, 4],
        data: [
          -0.0359236, -0.0355414, 0.0326322, -0.0643571, -0.0328774, -0.0256443, 0.0433627, -0.0786394, -0.0270908,
          -0.021322, 0.0399183, -0.0787193,
        ],
      },
    },
    {
      name: 'cross-attention into a memory of another size whose last position is padding',
      parameters: { heads: 1, bias: false, outputBias: false },
      inputs: { input: { dims: [1, 2, 2], data: [-0.5, 0.2, -0.2, 0.5] } },
      optional: {
        memory: { dims: [1, 3, 4], data: [-0.5, -0.2, 0.1, 0.4, -0.4, -0.1, 0.2, 0.5, -0.3, 0.0, 0.3, -0.5] },
        tokens: { dims: [1, 3], data: [4, 2, 0], vocabulary: 9 },
      },
      weights: {
        queryKernel: [-0.5, -0.2, 0.1, 0.4],
        keyKernel: [-0.5, 0.0, 0.5, -0.1, 0.4, -0.2, 0.3, -0.3],
        valueKernel: [-0.5, 0.2, -0.2, 0.5, 0.1, -0.3, 0.4, 0.0],
        outputKernel: [-0.5, -0.3, -0.1, 0.1],
      },
      output: { dims: [1, 2, 2], data: [-0.2039914, -0.1559857, -0.2040041, -0.1560069] },
    },
  ],
});
