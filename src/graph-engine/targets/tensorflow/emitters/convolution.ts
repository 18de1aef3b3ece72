import { text, type } from '../attributes.ts';
import type { Emitters, GraphTensor } from '../emitContext.ts';
import { frameConvolution, imageSizes } from './frameConvolution.ts';
import {
  groupedConvolution,
  groupedConvolutionFilterGradient,
  groupedConvolutionInputGradient,
} from './groupedConvolution.ts';

const channelsLast = ({ dtype }: GraphTensor) => ({ T: type(dtype), data_format: text('NHWC') });

export const convolution = {
  conv2d: (c, [x, kernel], attributes) => {
    const frame = frameConvolution(c, x, kernel.dims, attributes);
    return [
      attributes.groups === 1
        ? c.node('Conv2D', [frame.image(x), kernel.ref], frame.attributes)
        : groupedConvolution(c, frame, x, kernel, attributes),
    ];
  },
  conv2dBackpropInput: (c, [kernel, dy], attributes) => {
    const frame = frameConvolution(c, { dims: attributes.inputDims, dtype: dy.dtype }, kernel.dims, attributes);
    const sizes = imageSizes(c, frame.imageDims);
    const gradient =
      attributes.groups === 1
        ? c.node('Conv2DBackpropInput', [sizes, kernel.ref, dy.ref], frame.attributes)
        : groupedConvolutionInputGradient(c, frame, kernel, dy, attributes);
    return [frame.gradient(gradient)];
  },
  conv2dBackpropFilter: (c, [x, dy], attributes) => {
    const { kernelDims, groups } = attributes;
    const frame = frameConvolution(c, x, kernelDims, attributes);
    return [
      groups === 1
        ? c.node('Conv2DBackpropFilter', [frame.image(x), c.integers(kernelDims), dy.ref], frame.attributes)
        : groupedConvolutionFilterGradient(c, frame, x, dy, attributes),
    ];
  },
  biasAdd: (c, [x, bias]) => [c.node('BiasAdd', [x.ref, bias.ref], channelsLast(x))],
  biasAddGrad: (c, [dy]) => [c.node('BiasAddGrad', [dy.ref], channelsLast(dy))],
} satisfies Emitters<'conv2d' | 'conv2dBackpropInput' | 'conv2dBackpropFilter' | 'biasAdd' | 'biasAddGrad'>;
