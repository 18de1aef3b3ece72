import { sizeOf } from '../../../core/shape.ts';
import { multiHeadAttention } from '../../../ops/attention/multiHeadAttention.ts';
import { scaledDotProductAttention } from '../../../ops/attention/scaledDotProductAttention.ts';
import { classToken } from '../../../ops/embedding/classToken.ts';
import { embedding } from '../../../ops/embedding/embedding.ts';
import { positionalEmbedding } from '../../../ops/embedding/positionalEmbedding.ts';
import { tokenLogits } from '../../../ops/embedding/tokenLogits.ts';
import { lastSize, sizeOrThrow, typeAt } from '../../python/portTypes.ts';
import { call, py } from '../../python/pythonCode.ts';
import type { SourceWeight } from '../../python/sourceOp.ts';
import { inKeras } from '../kerasOp.ts';

const projection = (ours: string, theirs: string): Record<string, SourceWeight> => ({
  [`${ours}Kernel`]: { parameter: `${theirs}.kernel` },
  [`${ours}Bias`]: { parameter: `${theirs}.bias` },
});

export const sequence = [
  inKeras(multiHeadAttention, ({ parameters: given, types, inputs, module }) => {
    const keySize = given.keySize > 0 ? given.keySize : lastSize(typeAt(types, 'input')) / given.heads;
    const { input = '', memory, tokens } = inputs;
    const rest = [memory !== undefined && `, memory=${memory}`, tokens !== undefined && `, tokens=${tokens}`];
    return {
      module: call(
        'MultiHeadAttention',
        ['heads', given.heads],
        ['key_size', keySize],
        ['value_size', given.valueSize > 0 ? given.valueSize : keySize],
        ['causal', given.causal, false],
        ['positions', given.positions, 'none'],
        ['dropout', given.dropout, 0],
        ['use_bias', given.bias, true],
        ['output_bias', given.outputBias, true],
        ['padding_token', given.paddingToken, 0],
      ),
      forward: py`${module}(${input}${rest.filter((part) => part !== false).join('')})`,
      weights: {
        ...projection('query', 'query'),
        ...projection('key', 'key'),
        ...projection('value', 'value'),
        ...projection('output', 'output_layer'),
        distanceKernel: { parameter: 'distance.kernel' },
        contentBias: { parameter: 'content_bias' },
        distanceBias: { parameter: 'distance_bias' },
      },
      runtime: ['waves', 'attend', 'MultiHeadAttention'],
    };
  }),
  inKeras(scaledDotProductAttention, ({ parameters: given, inputs, module }) => {
    const { query = '', key = '', value = '', tokens } = inputs;
    return {
      module: call(
        'ScaledDotProductAttention',
        ['heads', given.heads, 1],
        ['causal', given.causal, false],
        ['dropout', given.dropout, 0],
        ['padding_token', given.paddingToken, 0],
      ),
      forward: py`${module}(${query}, ${key}, ${value}${tokens === undefined ? '' : `, ${tokens}`})`,
      runtime: ['attend', 'ScaledDotProductAttention'],
    };
  }),
  inKeras(embedding, ({ parameters, types, inputs, module }) => ({
    module: call(
      'layers.Embedding',
      ['input_dim', sizeOrThrow(typeAt(types, 'input').vocabulary)],
      ['output_dim', parameters.features],
    ),
    forward: {
      output: py`${module}(${inputs['input'] ?? ''})`,
      table: py`ops.convert_to_tensor(${module}.embeddings)`,
    },
    weights: { table: { parameter: 'embeddings' } },
  })),
  inKeras(positionalEmbedding, ({ parameters: { kind, positions }, types }) => {
    if (kind === 'sinusoidal') {
      return { module: call('SinusoidalPositions'), runtime: ['waves', 'SinusoidalPositions'] };
    }
    const rows = positions > 0 ? positions : sizeOrThrow(sizeOf(typeAt(types, 'input'), 'sequence'));
    return {
      module: call('LearnedPositions', ['positions', rows]),
      weights: { table: { parameter: 'table' } },
      runtime: ['LearnedPositions'],
    };
  }),
  inKeras(classToken, () => ({
    module: call('ClassToken'),
    weights: { token: { parameter: 'token' } },
    runtime: ['ClassToken'],
  })),
  inKeras(tokenLogits, ({ parameters, types, inputs: { input = '', table = '' }, module }) => {
    if (!parameters.bias) return { forward: py`ops.matmul(${input}, ops.transpose(${table}))` };
    return {
      module: call('TokenLogits', ['vocabulary', sizeOrThrow(sizeOf(typeAt(types, 'table'), 'vocabulary'))]),
      forward: py`${module}(${input}, ${table})`,
      weights: { bias: { parameter: 'bias' } },
      runtime: ['TokenLogits'],
    };
  }),
];
