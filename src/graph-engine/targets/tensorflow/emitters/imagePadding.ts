import type { Dims } from '../../../program/program.ts';
import { windowGeometry, type Padding } from '../../../program/windowGeometry.ts';
import { type } from '../attributes.ts';
import type { EmitContext, GraphTensor } from '../emitContext.ts';

/** Whether explicit padding is just what `same` would add, for a window over an image. */
export function isSamePadding(
  image: Dims,
  window: readonly number[],
  {
    strides,
    dilations,
    pads,
  }: { readonly strides: readonly number[]; readonly dilations: readonly number[]; readonly pads: readonly number[] },
): boolean {
  return [0, 1].every((axis) => {
    const [before = 0, after = 0] = pads.slice(2 * axis);
    const geometry = (padding: Padding) =>
      windowGeometry(image[axis + 1] ?? 1, window[axis] ?? 1, strides[axis] ?? 1, dilations[axis] ?? 1, padding, [
        before,
        after,
      ]);
    const same = geometry('same');
    return same.before === before && same.after === after && same.output === geometry('explicit').output;
  });
}

/** The image with a frame of `value`; `pads` is top, bottom, left, right. The same frame is added once. */
export function padImage(
  c: EmitContext,
  { ref, dtype }: Pick<GraphTensor, 'ref' | 'dtype'>,
  pads: readonly number[],
  value: number,
): string {
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  return c.once(`${ref} framed by ${pads.join()} of ${value}`, () => {
    const amounts = c.values([0, 0, top, bottom, left, right, 0, 0], [4, 2], 'int32');
    const attributes = { T: type(dtype), Tpaddings: type('int32') };
    return value === 0
      ? c.node('Pad', [ref, amounts], attributes)
      : c.node('PadV2', [ref, amounts, c.values([value], [], dtype)], attributes);
  });
}

/** The dims of an image with its frame. */
export function paddedDims([batch = -1, height = 1, width = 1, channels = 1]: Dims, pads: readonly number[]): Dims {
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  return [batch, height + top + bottom, width + left + right, channels];
}

/** Cuts the frame off: the gradient of `padImage`, for an image of these dims. */
export function cutFrame(
  c: EmitContext,
  framed: string,
  { dims, dtype }: Pick<GraphTensor, 'dims' | 'dtype'>,
  pads: readonly number[],
): string {
  const begin = c.integers([0, pads[0] ?? 0, pads[2] ?? 0, 0]);
  const sizes = c.integers(dims.map((dim) => Math.max(dim, -1)));
  return c.node('Slice', [framed, begin, sizes], { T: type(dtype), Index: type('int32') });
}
