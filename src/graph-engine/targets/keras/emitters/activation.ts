import { elu } from '../../../ops/activation/elu.ts';
import { gatedLinearUnit } from '../../../ops/activation/gatedLinearUnit.ts';
import { gelu } from '../../../ops/activation/gelu.ts';
import { hardSigmoid } from '../../../ops/activation/hardSigmoid.ts';
import { hardSwish } from '../../../ops/activation/hardSwish.ts';
import { leakyRelu } from '../../../ops/activation/leakyRelu.ts';
import { prelu } from '../../../ops/activation/prelu.ts';
import { relu } from '../../../ops/activation/relu.ts';
import { relu6 } from '../../../ops/activation/relu6.ts';
import { selu } from '../../../ops/activation/selu.ts';
import { sigmoid } from '../../../ops/activation/sigmoid.ts';
import { silu } from '../../../ops/activation/silu.ts';
import { softmax } from '../../../ops/activation/softmax.ts';
import { tanh } from '../../../ops/activation/tanh.ts';
import { lastSize, typeAt } from '../../python/portTypes.ts';
import { call, py, type Call } from '../../python/pythonCode.ts';
import { inKeras } from '../kerasOp.ts';

const named = (name: string): { readonly module: Call } => ({
  module: call('layers.Activation', ['activation', name]),
});

const gates = { sigmoid: 'ops.sigmoid', silu: 'ops.silu', none: 'layers.Identity()' } as const;

export const activation = [
  inKeras(relu, () => ({ module: call('layers.ReLU') })),
  inKeras(relu6, () => ({ module: call('layers.ReLU', ['max_value', 6, null]) })),
  inKeras(leakyRelu, ({ parameters }) => ({
    module: call('layers.LeakyReLU', ['negative_slope', parameters.slope, 0.3]),
  })),
  inKeras(elu, ({ parameters }) => ({ module: call('layers.ELU', ['alpha', parameters.alpha, 1]) })),
  inKeras(selu, () => named('selu')),
  inKeras(gelu, ({ parameters, inputs }) =>
    parameters.approximation === 'none'
      ? named('gelu')
      : { forward: py`ops.gelu(${inputs['input'] ?? ''}, approximate=True)` },
  ),
  inKeras(silu, () => named('silu')),
  inKeras(hardSwish, () => named('hard_silu')),
  inKeras(hardSigmoid, () => named('hard_sigmoid')),
  inKeras(sigmoid, () => named('sigmoid')),
  inKeras(tanh, () => named('tanh')),
  inKeras(softmax, () => ({ module: call('layers.Softmax') })),
  inKeras(prelu, ({ parameters: { per, initial }, types }) => {
    const input = typeAt(types, 'input');
    const count = per === 'tensor' ? 1 : lastSize(input);
    // One slope for all, or one for all places of a channel.
    const places = input.axes.length - 1;
    const shared = Array.from({ length: per === 'tensor' ? places + 1 : places }, (_, index) => index + 1);
    return {
      module: call(
        'layers.PReLU',
        ['alpha_initializer', call('keras.initializers.Constant', ['value', initial]), null],
        ['shared_axes', shared.length === 0 ? null : shared, null],
      ),
      weights: { slope: { parameter: 'alpha', dims: [...input.axes.slice(1).map(() => 1), count] } },
    };
  }),
  inKeras(gatedLinearUnit, ({ parameters: { gate }, inputs }) => ({
    forward: py`gated(${inputs['input'] ?? ''}, ${gates[gate]})`,
    runtime: ['gated'],
  })),
];
