import { z } from 'zod';
import { ok, type Result } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { padding, pair } from '../../core/parameterSchemas.ts';
import { image, type TensorType } from '../../core/shape.ts';
import { onnxPads, padList, type WindowParameters } from '../../core/window.ts';
import { slidePool } from './slidePool.ts';

/** What every pooling window is described by. */
export const poolParameters = z.strictObject({
  kernel: pair(1).default([2, 2]).describe('Height and width of the window.'),
  stride: pair(1).default([2, 2]).describe('Pixels between two windows.'),
  padding: padding
    .default('valid')
    .describe('"valid" adds nothing, "same" pads so that the stride alone decides the size.'),
});

/** The type behind a pooling window; channels stay. `what` names the op in problems. */
export function poolType(what: string, input: TensorType, window: WindowParameters): Result<{ output: TensorType }> {
  const sizes = expectImage(input, 'input', what);
  if (!sizes.ok) return sizes;
  const slid = slidePool(sizes.value, window, 'input');
  return slid.ok ? ok({ output: image(slid.value.height, slid.value.width, sizes.value.channels) }) : slid;
}

/** The attributes of the primitive. */
export function poolAttributes(window: WindowParameters) {
  const { kernel, stride } = window;
  return { window: kernel, strides: stride, padding: 'explicit' as const, pads: padList(window) };
}

/** The attributes of ONNX. */
export function onnxPoolAttributes(window: WindowParameters) {
  return { kernel_shape: window.kernel, strides: window.stride, pads: onnxPads(window) };
}
