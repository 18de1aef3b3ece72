import type { Dims } from '../../../program/program.ts';
import { text, type } from '../attributes.ts';
import type { EmitContext, Emitters } from '../emitContext.ts';
import { convolutionAttributes } from './convolutionAttributes.ts';
import {
  groupedConvolution,
  groupedConvolutionFilterGradient,
  groupedConvolutionInputGradient,
} from './groupedConvolution.ts';

const FLOAT = { T: type('float32') };

/** Height and width suffice: TensorFlow takes the batch from the gradient and the channels from the kernel. */
function imageSizes(c: EmitContext, dims: Dims): string {
  return c.integers(dims.slice(1, 3));
}

export const convolution = {
  conv2d: (c, [x, kernel], attributes) => [
    attributes.groups === 1
      ? c.node('Conv2D', [x.ref, kernel.ref], convolutionAttributes(attributes))
      : groupedConvolution(c, x, kernel, attributes),
  ],
  conv2dBackpropInput: (c, [kernel, dy], attributes) => [
    attributes.groups === 1
      ? c.node(
          'Conv2DBackpropInput',
          [imageSizes(c, attributes.inputDims), kernel.ref, dy.ref],
          convolutionAttributes(attributes),
        )
      : groupedConvolutionInputGradient(c, kernel, dy, attributes),
  ],
  conv2dBackpropFilter: (c, [x, dy], attributes) => [
    attributes.groups === 1
      ? c.node(
          'Conv2DBackpropFilter',
          [x.ref, c.integers(attributes.kernelDims), dy.ref],
          convolutionAttributes(attributes),
        )
      : groupedConvolutionFilterGradient(c, x, dy, attributes),
  ],
  biasAdd: (c, [x, bias]) => [c.node('BiasAdd', [x.ref, bias.ref], { ...FLOAT, data_format: text('NHWC') })],
  biasAddGrad: (c, [dy]) => [c.node('BiasAddGrad', [dy.ref], { ...FLOAT, data_format: text('NHWC') })],
} satisfies Emitters<'conv2d' | 'conv2dBackpropInput' | 'conv2dBackpropFilter' | 'biasAdd' | 'biasAddGrad'>;
