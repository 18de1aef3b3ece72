import { flag, real, text, type } from '../attributes.ts';
import type { Emitters, GraphTensor } from '../emitContext.ts';

const attributesOf = ({ dtype }: GraphTensor) => ({
  T: type(dtype),
  // Of scale, offset and statistics.
  U: type('float32'),
  data_format: text('NHWC'),
});

export const normalization = {
  // Outputs: y, blended mean, blended unbiased variance, and three reserves for the gradient.
  batchNormTraining: (c, inputs, { epsilon, momentum }) => {
    const node = c.node(
      'FusedBatchNormV3',
      inputs.map(({ ref }) => ref),
      {
        ...attributesOf(inputs[0]),
        epsilon: real(epsilon),
        exponential_avg_factor: real(momentum),
        is_training: flag(true),
      },
    );
    return [node, `${node}:1`, `${node}:2`, `${node}:3`, `${node}:4`, `${node}:5`];
  },
  batchNormTrainingGrad: (c, inputs, { epsilon }) => {
    const node = c.node(
      'FusedBatchNormGradV3',
      inputs.map(({ ref }) => ref),
      { ...attributesOf(inputs[0]), epsilon: real(epsilon), is_training: flag(true) },
    );
    return [node, `${node}:1`, `${node}:2`];
  },
  batchNormInference: (c, inputs, { epsilon }) => [
    c.node(
      'FusedBatchNormV3',
      inputs.map(({ ref }) => ref),
      { ...attributesOf(inputs[0]), epsilon: real(epsilon), is_training: flag(false) },
    ),
  ],
} satisfies Emitters<'batchNormTraining' | 'batchNormTrainingGrad' | 'batchNormInference'>;
