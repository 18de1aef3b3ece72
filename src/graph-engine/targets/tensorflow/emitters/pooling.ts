import type { PoolingAttributes } from '../../../program/primitives/pooling.ts';
import type { Dims } from '../../../program/program.ts';
import { windowGeometry } from '../../../program/windowGeometry.ts';
import { integers, text, type, type NodeAttributes } from '../attributes.ts';
import type { EmitContext, Emitters, GraphTensor } from '../emitContext.ts';
import { cutFrame, paddedDims, padImage } from './imagePadding.ts';

/** TensorFlow's pools know no explicit padding on every device: the image is padded before, and its gradient cut after. */
function isPadded({ padding, pads }: PoolingAttributes): boolean {
  return padding === 'explicit' && pads.some((count) => count > 0);
}

function poolAttributes({ dtype }: GraphTensor, { window, strides, padding }: PoolingAttributes): NodeAttributes {
  return {
    T: type(dtype),
    ksize: integers([1, window[0] ?? 1, window[1] ?? 1, 1]),
    strides: integers([1, strides[0] ?? 1, strides[1] ?? 1, 1]),
    padding: text(padding === 'same' ? 'SAME' : 'VALID'),
    data_format: text('NHWC'),
  };
}

/** Share of the window that lies on the image, per place along one axis. */
function shares(input: number, window: number, stride: number, before: number, after: number): readonly number[] {
  const { output } = windowGeometry(input, window, stride, 1, 'explicit', [before, after]);
  return Array.from({ length: output }, (_, i) => {
    const start = i * stride - before;
    return (Math.min(start + window, input) - Math.max(start, 0)) / window;
  });
}

/** What turns averages over the padded window into averages over the image: [1, height, width, 1]. */
function correction(
  c: EmitContext,
  [, height = 1, width = 1]: Dims,
  attributes: PoolingAttributes,
  dtype: GraphTensor['dtype'],
): string {
  const { window, strides, pads } = attributes;
  const rows = shares(height, window[0] ?? 1, strides[0] ?? 1, pads[0] ?? 0, pads[1] ?? 0);
  const columns = shares(width, window[1] ?? 1, strides[1] ?? 1, pads[2] ?? 0, pads[3] ?? 0);
  const factors = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
  return c.values(factors, [1, rows.length, columns.length, 1], dtype);
}

export const pooling = {
  maxPool: (c, [x], attributes) => {
    const image = isPadded(attributes) ? padImage(c, x, attributes.pads, Number.NEGATIVE_INFINITY) : x.ref;
    return [c.node('MaxPool', [image], poolAttributes(x, attributes))];
  },
  maxPoolGrad: (c, [x, y, dy], attributes) => {
    if (!isPadded(attributes)) {
      return [c.node('MaxPoolGrad', [x.ref, y.ref, dy.ref], poolAttributes(x, attributes))];
    }
    const image = padImage(c, x, attributes.pads, Number.NEGATIVE_INFINITY);
    const gradient = c.node('MaxPoolGrad', [image, y.ref, dy.ref], poolAttributes(x, attributes));
    return [cutFrame(c, gradient, x, attributes.pads)];
  },
  averagePool: (c, [x], attributes) => {
    if (!isPadded(attributes)) return [c.node('AvgPool', [x.ref], poolAttributes(x, attributes))];
    const average = c.node('AvgPool', [padImage(c, x, attributes.pads, 0)], poolAttributes(x, attributes));
    return [c.node('Mul', [average, correction(c, x.dims, attributes, x.dtype)], { T: type(x.dtype) })];
  },
  averagePoolGrad: (c, [dy], attributes) => {
    const { inputDims } = attributes;
    if (!isPadded(attributes)) {
      return [c.node('AvgPoolGrad', [c.shapeOf(inputDims), dy.ref], poolAttributes(dy, attributes))];
    }
    const weighted = c.node('Mul', [dy.ref, correction(c, inputDims, attributes, dy.dtype)], { T: type(dy.dtype) });
    const sizes = c.shapeOf(paddedDims(inputDims, attributes.pads));
    return [
      cutFrame(
        c,
        c.node('AvgPoolGrad', [sizes, weighted], poolAttributes(dy, attributes)),
        { dims: inputDims, dtype: dy.dtype },
        attributes.pads,
      ),
    ];
  },
} satisfies Emitters<'maxPool' | 'maxPoolGrad' | 'averagePool' | 'averagePoolGrad'>;
