import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { formatShape, isTokens, sequence, sizeOf } from '../../core/shape.ts';
import { dropValues } from '../regularization/dropValues.ts';
import { attentionMap, exportMaskScores, maskScores } from './attend.ts';
import { attentionDropout, causal, disagree, heads, paddingToken } from './attentionParameters.ts';
import { exportJoinHeads, exportSplitHeads, joinHeads, splitHeads } from './heads.ts';

export const scaledDotProductAttention = defineOp({
  type: 'scaledDotProductAttention',
  version: 1,
  family: 'attention',
  documentation: {
    title: 'Scaled dot-product attention',
    shortName: 'attend',
    summary:
      'Mixes values by how well their keys fit a query: the inside of attention, without weights, for queries, keys and values of your own.',
    formula: 'y = softmax(q · kᵀ / √size) · v, in each head',
    source: 'Vaswani et al. 2017, arXiv 1706.03762, section 3.2.1',
    keywords: ['attention', 'softmax', 'query', 'key', 'value', 'sdpa', 'transformer'],
  },
  parameters: z.strictObject({
    heads: heads.default(1).describe('Parts of the features that attend each for themselves.'),
    causal,
    dropout: attentionDropout,
    paddingToken,
  }),
  inputs: ['query', 'key', 'value'],
  optionalInputs: ['tokens'],
  outputs: ['output'],
  accepts: { tokens: ['tokens'] },
  infer({ parameters, inputs }) {
    const query = expectSequence(inputs.query, 'query', 'Attention');
    const key = expectSequence(inputs.key, 'key', 'Attention');
    const value = expectSequence(inputs.value, 'value', 'Attention');
    if (!query.ok) return query;
    if (!key.ok) return key;
    if (!value.ok) return value;
    for (const [port, { features }] of Object.entries({ query: query.value, key: key.value, value: value.value })) {
      if (features !== null && features % parameters.heads !== 0) {
        return fail({
          code: 'shape/heads',
          port,
          parameter: 'heads',
          message: `${features} features cannot be shared among ${parameters.heads} heads.`,
          expected: `a multiple of ${parameters.heads}`,
          received: String(features),
        });
      }
    }
    if (disagree(query.value.features, key.value.features)) {
      return fail({
        code: 'shape/attention-mismatch',
        port: 'key',
        message: `A key needs as many features as a query, ${query.value.features}, but ${formatShape(inputs.key)} comes in.`,
        expected: `features ${query.value.features}`,
        received: formatShape(inputs.key),
      });
    }
    const tokens = inputs.tokens === undefined ? null : (sizeOf(inputs.tokens, 'sequence') ?? null);
    if (disagree(key.value.length, value.value.length) || disagree(key.value.length, tokens)) {
      return fail({
        code: 'shape/attention-mismatch',
        port: disagree(key.value.length, value.value.length) ? 'value' : 'tokens',
        message: `There must be a value and a token for each of the ${key.value.length} keys.`,
        expected: `sequence ${key.value.length}`,
        received: formatShape(
          disagree(key.value.length, value.value.length) ? inputs.value : (inputs.tokens ?? inputs.value),
        ),
      });
    }
    if (inputs.tokens !== undefined && !isTokens(inputs.tokens)) return fail(notTokens(formatShape(inputs.tokens)));
    if (parameters.causal && disagree(query.value.length, key.value.length)) {
      return fail({
        code: 'shape/attention-mismatch',
        port: 'key',
        parameter: 'causal',
        message: 'Causal attention needs as many keys as queries: each looks at what is not behind itself.',
        expected: `sequence ${query.value.length}`,
        received: formatShape(inputs.key),
      });
    }
    return ok({ output: sequence(query.value.length, value.value.features) });
  },
  // A query is looked at by its own position alone.
  receptiveField: ({ port }) => (port === 'query' ? undefined : 'everything'),
  lower({ builder, parameters, inputs, mode, seed, path, reveal }) {
    const { heads: count, causal: isCausal, dropout, paddingToken: token } = parameters;
    const query = splitHeads(builder, inputs.query, count);
    const scale = builder.scalar(1 / Math.sqrt(query.dims[3] ?? 1));
    const scores = builder.batchMatMul(builder.multiply(query, scale), splitHeads(builder, inputs.key, count), {
      transposeB: true,
    });
    const padding = inputs.tokens === undefined ? undefined : { tokens: inputs.tokens, token };
    const weights = builder.softmax(maskScores(builder, scores, { causal: isCausal, padding }));
    reveal?.('attention', weights, attentionMap(weights));
    const dropped = dropValues(builder, weights, dropout, { mode, seed }, path);
    return { output: joinHeads(builder, builder.batchMatMul(dropped, splitHeads(builder, inputs.value, count))) };
  },
  exportOnnx(context) {
    const { parameters, inputs, types, path } = context;
    const { heads: count, causal: isCausal, paddingToken: token } = parameters;
    const [length, keys] = [sizeOf(types.query, 'sequence') ?? 1, sizeOf(types.key, 'sequence') ?? 1];
    const [size, valueSize] = [types.query, types.value].map((type) => (sizeOf(type, 'features') ?? count) / count);
    if (size === undefined || valueSize === undefined) throw new Error('unreachable: two sizes were asked for');
    const query = exportSplitHeads(context, inputs.query, [length, count, size], 'query');
    const key = exportSplitHeads(context, inputs.key, [keys, count, size], 'key', true);
    const value = exportSplitHeads(context, inputs.value, [keys, count, valueSize], 'value');
    const scale = context.float('scale', [1 / Math.sqrt(size)], []);
    const scaled = context.node('Mul', [query, scale], {}, `${path}/scaled`);
    const scores = context.node('MatMul', [scaled, key], {}, `${path}/scores`);
    const padding = inputs.tokens === undefined ? undefined : { tokens: inputs.tokens, token };
    const masked = exportMaskScores(context, scores, length, { causal: isCausal, padding });
    const weights = context.node('Softmax', [masked], { axis: -1 }, `${path}/weights`);
    const mixed = context.node('MatMul', [weights, value], {}, `${path}/mixed`);
    return { output: exportJoinHeads(context, mixed, length, count * valueSize, path) };
  },
  vectors: [
    {
      name: 'a query that fits one key, and one that fits none',
      parameters: {},
      inputs: {
        query: { dims: [1, 2, 1], data: [Math.log(3), 0] },
        key: { dims: [1, 2, 1], data: [1, 0] },
        value: { dims: [1, 2, 2], data: [4, 8, 0, 4] },
      },
      output: { dims: [1, 2, 2], data: [3, 7, 2, 6] },
    },
    {
      name: 'causal: the first position sees itself alone',
      parameters: { causal: true },
      inputs: {
        query: { dims: [1, 2, 1], data: [5, 0] },
        key: { dims: [1, 2, 1], data: [0, 9] },
        value: { dims: [1, 2, 1], data: [4, 8] },
      },
      output: { dims: [1, 2, 1], data: [4, 6] },
    },
    {
      name: 'two heads, and a key that only fills up',
      parameters: { heads: 2, paddingToken: 0 },
      inputs: {
        query: { dims: [1, 1, 2], data: [0, 0] },
        key: { dims: [1, 3, 2], data: [1, 1, 1, 1, 1, 1] },
        value: { dims: [1, 3, 2], data: [2, 10, 4, 30, 100, 100] },
      },
      optional: { tokens: { dims: [1, 3], data: [5, 7, 0], vocabulary: 9 } },
      output: { dims: [1, 1, 2], data: [3, 20] },
    },
  ],
});

function notTokens(received: string) {
  return {
    code: 'shape/rank',
    port: 'tokens',
    message: 'The padding is read from the token numbers of the keys; wire a Token input here.',
    expected: 'a sequence of token numbers',
    received,
  };
}
