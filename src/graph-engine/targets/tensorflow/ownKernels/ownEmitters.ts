import type { Attributes } from '../../../program/program.ts';
import { flag, integer, real, type } from '../attributes.ts';
import type { EmitContext, GraphTensor } from '../emitContext.ts';
import { FUSED_NORMALIZATION, FUSED_NORMALIZATION_GRADIENT } from './fuseNormalization.ts';

/** Writes an instruction that only our own kernels compute. */
export type OwnEmitter = (
  context: EmitContext,
  inputs: readonly GraphTensor[],
  attributes: Attributes,
) => readonly string[];

/** Nodes of our own kernels (`src/main/engines/kernels`), by the instruction that they compute. */
export const ownEmitters: Readonly<Record<string, OwnEmitter>> = {
  [FUSED_NORMALIZATION](c, inputs, { epsilon, momentum, relu }) {
    const node = c.node(
      'SkipwireBatchNormTraining',
      inputs.map(({ ref }) => ref),
      {
        T: type(inputs[0]?.dtype ?? 'float32'),
        residuals: integer(inputs.length - 5),
        epsilon: real(Number(epsilon)),
        momentum: real(Number(momentum)),
        relu: flag(relu === true),
      },
    );
    // It saves one over the standard deviation, and reserves nothing for the gradient.
    return [node, `${node}:1`, `${node}:2`, `${node}:3`, `${node}:4`, `${node}:4`];
  },
  [FUSED_NORMALIZATION_GRADIENT](c, inputs, { masks, offsets, gradients, keeps }) {
    const node = c.node(
      'SkipwireBatchNormTrainingGrad',
      inputs.map(({ ref }) => ref),
      {
        T: type(inputs[0]?.dtype ?? 'float32'),
        masks: integer(Number(masks)),
        offsets: integer(Number(offsets)),
        gradients: integer(Number(gradients)),
        residuals: integer(Number(keeps)),
      },
    );
    return [node, `${node}:1`, `${node}:2`, `${node}:3`];
  },
};
