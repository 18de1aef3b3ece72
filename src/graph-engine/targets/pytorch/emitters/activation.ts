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
import { call, py } from '../../python/pythonCode.ts';
import { inPytorch } from '../pytorchOp.ts';
import { lastDim } from './sizes.ts';

export const activation = [
  inPytorch(relu, () => ({ module: call('nn.ReLU') })),
  inPytorch(relu6, () => ({ module: call('nn.ReLU6') })),
  inPytorch(leakyRelu, ({ parameters }) => ({
    module: call('nn.LeakyReLU', ['negative_slope', parameters.slope, 0.01]),
  })),
  inPytorch(elu, ({ parameters }) => ({ module: call('nn.ELU', ['alpha', parameters.alpha, 1]) })),
  inPytorch(selu, () => ({ module: call('nn.SELU') })),
  inPytorch(gelu, ({ parameters }) => ({
    module: call('nn.GELU', ['approximate', parameters.approximation, 'none']),
  })),
  inPytorch(silu, () => ({ module: call('nn.SiLU') })),
  inPytorch(hardSwish, () => ({ module: call('nn.Hardswish') })),
  inPytorch(hardSigmoid, () => ({ module: call('nn.Hardsigmoid') })),
  inPytorch(sigmoid, () => ({ module: call('nn.Sigmoid') })),
  inPytorch(tanh, () => ({ module: call('nn.Tanh') })),
  inPytorch(softmax, ({ types }) => ({ module: call('nn.Softmax', ['dim', lastDim(typeAt(types, 'input'))]) })),
  inPytorch(prelu, ({ parameters: { per, initial }, types }) => ({
    module: call(
      'nn.PReLU',
      ['num_parameters', per === 'tensor' ? 1 : lastSize(typeAt(types, 'input')), 1],
      ['init', initial, 0.25],
    ),
    weights: { slope: { parameter: 'weight' } },
  })),
  inPytorch(gatedLinearUnit, ({ parameters: { gate }, types, inputs }) => {
    const dim = lastDim(typeAt(types, 'input'));
    if (gate === 'sigmoid') return { module: call('nn.GLU', ['dim', dim, -1]) };
    const x = inputs['input'] ?? '';
    const through = gate === 'silu' ? 'F.silu' : 'nn.Identity()';
    return { forward: py`gated(${x}, ${String(dim)}, ${through})`, runtime: ['gated'] };
  }),
];
