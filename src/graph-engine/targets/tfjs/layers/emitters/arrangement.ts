import { isImage, isSequence } from '../../../../core/shape.ts';
import { crop2d } from '../../../../ops/arrangement/crop2d.ts';
import { flatten } from '../../../../ops/arrangement/flatten.ts';
import { pad2d } from '../../../../ops/arrangement/pad2d.ts';
import { upsampling2d } from '../../../../ops/arrangement/upsampling2d.ts';
import { embedding } from '../../../../ops/embedding/embedding.ts';
import { dropPath } from '../../../../ops/regularization/dropPath.ts';
import { dropout } from '../../../../ops/regularization/dropout.ts';
import { spatialDropout } from '../../../../ops/regularization/spatialDropout.ts';
import { sizeOrThrow, typeAt } from '../../../python/portTypes.ts';
import { inLayers, onlyInput } from '../layersOp.ts';
import { zerosAround } from './padding.ts';

export const arrangement = [
  inLayers(flatten, (context) => {
    const input = onlyInput(context);
    const { nonNegative } = input;
    if (!isImage(typeAt(context.types, 'input'))) {
      return { output: context.layer('Flatten', {}, [input], { nonNegative }) };
    }
    // Channel by channel, as PyTorch has it and as the weights behind it expect.
    const turned = context.layer('Permute', { dims: [3, 1, 2] }, [input], { suffix: 'channelsFirst', nonNegative });
    return { output: context.layer('Flatten', {}, [turned], { nonNegative }) };
  }),
  inLayers(pad2d, (context) => {
    const { mode, value } = context.parameters;
    if (mode !== 'constant' || value !== 0) return 'layers pad with zeros alone';
    const { nonNegative } = onlyInput(context);
    const padded = zerosAround(context, onlyInput(context), context.parameters);
    return { output: { ...padded, nonNegative } };
  }),
  inLayers(crop2d, (context) => {
    const { top, bottom, left, right } = context.parameters;
    const cropping = [
      [top, bottom],
      [left, right],
    ];
    const { nonNegative } = onlyInput(context);
    const config = { cropping, data_format: 'channels_last' };
    return { output: context.layer('Cropping2D', config, [onlyInput(context)], { nonNegative }) };
  }),
  inLayers(upsampling2d, (context) => {
    const { factor, interpolation } = context.parameters;
    // Between pixels this layer puts the corners elsewhere than we do.
    if (interpolation !== 'nearest') return 'layers place the corners otherwise when they interpolate';
    const { nonNegative } = onlyInput(context);
    const config = { size: factor, interpolation, data_format: 'channels_last' };
    return { output: context.layer('UpSampling2D', config, [onlyInput(context)], { nonNegative }) };
  }),
  inLayers(embedding, (context) => ({
    output: context.layer(
      'Embedding',
      {
        input_dim: sizeOrThrow(typeAt(context.types, 'input').vocabulary),
        output_dim: context.parameters.features,
      },
      [onlyInput(context)],
      { weights: { table: { as: 'embeddings' } } },
    ),
  })),
  inLayers(dropout, (context) => {
    const { nonNegative } = onlyInput(context);
    return {
      output: context.layer('Dropout', { rate: context.parameters.rate }, [onlyInput(context)], { nonNegative }),
    };
  }),
  inLayers(spatialDropout, (context) => {
    if (isSequence(typeAt(context.types, 'input'))) {
      return { output: context.layer('SpatialDropout1D', { rate: context.parameters.rate }, [onlyInput(context)]) };
    }
    // Of images there is no such layer; in prediction it does nothing.
    return { output: onlyInput(context) };
  }),
  // It does nothing in prediction, and no layer does it in training.
  inLayers(dropPath, (context) => ({ output: onlyInput(context) })),
];
