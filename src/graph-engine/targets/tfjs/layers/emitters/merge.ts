import { add } from '../../../../ops/merge/add.ts';
import { concatenate } from '../../../../ops/merge/concatenate.ts';
import { multiply } from '../../../../ops/merge/multiply.ts';
import { multiplyBy } from '../../../../ops/merge/multiplyBy.ts';
import { batchNormalization } from '../../../../ops/normalization/batchNormalization.ts';
import { layerNormalization } from '../../../../ops/normalization/layerNormalization.ts';
import { lastSize, typeAt } from '../../../python/portTypes.ts';
import { inLayers, type LayersContext, type LayerValue, onlyInput } from '../layersOp.ts';

function both({ inputs: { a, b } }: Pick<LayersContext<unknown>, 'inputs'>): readonly [LayerValue, LayerValue] {
  if (a === undefined || b === undefined) throw new Error('There is nothing at "a" or "b"');
  return [a, b];
}

const neither = (values: readonly LayerValue[]): { readonly nonNegative: boolean } => ({
  nonNegative: values.every(({ nonNegative }) => nonNegative),
});

export const merge = [
  inLayers(add, (context) => ({ output: context.layer('Add', {}, both(context), neither(both(context))) })),
  inLayers(multiply, (context) => {
    const [a, b] = both(context);
    const [left, right] = [typeAt(context.types, 'a'), typeAt(context.types, 'b')];
    const isGate = right.axes.length < left.axes.length;
    const shape = [...left.axes.slice(1).map(() => 1), lastSize(right)];
    const factor = isGate
      ? context.layer('Reshape', { target_shape: shape }, [b], { suffix: 'factor', nonNegative: b.nonNegative })
      : b;
    return { output: context.layer('Multiply', {}, [a, factor], neither([a, b])) };
  }),
  inLayers(multiplyBy, (context) => ({
    output: context.layer('Rescaling', { scale: context.parameters.factor, offset: 0 }, [onlyInput(context)]),
  })),
  inLayers(concatenate, (context) => ({
    output: context.layer('Concatenate', { axis: -1 }, both(context), neither(both(context))),
  })),
  inLayers(batchNormalization, (context) => {
    const { momentum, epsilon } = context.parameters;
    // Keras says how much of the old averages stays.
    const config = { axis: -1, momentum: 1 - momentum, epsilon, center: true, scale: true };
    const weights = {
      scale: { as: 'gamma' },
      offset: { as: 'beta' },
      runningMean: { as: 'moving_mean' },
      runningVariance: { as: 'moving_variance' },
    };
    return { output: context.layer('BatchNormalization', config, [onlyInput(context)], { weights }) };
  }),
  inLayers(layerNormalization, (context) => {
    const config = { axis: -1, epsilon: context.parameters.epsilon, center: true, scale: true };
    const weights = { scale: { as: 'gamma' }, offset: { as: 'beta' } };
    return { output: context.layer('LayerNormalization', config, [onlyInput(context)], { weights }) };
  }),
];
