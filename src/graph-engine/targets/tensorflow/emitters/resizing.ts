import { flag, type } from '../attributes.ts';
import type { Emitters } from '../emitContext.ts';

/** TensorFlow's half-pixel centres are what PyTorch does without aligned corners. */
const placement = (alignCorners: boolean) => ({
  T: type('float32'),
  align_corners: flag(alignCorners),
  half_pixel_centers: flag(!alignCorners),
});

export const resizing = {
  resizeBilinear: (c, [x], { size, alignCorners }) => [
    c.node('ResizeBilinear', [x.ref, c.integers(size)], placement(alignCorners)),
  ],
  resizeBilinearGrad: (c, [dy, x], { alignCorners }) => [
    c.node('ResizeBilinearGrad', [dy.ref, x.ref], placement(alignCorners)),
  ],
} satisfies Emitters<'resizeBilinear' | 'resizeBilinearGrad'>;
