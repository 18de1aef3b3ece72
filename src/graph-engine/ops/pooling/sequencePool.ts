import { z } from 'zod';
import { fail, ok, type Result } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import type { OnnxAttribute, OnnxContext } from '../../core/onnxContext.ts';
import { sequencePadding } from '../../core/parameterSchemas.ts';
import {
  asRow,
  asSequence,
  onnxFeaturesFirst,
  sequencePads,
  slideSequence,
  type SequenceWindow,
} from '../../core/sequenceWindow.ts';
import { sequence, type TensorType } from '../../core/shape.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';

/** What a pooling window along a sequence is described by. */
export const sequencePoolParameters = z.strictObject({
  kernel: z.int().min(1).max(65_536).default(2).describe('Positions the window spans.'),
  stride: z.int().min(1).max(65_536).default(2).describe('Positions between two windows.'),
  padding: sequencePadding
    .default('valid')
    .describe(
      '"valid" adds nothing, "same" pads so that the stride alone decides the length, "causal" pads before only.',
    ),
});

/** The type behind a pooling window; features stay. `what` names the op in problems. */
export function sequencePoolType(
  what: string,
  input: TensorType,
  window: SequenceWindow,
): Result<{ output: TensorType }> {
  const sizes = expectSequence(input, 'input', what);
  if (!sizes.ok) return sizes;
  const [before] = sequencePads(window);
  if (before >= window.kernel) {
    return fail({
      code: 'shape/pool-padding',
      parameter: 'padding',
      message: `Padding of ${before} is too much for a window of ${window.kernel}: some windows would lie outside the sequence.`,
      expected: `at most ${window.kernel - 1}`,
      received: String(before),
    });
  }
  const length = slideSequence(sizes.value.length, window, 'input');
  return length.ok ? ok({ output: sequence(length.value, sizes.value.features) }) : length;
}

/** Pools a sequence as an image of one row. */
export function poolSequence(
  builder: Builder,
  kind: 'maxPool' | 'averagePool',
  x: Value,
  window: SequenceWindow,
): Value {
  const row = builder[kind](asRow(builder, x), {
    window: [1, window.kernel],
    strides: [1, window.stride],
    padding: 'explicit',
    pads: [0, 0, ...sequencePads(window)],
  });
  return asSequence(builder, row);
}

/** Writes a pool over one axis, which wants features first. */
export function onnxSequencePool(
  context: OnnxContext<SequenceWindow, 'input', string>,
  opType: string,
  extra: Readonly<Record<string, OnnxAttribute>> = {},
): string {
  const { kernel, stride } = context.parameters;
  const attributes = { kernel_shape: [kernel], strides: [stride], pads: sequencePads(context.parameters), ...extra };
  return onnxFeaturesFirst(context, context.inputs.input, (swapped, name) =>
    context.node(opType, [swapped], attributes, name),
  );
}
