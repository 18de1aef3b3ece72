import { assertNever } from '../../../core/diagnostic.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import type { OptimizerSettings } from '../../../program/optimizers/settings.ts';

/** Source of `create_optimizer`, and of what Keras's own optimizers lack. */
export function optimizerCode(training: TrainingSettings): string {
  const { optimizer, weightDecaySpares } = training;
  const decay = optimizer.weightDecay;
  const isDecoupled = ['adamw', 'lion', 'lamb'].includes(optimizer.kind);
  const parts: string[] = [];
  if (decay !== 0) parts.push(decaysCode(weightDecaySpares));
  const { name, options } = constructorOf(optimizer);
  const pulled = decay !== 0 && !isDecoupled;
  if (pulled) {
    parts.push(`class Pulled${name}(keras.optimizers.${name}):
    """Weight decay as a part of the gradient, not as a step of its own."""

    def update_step(self, gradient, variable, learning_rate):
        if decays(variable):
            gradient = gradient + ${decay} * ops.cast(variable, gradient.dtype)
        super().update_step(gradient, variable, learning_rate)`);
  }
  const all = [
    'LEARNING_RATE',
    ...options,
    ...(decay !== 0 && isDecoupled ? [`weight_decay=${decay}`] : []),
    ...clippingOf(training),
    ...(training.averaging?.kind === 'ema' ? ['use_ema=True', `ema_momentum=${training.averaging.decay}`] : []),
    ...((training.accumulate ?? 1) > 1 ? [`gradient_accumulation_steps=${training.accumulate ?? 1}`] : []),
  ];
  const callee = pulled ? `Pulled${name}` : `keras.optimizers.${name}`;
  parts.push(
    [
      'def create_optimizer(model):',
      '    """The rule that turns gradients into steps; `Rate` sets its rate before each step."""',
      `    optimizer = ${callee}(`,
      ...all.map((option) => `        ${option},`),
      '    )',
      ...(decay !== 0 && isDecoupled
        ? [
            '    optimizer.exclude_from_weight_decay(',
            '        var_list=[variable for variable in model.trainable_variables if not decays(variable)]',
            '    )',
          ]
        : []),
      '    return optimizer',
    ].join('\n'),
  );
  return parts.join('\n\n\n');
}

function clippingOf({ clipping }: TrainingSettings): readonly string[] {
  if (clipping === undefined || clipping.kind === 'none') return [];
  return [`${clipping.kind === 'norm' ? 'global_clipnorm' : 'clipvalue'}=${clipping.maximum}`];
}

function constructorOf(optimizer: OptimizerSettings): { readonly name: string; readonly options: readonly string[] } {
  switch (optimizer.kind) {
    case 'sgd':
      return { name: 'SGD', options: [] };
    case 'momentum':
      return { name: 'SGD', options: [`momentum=${optimizer.momentum}`] };
    case 'nesterov':
      return { name: 'SGD', options: [`momentum=${optimizer.momentum}`, 'nesterov=True'] };
    case 'adam':
    case 'adamw':
    case 'lamb':
      return {
        name: { adam: 'Adam', adamw: 'AdamW', lamb: 'Lamb' }[optimizer.kind],
        options: [`beta_1=${optimizer.beta1}`, `beta_2=${optimizer.beta2}`, `epsilon=${optimizer.epsilon}`],
      };
    case 'rmsprop':
      return {
        name: 'RMSprop',
        options: [
          `rho=${optimizer.smoothing}`,
          `epsilon=${optimizer.epsilon}`,
          ...(optimizer.momentum === 0 ? [] : [`momentum=${optimizer.momentum}`]),
        ],
      };
    case 'lion':
      return { name: 'Lion', options: [`beta_1=${optimizer.beta1}`, `beta_2=${optimizer.beta2}`] };
    default:
      return assertNever(optimizer);
  }
}

function decaysCode(spares: TrainingSettings['weightDecaySpares']): string {
  const rules = {
    'norms-and-biases': 'return len(variable.shape) > 1 and variable.name != "alpha"',
    norms: 'return variable.name not in {"gamma", "beta", "scale"}',
    biases: 'return not variable.name.endswith(("bias", "beta"))',
    nothing: 'return True',
  } as const;
  return `def decays(variable):
    """Whether weight decay pulls on a weight: it spares ${(spares ?? 'norms-and-biases').replaceAll('-', ' ')}."""
    ${rules[spares ?? 'norms-and-biases']}`;
}
