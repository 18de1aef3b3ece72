import type { Padding } from './parameterSchemas.ts';

/** Padding before and after along height and width. */
export interface Pads {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface WindowParameters {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation?: readonly [number, number] | undefined;
  readonly padding: Padding;
}

/**
 * Padding of a sliding window. `same` pads the kernel's reach, `(kernel - 1) * dilation`, half before and half after (the
 * odd one after), whatever the stride and the size: outputs have `ceil(size / stride)` and agree with PyTorch's
 * `padding=kernel//2`. TensorFlow's SAME differs for strides above one; it depends on the size.
 */
export function padsOf({ kernel, dilation = [1, 1], padding }: WindowParameters): Pads {
  if (padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (padding !== 'same') return { top: padding[0], bottom: padding[0], left: padding[1], right: padding[1] };
  const [vertical, horizontal] = [(kernel[0] - 1) * dilation[0], (kernel[1] - 1) * dilation[1]];
  return {
    top: Math.floor(vertical / 2),
    bottom: Math.ceil(vertical / 2),
    left: Math.floor(horizontal / 2),
    right: Math.ceil(horizontal / 2),
  };
}

/** Output size along one axis (0 height, 1 width): `floor((size + pads - reach - 1) / stride) + 1`; `null` when unknown; below 1 when the window does not fit. */
export function windowOutput(size: number | null, axis: 0 | 1, window: WindowParameters): number | null {
  if (size === null) return null;
  const pads = padsOf(window);
  const padded = size + (axis === 0 ? pads.top + pads.bottom : pads.left + pads.right);
  const reach = (window.kernel[axis] - 1) * (window.dilation?.[axis] ?? 1);
  return Math.floor((padded - reach - 1) / window.stride[axis]) + 1;
}

/** Pads as the primitives take them. */
export function padList(window: WindowParameters): readonly [number, number, number, number] {
  const { top, bottom, left, right } = padsOf(window);
  return [top, bottom, left, right];
}

/** Pads as ONNX takes them: all begins, then all ends. */
export function onnxPads(window: WindowParameters): readonly number[] {
  const { top, bottom, left, right } = padsOf(window);
  return [top, left, bottom, right];
}
