import { formatDims, sameDims } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { windowGeometry, type Padding } from '../windowGeometry.ts';
import { definePrimitive, demand, type TensorSpec } from './definePrimitive.ts';

/** How a pooling window slides; `pads` is top, bottom, left, right and counts for `explicit` only. */
export type PoolingAttributes = {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly pads: readonly number[];
};

function pooledDims(x: Dims, attributes: PoolingAttributes): Dims {
  const [batch, height, width, channels] = x;
  demand(
    batch !== undefined && height !== undefined && width !== undefined && channels !== undefined && x.length === 4,
    `an image must have rank 4, got ${formatDims(x)}`,
  );
  const { window, strides, padding, pads } = attributes;
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  // A window that lies in the padding alone has no maximum and no average.
  demand(
    padding !== 'explicit' || (Math.max(top, bottom) < (window[0] ?? 1) && Math.max(left, right) < (window[1] ?? 1)),
    `padding ${pads.join(', ')} must be smaller than the window ${window.join('x')}`,
  );
  const rows = windowGeometry(height, window[0] ?? 1, strides[0] ?? 1, 1, padding, [top, bottom]);
  const columns = windowGeometry(width, window[1] ?? 1, strides[1] ?? 1, 1, padding, [left, right]);
  return [batch, rows.output, columns.output, channels];
}

export const maxPool = definePrimitive({
  name: 'maxPool',
  infer([x]: readonly [x: Value], attributes: PoolingAttributes): readonly [TensorSpec] {
    return [{ dims: pooledDims(x.dims, attributes), dtype: 'float32' }];
  },
  gradient({ builder, inputs: [x], outputs: [y], attributes, outputGradients: [dy] }) {
    return [dy && builder.maxPoolGrad(x, y, dy, attributes)];
  },
});

/** Hands each gradient to the first maximum of its window, in row order. */
export const maxPoolGrad = definePrimitive({
  name: 'maxPoolGrad',
  infer([x, y, dy]: readonly [x: Value, y: Value, dy: Value], attributes: PoolingAttributes): readonly [TensorSpec] {
    const dims = pooledDims(x.dims, attributes);
    demand(
      sameDims(dims, y.dims) && sameDims(dims, dy.dims),
      `y and dy must be ${formatDims(dims)}, got ${formatDims(y.dims)} and ${formatDims(dy.dims)}`,
    );
    return [{ dims: x.dims, dtype: 'float32' }];
  },
});

/** Averages over what of the window lies on the image: padding is not counted. */
export const averagePool = definePrimitive({
  name: 'averagePool',
  infer([x]: readonly [x: Value], attributes: PoolingAttributes): readonly [TensorSpec] {
    return [{ dims: pooledDims(x.dims, attributes), dtype: 'float32' }];
  },
  gradient({ builder, inputs: [x], attributes, outputGradients: [dy] }) {
    return [dy && builder.averagePoolGrad(dy, x.dims, attributes)];
  },
});

export const averagePoolGrad = definePrimitive({
  name: 'averagePoolGrad',
  infer(
    [dy]: readonly [dy: Value],
    attributes: PoolingAttributes & { readonly inputDims: Dims },
  ): readonly [TensorSpec] {
    const dims = pooledDims(attributes.inputDims, attributes);
    demand(sameDims(dims, dy.dims), `dy must be ${formatDims(dims)}, got ${formatDims(dy.dims)}`);
    return [{ dims: attributes.inputDims, dtype: 'float32' }];
  },
});
