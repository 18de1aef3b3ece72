import { isImage, type TensorType } from '../../../../core/shape.ts';
import { padsOf, type WindowParameters } from '../../../../core/window.ts';
import { averagePooling2d } from '../../../../ops/pooling/averagePooling2d.ts';
import { globalAveragePooling } from '../../../../ops/pooling/globalAveragePooling.ts';
import { globalMaxPooling } from '../../../../ops/pooling/globalMaxPooling.ts';
import { maxPooling2d } from '../../../../ops/pooling/maxPooling2d.ts';
import { sizeOrThrow, typeAt } from '../../../python/portTypes.ts';
import { type EmittedLayers, inLayers, type LayersContext, onlyInput } from '../layersOp.ts';
import { zerosAround } from './padding.ts';

/** How a layer pads by itself as the window says; `undefined` where it would pad otherwise. */
function ownPadding(input: TensorType, window: WindowParameters): 'valid' | 'same' | undefined {
  const { top, bottom, left, right } = padsOf(window);
  if (Math.max(top, bottom, left, right) === 0) return 'valid';
  const wanted = [
    [top, bottom],
    [left, right],
  ];
  const isSame = wanted.every(([before, after], axis) => {
    const size = sizeOrThrow(input.axes[axis]?.size);
    const [kernel = 1, stride = 1] = [window.kernel[axis], window.stride[axis]];
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
    return before === Math.floor(total / 2) && after === Math.ceil(total / 2);
  });
  return isSame ? 'same' : undefined;
}

const UNEVEN = 'layers pad this window at the end alone';

function pool(context: LayersContext<WindowParameters>, className: string): EmittedLayers {
  const { kernel, stride } = context.parameters;
  const input = onlyInput(context);
  const padding = ownPadding(typeAt(context.types, 'input'), context.parameters);
  const config = { pool_size: kernel, strides: stride, data_format: 'channels_last' };
  const { nonNegative } = input;
  if (padding !== undefined)
    return { output: context.layer(className, { ...config, padding }, [input], { nonNegative }) };
  // Zeros around count in an average, and hide a maximum below zero.
  if (className !== 'MaxPooling2D' || !nonNegative) return UNEVEN;
  const padded = zerosAround(context, input, padsOf(context.parameters), 'pad');
  return { output: context.layer(className, { ...config, padding: 'valid' }, [padded], { nonNegative }) };
}

function globalPool(context: LayersContext<unknown>, kind: 'Average' | 'Max'): EmittedLayers {
  const input = onlyInput(context);
  const axes = isImage(typeAt(context.types, 'input')) ? 2 : 1;
  const config = axes === 2 ? { data_format: 'channels_last' } : {};
  return { output: context.layer(`Global${kind}Pooling${axes}D`, config, [input], { nonNegative: input.nonNegative }) };
}

export const pooling = [
  inLayers(maxPooling2d, (context) => pool(context, 'MaxPooling2D')),
  inLayers(averagePooling2d, (context) => pool(context, 'AveragePooling2D')),
  inLayers(globalAveragePooling, (context) => globalPool(context, 'Average')),
  inLayers(globalMaxPooling, (context) => globalPool(context, 'Max')),
];
