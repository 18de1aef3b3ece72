import type { OnnxContext } from '../../core/onnxContext.ts';
import { asRow, asSequence, onnxFeaturesFirst, sequencePads, type SequenceWindow } from '../../core/sequenceWindow.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value, Variable } from '../../program/program.ts';
import { onnxWeights } from './convolveImage.ts';

type DilatedWindow = SequenceWindow & { readonly dilation: number };

/** The convolution of a sequence with a kernel variable `[taps, in / groups, out]`. */
export function convolveSequence(
  builder: Builder,
  x: Value,
  kernel: Variable | undefined,
  window: DilatedWindow,
  groups: number,
): Value {
  if (kernel === undefined) throw new Error('A convolution has no kernel');
  const taps = builder.reshape(builder.readVariable(kernel), [1, ...kernel.dims]);
  const row = builder.conv2d(asRow(builder, x), taps, {
    // Along the one row the stride changes nothing, and equal strides are what fast depthwise kernels want.
    strides: [window.stride, window.stride],
    dilations: [1, window.dilation],
    padding: 'explicit',
    pads: [0, 0, ...sequencePads(window)],
    groups,
  });
  return asSequence(builder, row);
}

/** Writes the convolution of a sequence as ONNX's Conv over one axis, which wants features first. */
export function onnxSequenceConvolution(
  context: OnnxContext<DilatedWindow, 'input', 'kernel' | 'bias'>,
  groups: number,
): string {
  const { kernel, stride, dilation } = context.parameters;
  const attributes = {
    kernel_shape: [kernel],
    strides: [stride],
    dilations: [dilation],
    group: groups,
    pads: sequencePads(context.parameters),
  };
  const weights = onnxWeights(context, [2, 1, 0]);
  return onnxFeaturesFirst(context, context.inputs.input, (swapped, name) =>
    context.node('Conv', [swapped, ...weights], attributes, name),
  );
}
