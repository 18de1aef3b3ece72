import { assertNever } from '../../../core/diagnostic.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import type { OptimizerSettings } from '../../../program/optimizers/settings.ts';

/** Source of the optimizer: its class where PyTorch has none, and `create_optimizer`. */
export function optimizerCode({ optimizer, weightDecaySpares }: TrainingSettings): string {
  const own = optimizer.kind === 'lamb' ? LAMB : optimizer.kind === 'lion' ? LION : undefined;
  const decay = optimizer.weightDecay;
  // LAMB measures the length of what decays even where the decay is nothing.
  const isParted = decay !== 0 || optimizer.kind === 'lamb';
  const trusted = (value: string): string => (optimizer.kind === 'lamb' ? `, "trusted": ${value}` : '');
  const groups = `[
        {"params": [parameter for parameter, pulled in chosen if pulled], "weight_decay": ${decay}${trusted('True')}},
        {"params": [parameter for parameter, pulled in chosen if not pulled], "weight_decay": 0.0${trusted('False')}},
    ]`;
  const create = `def create_optimizer(model):
    """The rule that turns gradients into steps; \`learning_rate\` sets its rate before each step."""
    ${
      !isParted
        ? 'parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]'
        : 'learned = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]\n' +
          '    chosen = [(parameter, decays(model, name)) for name, parameter in learned]'
    }
    return ${constructorOf(optimizer, isParted ? groups : 'parameters')}`;
  return [own, isParted ? decaysCode(weightDecaySpares) : undefined, create]
    .filter((part) => part !== undefined)
    .join('\n\n\n');
}

function constructorOf(optimizer: OptimizerSettings, groups: string): string {
  const write = (callee: string, ...options: readonly string[]): string =>
    `${callee}(${[groups, 'lr=LEARNING_RATE', ...options].join(', ')})`;
  switch (optimizer.kind) {
    case 'sgd':
      return write('torch.optim.SGD');
    case 'momentum':
      return write('torch.optim.SGD', `momentum=${optimizer.momentum}`);
    case 'nesterov':
      return write('torch.optim.SGD', `momentum=${optimizer.momentum}`, 'nesterov=True');
    case 'adam':
    case 'adamw':
      return write(
        optimizer.kind === 'adam' ? 'torch.optim.Adam' : 'torch.optim.AdamW',
        `betas=(${optimizer.beta1}, ${optimizer.beta2})`,
        `eps=${optimizer.epsilon}`,
      );
    case 'rmsprop':
      return write(
        'torch.optim.RMSprop',
        `alpha=${optimizer.smoothing}`,
        `eps=${optimizer.epsilon}`,
        ...(optimizer.momentum === 0 ? [] : [`momentum=${optimizer.momentum}`]),
      );
    case 'lamb':
      return write('LAMB', `betas=(${optimizer.beta1}, ${optimizer.beta2})`, `eps=${optimizer.epsilon}`);
    case 'lion':
      return write('Lion', `betas=(${optimizer.beta1}, ${optimizer.beta2})`);
    default:
      return assertNever(optimizer);
  }
}

const NORMS = 'nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm';

function decaysCode(spares: TrainingSettings['weightDecaySpares']): string {
  const rule = ((): { readonly words: string; readonly source: string } => {
    switch (spares) {
      case undefined:
      case 'norms-and-biases':
        return {
          words: 'it spares vectors: biases, and the scales of norms',
          source: 'return parameter.dim() > 1 and not name.endswith(("alpha", "token"))',
        };
      case 'norms':
        return { words: 'it spares norms', source: `return not isinstance(owner, (${NORMS}))` };
      case 'biases':
        return { words: 'it spares biases', source: 'return not name.endswith("bias")' };
      case 'nothing':
        return { words: 'on all of them', source: 'return True' };
      default:
        return assertNever(spares);
    }
  })();
  const lines =
    spares === 'norms'
      ? ['owner = model.get_submodule(name.rpartition(".")[0])']
      : spares === undefined || spares === 'norms-and-biases'
        ? ['parameter = model.get_parameter(name)']
        : [];
  return [
    'def decays(model, name):',
    `    """Whether weight decay pulls on a parameter; ${rule.words}."""`,
    ...lines.map((line) => `    ${line}`),
    `    ${rule.source}`,
  ].join('\n');
}

const LAMB = `class LAMB(torch.optim.Optimizer):
    """Adam's step plus the decay, made as long as the weight's own norm (You et al. 2020)."""

    def __init__(self, params, lr, betas, eps, weight_decay=0.0, trusted=True):
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "trusted": trusted}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state.update(step=0, first=torch.zeros_like(weight), second=torch.zeros_like(weight))
                state["step"] += 1
                first = state["first"].lerp_(weight.grad, 1 - beta1) / (1 - beta1 ** state["step"])
                second = state["second"].lerp_(weight.grad.square(), 1 - beta2) / (1 - beta2 ** state["step"])
                step = first / (second.sqrt() + group["eps"])
                if group["trusted"]:
                    step = step + group["weight_decay"] * weight
                    lengths = weight.norm(), step.norm()
                    if lengths[0] > 0 and lengths[1] > 0:
                        step = step * (lengths[0] / lengths[1])
                weight.sub_(group["lr"] * step)`;

const LION = `class Lion(torch.optim.Optimizer):
    """Steps by the sign of a mean of the gradients, whose memory is a longer mean (Chen et al. 2023)."""

    def __init__(self, params, lr, betas, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["mean"] = torch.zeros_like(weight)
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.sub_(group["lr"] * state["mean"].lerp(weight.grad, 1 - beta1).sign())
                state["mean"].lerp_(weight.grad, 1 - beta2)`;
