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
import { inPytorch } from '../pytorchOp.ts';

const linear = (ours: string, theirs: string): Record<string, SourceWeight> => ({
  [`${ours}Kernel`]: { parameter: `${theirs}.weight`, permutation: [1, 0] },
  [`${ours}Bias`]: { parameter: `${theirs}.bias` },
});

export const sequence = [
  inPytorch(multiHeadAttention, ({ parameters: given, types, inputs, module }) => {
    const features = lastSize(typeAt(types, 'input'));
    const memory = types['memory'] === undefined ? features : lastSize(types['memory']);
    const keySize = given.keySize > 0 ? given.keySize : features / given.heads;
    const { input = '', memory: from, tokens } = inputs;
    const rest = [from !== undefined && `, memory=${from}`, tokens !== undefined && `, tokens=${tokens}`];
    return {
      module: call(
        'MultiHeadAttention',
        ['features', features],
        ['heads', given.heads],
        ['key_size', keySize],
        ['value_size', given.valueSize > 0 ? given.valueSize : keySize],
        ['memory_features', memory === features ? null : memory, null],
        ['causal', given.causal, false],
        ['positions', given.positions, 'none'],
        ['dropout', given.dropout, 0],
        ['bias', given.bias, true],
        ['output_bias', given.outputBias, true],
        ['padding_token', given.paddingToken, 0],
      ),
      forward: py`${module}(${input}${rest.filter((part) => part !== false).join('')})`,
      weights: {
        ...linear('query', 'query'),
        ...linear('key', 'key'),
        ...linear('value', 'value'),
        ...linear('output', 'output'),
        distanceKernel: { parameter: 'distance.weight', permutation: [1, 0] },
        contentBias: { parameter: 'content_bias' },
        distanceBias: { parameter: 'distance_bias' },
      },
      runtime: ['MultiHeadAttention'],
    };
  }),
  inPytorch(scaledDotProductAttention, ({ parameters: given, inputs, module }) => {
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
      runtime: ['ScaledDotProductAttention'],
    };
  }),
  inPytorch(embedding, ({ parameters, types, inputs, module }) => ({
    module: call(
      'nn.Embedding',
      ['num_embeddings', sizeOrThrow(typeAt(types, 'input').vocabulary)],
      ['embedding_dim', parameters.features],
    ),
    forward: { output: py`${module}(${inputs['input'] ?? ''})`, table: py`${module}.weight` },
    weights: { table: { parameter: 'weight' } },
  })),
  inPytorch(positionalEmbedding, ({ parameters: { kind, positions }, types }) => {
    if (kind === 'sinusoidal') return { module: call('SinusoidalPositions'), runtime: ['SinusoidalPositions'] };
    const input = typeAt(types, 'input');
    const rows = positions > 0 ? positions : sizeOrThrow(sizeOf(input, 'sequence'));
    return {
      module: call('LearnedPositions', ['positions', rows], ['features', lastSize(input)]),
      weights: { table: { parameter: 'table.weight' } },
      runtime: ['LearnedPositions'],
    };
  }),
  inPytorch(classToken, ({ types }) => {
    const size = lastSize(typeAt(types, 'input'));
    return {
      module: call('ClassToken', ['features', size]),
      weights: { token: { parameter: 'token', dims: [1, 1, size] } },
      runtime: ['ClassToken'],
    };
  }),
  inPytorch(tokenLogits, ({ parameters, types, inputs: { input = '', table = '' }, module }) => {
    if (!parameters.bias) return { forward: py`F.linear(${input}, ${table})` };
    return {
      module: call('TokenLogits', ['vocabulary', sizeOrThrow(sizeOf(typeAt(types, 'table'), 'vocabulary'))]),
      forward: py`${module}(${input}, ${table})`,
      weights: { bias: { parameter: 'bias' } },
      runtime: ['TokenLogits'],
    };
  }),
];
