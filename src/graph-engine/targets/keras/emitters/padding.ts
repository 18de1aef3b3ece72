import { padsOf, type WindowParameters } from '../../../core/window.ts';
import type { Literal } from '../../python/pythonCode.ts';

/** Padding of an image: one number where all sides are alike, else before and after along each axis. */
export function paddingOf(window: WindowParameters): Literal {
  const { top, bottom, left, right } = padsOf(window);
  const isEven = [bottom, left, right].every((side) => side === top);
  return isEven
    ? top
    : [
        [top, bottom],
        [left, right],
      ];
}

export type SequencePadding = 'same' | 'valid' | 'causal' | number;

/** Positions before and after a sequence. */
export function padsAlong(
  { kernel, padding }: { readonly kernel: number; readonly padding: SequencePadding },
  dilation = 1,
): readonly [number, number] {
  const reach = (kernel - 1) * dilation;
  if (typeof padding === 'number') return [padding, padding];
  if (padding === 'valid') return [0, 0];
  return padding === 'causal' ? [reach, 0] : [Math.floor(reach / 2), Math.ceil(reach / 2)];
}
