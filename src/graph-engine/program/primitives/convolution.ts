import { formatDims, sameDims } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { windowGeometry, type Padding } from '../windowGeometry.ts';
import { definePrimitive, demand, demandRank, dimOf, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

/** How a kernel slides over an image; `pads` is top, bottom, left, right and counts for `explicit` only. */
export type ConvolutionAttributes = {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
  readonly pads: readonly number[];
  readonly groups: number;
};

/** Dims of `conv2d(x, kernel)` for `x` [n, h, w, c] and `kernel` [kh, kw, c / groups, out]. */
export function convolutionOutputDims(x: Dims, kernel: Dims, attributes: ConvolutionAttributes): Dims {
  const [batch, height, width, channels] = x;
  const [kernelHeight, kernelWidth, groupChannels, filters] = kernel;
  demand(
    batch !== undefined && height !== undefined && width !== undefined && channels !== undefined && x.length === 4,
    `an image must have rank 4, got ${formatDims(x)}`,
  );
  demand(
    kernelHeight !== undefined && kernelWidth !== undefined && groupChannels !== undefined && filters !== undefined,
    `a kernel must have rank 4, got ${formatDims(kernel)}`,
  );
  const { strides, dilations, padding, pads, groups } = attributes;
  demand(
    channels === groupChannels * groups && filters % groups === 0,
    `kernel ${formatDims(kernel)} in ${groups} groups does not fit ${formatDims(x)}`,
  );
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const rows = windowGeometry(height, kernelHeight, strides[0] ?? 1, dilations[0] ?? 1, padding, [top, bottom]);
  const columns = windowGeometry(width, kernelWidth, strides[1] ?? 1, dilations[1] ?? 1, padding, [left, right]);
  return [batch, rows.output, columns.output, filters];
}

export const conv2d = definePrimitive({
  name: 'conv2d',
  infer([x, kernel]: readonly [x: Value, kernel: Value], attributes: ConvolutionAttributes): readonly [TensorSpec] {
    return [{ dims: convolutionOutputDims(x.dims, kernel.dims, attributes), dtype: 'float32' }];
  },
  gradient({ builder, inputs: [x, kernel], attributes, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [
      wanted(0) ? builder.conv2dBackpropInput(kernel, dy, x.dims, attributes) : undefined,
      wanted(1) ? builder.conv2dBackpropFilter(x, dy, kernel.dims, attributes) : undefined,
    ];
  },
});

export const conv2dBackpropInput = definePrimitive({
  name: 'conv2dBackpropInput',
  infer(
    [kernel, dy]: readonly [kernel: Value, dy: Value],
    attributes: ConvolutionAttributes & { readonly inputDims: Dims },
  ): readonly [TensorSpec] {
    const dims = convolutionOutputDims(attributes.inputDims, kernel.dims, attributes);
    demand(sameDims(dims, dy.dims), `dy must be ${formatDims(dims)}, got ${formatDims(dy.dims)}`);
    return [{ dims: attributes.inputDims, dtype: 'float32' }];
  },
  // As a transposed convolution it has a gradient of its own: the convolution that it transposes.
  gradient({ builder, inputs: [kernel, dy], attributes, outputGradients: [gradient], wanted }) {
    if (gradient === undefined) return [];
    return [
      wanted(0) ? builder.conv2dBackpropFilter(gradient, dy, kernel.dims, attributes) : undefined,
      wanted(1) ? builder.conv2d(gradient, kernel, attributes) : undefined,
    ];
  },
});

export const conv2dBackpropFilter = definePrimitive({
  name: 'conv2dBackpropFilter',
  infer(
    [x, dy]: readonly [x: Value, dy: Value],
    attributes: ConvolutionAttributes & { readonly kernelDims: Dims },
  ): readonly [TensorSpec] {
    const dims = convolutionOutputDims(x.dims, attributes.kernelDims, attributes);
    demand(sameDims(dims, dy.dims), `dy must be ${formatDims(dims)}, got ${formatDims(dy.dims)}`);
    return [{ dims: attributes.kernelDims, dtype: 'float32' }];
  },
});

export const biasAdd = definePrimitive({
  name: 'biasAdd',
  infer([x, bias]: readonly [x: Value, bias: Value], _attributes: NoAttributes): readonly [TensorSpec] {
    demandRank(bias, 1, 'bias');
    demand(
      x.dims.length >= 2 && x.dims.at(-1) === dimOf(bias, 0),
      `bias ${formatDims(bias.dims)} does not fit ${formatDims(x.dims)}`,
    );
    return [{ dims: x.dims, dtype: 'float32' }];
  },
  gradient({ builder, outputGradients: [dy], wanted }) {
    return [dy, dy !== undefined && wanted(1) ? builder.biasAddGrad(dy) : undefined];
  },
});

export const biasAddGrad = definePrimitive({
  name: 'biasAddGrad',
  infer([dy]: readonly [dy: Value], _attributes: NoAttributes): readonly [TensorSpec] {
    demand(dy.dims.length >= 2, `dy must have at least rank 2, got ${formatDims(dy.dims)}`);
    return [{ dims: [dimOf(dy, dy.dims.length - 1)], dtype: 'float32' }];
  },
});
