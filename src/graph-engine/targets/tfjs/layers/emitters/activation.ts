import { elu } from '../../../../ops/activation/elu.ts';
import { gelu } from '../../../../ops/activation/gelu.ts';
import { leakyRelu } from '../../../../ops/activation/leakyRelu.ts';
import { prelu } from '../../../../ops/activation/prelu.ts';
import { relu } from '../../../../ops/activation/relu.ts';
import { relu6 } from '../../../../ops/activation/relu6.ts';
import { selu } from '../../../../ops/activation/selu.ts';
import { sigmoid } from '../../../../ops/activation/sigmoid.ts';
import { silu } from '../../../../ops/activation/silu.ts';
import { softmax } from '../../../../ops/activation/softmax.ts';
import { tanh } from '../../../../ops/activation/tanh.ts';
import { lastSize, typeAt } from '../../../python/portTypes.ts';
import { inLayers, onlyInput, type LayersContext, type LayerValue } from '../layersOp.ts';

function named(context: LayersContext<unknown>, activation: string, nonNegative = false): { output: LayerValue } {
  return { output: context.layer('Activation', { activation }, [onlyInput(context)], { nonNegative }) };
}

export const activation = [
  inLayers(relu, (context) => ({ output: context.layer('ReLU', {}, [onlyInput(context)], { nonNegative: true }) })),
  inLayers(relu6, (context) => ({
    output: context.layer('ReLU', { max_value: 6 }, [onlyInput(context)], { nonNegative: true }),
  })),
  inLayers(leakyRelu, (context) => ({
    output: context.layer('LeakyReLU', { alpha: context.parameters.slope }, [onlyInput(context)]),
  })),
  inLayers(elu, (context) => ({
    output: context.layer('ELU', { alpha: context.parameters.alpha }, [onlyInput(context)]),
  })),
  inLayers(prelu, (context) => {
    const { per } = context.parameters;
    const input = typeAt(context.types, 'input');
    const places = input.axes.length - 1;
    // One slope for all, or one for all places of a channel.
    const shared = Array.from({ length: per === 'tensor' ? places + 1 : places }, (_, index) => index + 1);
    const dims = [...input.axes.slice(1).map(() => 1), per === 'tensor' ? 1 : lastSize(input)];
    const weights = { slope: { as: 'alpha', dims } };
    const config = { shared_axes: shared.length === 0 ? null : shared };
    return { output: context.layer('PReLU', config, [onlyInput(context)], { weights }) };
  }),
  inLayers(gelu, (context) => named(context, context.parameters.approximation === 'none' ? 'gelu' : 'gelu_new')),
  inLayers(selu, (context) => named(context, 'selu')),
  inLayers(silu, (context) => named(context, 'swish')),
  inLayers(sigmoid, (context) => named(context, 'sigmoid', true)),
  inLayers(tanh, (context) => named(context, 'tanh')),
  inLayers(softmax, (context) => named(context, 'softmax', true)),
];
