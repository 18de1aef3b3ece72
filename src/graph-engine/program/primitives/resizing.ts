import { formatDims, sameDims } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { definePrimitive, demand, type TensorSpec } from './definePrimitive.ts';

/** `alignCorners` puts the corners of both images on one another; otherwise pixels are areas, as PyTorch has it by default. */
export type ResizeAttributes = { readonly alignCorners: boolean };

function resizedDims(x: Dims, [height, width]: readonly number[]): Dims {
  const [batch, , , channels] = x;
  demand(
    x.length === 4 && batch !== undefined && channels !== undefined && height !== undefined && width !== undefined,
    `an image must have rank 4, got ${formatDims(x)}`,
  );
  return [batch, height, width, channels];
}

/** Mixes the four pixels around each place. */
export const resizeBilinear = definePrimitive({
  name: 'resizeBilinear',
  infer(
    [x]: readonly [x: Value],
    { size }: ResizeAttributes & { readonly size: readonly number[] },
  ): readonly [TensorSpec] {
    return [{ dims: resizedDims(x.dims, size), dtype: 'float32' }];
  },
  gradient({ builder, inputs: [x], attributes: { alignCorners }, outputGradients: [dy] }) {
    return [dy && builder.resizeBilinearGrad(dy, x, alignCorners)];
  },
});

/** Hands each gradient to the four pixels that were mixed, with their shares. The image counts for its sizes alone. */
export const resizeBilinearGrad = definePrimitive({
  name: 'resizeBilinearGrad',
  infer([dy, x]: readonly [dy: Value, x: Value], _attributes: ResizeAttributes): readonly [TensorSpec] {
    const dims = resizedDims(x.dims, dy.dims.slice(1, 3));
    demand(sameDims(dims, dy.dims), `dy must be ${formatDims(dims)}, got ${formatDims(dy.dims)}`);
    return [{ dims: x.dims, dtype: 'float32' }];
  },
});
