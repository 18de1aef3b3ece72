import type { OnnxContext } from '../../core/onnxContext.ts';
import { onnxPads, padList, type WindowParameters } from '../../core/window.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value, Variable } from '../../program/program.ts';

type ImageWindow = WindowParameters & { readonly dilation: readonly [number, number] };

/** The convolution of an image with a kernel variable. */
export function convolveImage(
  builder: Builder,
  x: Value,
  kernel: Variable | undefined,
  window: ImageWindow,
  groups: number,
): Value {
  if (kernel === undefined) throw new Error('A convolution has no kernel');
  return builder.conv2d(x, builder.readVariable(kernel), {
    strides: window.stride,
    dilations: window.dilation,
    padding: 'explicit',
    pads: padList(window),
    groups,
  });
}

/** The value with its bias, where the op has one. */
export function withBias(builder: Builder, y: Value, bias: Variable | undefined): Value {
  return bias === undefined ? y : builder.biasAdd(y, builder.readVariable(bias));
}

/** Writes the convolution of an image as ONNX's Conv; `weights` are the kernel and perhaps the bias, under `name`. */
export function onnxConvolution(
  context: Pick<OnnxContext<unknown, string, string>, 'node'>,
  input: string,
  weights: readonly string[],
  window: ImageWindow,
  groups: number,
  name?: string,
): string {
  const { kernel, stride, dilation } = window;
  const attributes = {
    kernel_shape: kernel,
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: onnxPads(window),
  };
  return context.node('Conv', [input, ...weights], attributes, name);
}

/** The names of the kernel, its axes as ONNX has them, and of the bias where there is one. */
export function onnxWeights(
  context: Pick<OnnxContext<unknown, string, 'kernel' | 'bias'>, 'weight' | 'hasWeight'>,
  permutation: readonly number[],
): readonly string[] {
  const kernel = context.weight('kernel', permutation);
  return context.hasWeight('bias') ? [kernel, context.weight('bias')] : [kernel];
}
