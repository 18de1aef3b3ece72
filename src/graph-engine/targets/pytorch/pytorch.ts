import { channelsFirstOrder } from '../onnx/channelsFirst.ts';
import type { Framework } from '../python/framework.ts';
import { pytorchEmitter } from './emitters/index.ts';

/** How networks are written for PyTorch. */
export const pytorch: Framework = {
  title: 'PyTorch',
  blockBase: 'nn.Module',
  networkBase: 'nn.Module',
  forward: 'forward',
  passedOn: '',
  identity: 'nn.Identity()',
  taken: new Set(
    (
      'nn F torch add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval ' +
      'extra_repr forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia ' +
      'named_buffers named_children named_modules named_parameters parameters register_buffer register_module ' +
      'register_parameter requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty train training ' +
      'xpu zero_grad T_destination'
    ).split(' '),
  ),
  emitterOf: pytorchEmitter,
  chain: (items) => `nn.Sequential(${items.join(', ')})`,
  isChainCalled: true,
  list: (items) => `nn.ModuleList([${items.join(', ')}])`,
  zerosLike: (variable) => `torch.zeros_like(${variable})`,
  zeros(reference, sizes, dtype) {
    const typed = dtype === 'int32' ? ', dtype=torch.long' : '';
    return `${reference}.new_zeros((${[`${reference}.shape[0]`, ...sizes].join(', ')})${typed})`;
  },
  axisOrder: channelsFirstOrder,
  networkTakes: [],
  unpacksInputs: false,
};
