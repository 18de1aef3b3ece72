import type { ConvolutionAttributes } from '../../../program/primitives/convolution.ts';
import { integers, text, type, type NodeAttributes } from '../attributes.ts';

/** The attributes that TensorFlow's convolutions share. */
export function convolutionAttributes({ strides, dilations, padding, pads }: ConvolutionAttributes): NodeAttributes {
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const explicit = padding === 'explicit' && pads.some((count) => count > 0);
  return {
    T: type('float32'),
    strides: integers([1, strides[0] ?? 1, strides[1] ?? 1, 1]),
    dilations: integers([1, dilations[0] ?? 1, dilations[1] ?? 1, 1]),
    data_format: text('NHWC'),
    padding: text(explicit ? 'EXPLICIT' : padding === 'same' ? 'SAME' : 'VALID'),
    ...(explicit && { explicit_paddings: integers([0, 0, top, bottom, left, right, 0, 0]) }),
  };
}
