import { isImage, isSequence, type TensorType } from '../../../core/shape.ts';
import { padsOf, type WindowParameters } from '../../../core/window.ts';
import { compact } from '../../python/portTypes.ts';
import { call, type Call, type Literal } from '../../python/pythonCode.ts';

/** The axis that `lastSize` counts, among PyTorch's: images are channels first. */
export function lastDim(type: TensorType): number {
  return isImage(type) ? 1 : -1;
}

/** Padding as a module's own argument where both sides are alike, or a layer before it. */
export function paddingOf(
  window: WindowParameters,
  most: readonly number[] = [Infinity, Infinity],
): { readonly own: Literal } | { readonly before: readonly number[] } {
  const { top, bottom, left, right } = padsOf(window);
  const fits = top <= (most[0] ?? 0) && left <= (most[1] ?? 0);
  return top === bottom && left === right && fits
    ? { own: compact([top, left]) }
    : { before: [left, right, top, bottom] };
}

/** A layer behind a padding with `value`. */
export function padded(before: readonly number[], value: number, layer: Call): Call {
  const pad =
    value === 0
      ? call('nn.ZeroPad2d', ['padding', before])
      : call('nn.ConstantPad2d', ['padding', before], ['value', value]);
  return call('nn.Sequential', ['pad', pad], ['layer', layer]);
}

/** A layer that wants the features of a sequence first, made to fit; weights of it lie below `layer`. */
export function alongSequence(type: TensorType, layer: Call): { readonly module: Call; readonly below: string } {
  return isSequence(type)
    ? { module: call('Transposed', ['layer', layer]), below: 'layer.' }
    : { module: layer, below: '' };
}
