import { assertNever } from '../../../core/diagnostic.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import type { OptimizerSettings } from '../../../program/optimizers/settings.ts';

/** Source of `create_optimizer`, and of what Keras's own optimizers lack. */
export function optimizerCode(training: TrainingSettings): string {
  const { optimizer, weightDecaySpares } = training;
  const decay = optimizer.weightDecay;
  const isDecoupled = ['adamw', 'lion', 'lamb'].includes(optimizer.kind);
  const parts: string[] = [];
  const isLamb = optimizer.kind === 'lamb';
  // LAMB measures the length of what decays even where the decay is nothing.
  if (decay !== 0 || isLamb) parts.push(decaysCode(weightDecaySpares));
  if (isLamb) parts.push(lambCode(decay));
  if (optimizer.kind === 'rmsprop') parts.push(RMSPROP);
  const { name, base, options } = constructorOf(optimizer);
  const pulled = decay !== 0 && !isDecoupled;
  if (pulled) {
    parts.push(`class Pulled${name}(${base}):
    """Weight decay as a part of the gradient, not as a step of its own."""

    def update_step(self, gradient, variable, learning_rate):
        if decays(variable):
            gradient = gradient + ${decay} * ops.cast(variable, gradient.dtype)
        super().update_step(gradient, variable, learning_rate)`);
  }
  const all = [
    'LEARNING_RATE',
    ...options,
    ...(decay !== 0 && isDecoupled && !isLamb ? [`weight_decay=${decay}`] : []),
    ...clippingOf(training),
    ...(training.averaging?.kind === 'ema' ? ['use_ema=True', `ema_momentum=${training.averaging.decay}`] : []),
    ...((training.accumulate ?? 1) > 1 ? [`gradient_accumulation_steps=${training.accumulate ?? 1}`] : []),
  ];
  const callee = pulled ? `Pulled${name}` : base;
  parts.push(
    [
      'def create_optimizer(model):',
      '    """The rule that turns gradients into steps; `Rate` sets its rate before each step."""',
      `    optimizer = ${callee}(`,
      ...all.map((option) => `        ${option},`),
      '    )',
      ...(decay !== 0 && isDecoupled && !isLamb
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

interface Constructor {
  readonly name: string;
  /** The class, Keras's own where it takes the steps that the run took. */
  readonly base: string;
  readonly options: readonly string[];
}

function constructorOf(optimizer: OptimizerSettings): Constructor {
  const keras = (name: string, options: readonly string[]): Constructor => ({
    name,
    base: `keras.optimizers.${name}`,
    options,
  });
  switch (optimizer.kind) {
    case 'sgd':
      return keras('SGD', []);
    case 'momentum':
      return keras('SGD', [`momentum=${optimizer.momentum}`]);
    case 'nesterov':
      return keras('SGD', [`momentum=${optimizer.momentum}`, 'nesterov=True']);
    case 'adam':
    case 'adamw':
    case 'lamb': {
      const options = [`beta_1=${optimizer.beta1}`, `beta_2=${optimizer.beta2}`, `epsilon=${optimizer.epsilon}`];
      if (optimizer.kind === 'lamb') return { name: 'LAMB', base: 'LAMB', options };
      return keras(optimizer.kind === 'adam' ? 'Adam' : 'AdamW', options);
    }
    case 'rmsprop': {
      const { smoothing, epsilon, momentum } = optimizer;
      const options = [`rho=${smoothing}`, `epsilon=${epsilon}`, ...(momentum === 0 ? [] : [`momentum=${momentum}`])];
      return { name: 'RMSprop', base: 'RMSprop', options };
    }
    case 'lion':
      return keras('Lion', [`beta_1=${optimizer.beta1}`, `beta_2=${optimizer.beta2}`]);
    default:
      return assertNever(optimizer);
  }
}

/** Keras adds the small number below the root. */
const RMSPROP = `class RMSprop(keras.optimizers.RMSprop):
    """Gradients divided by their running size; the small number is added to the root, not below it."""

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        place = self._get_variable_index(variable)
        mean = self._velocities[place]
        self.assign(mean, self.rho * mean + (1 - self.rho) * ops.square(gradient))
        step = gradient / (ops.sqrt(mean) + self.epsilon)
        if self.momentum > 0:
            kept = self._momentums[place]
            self.assign(kept, self.momentum * kept + step)
            step = kept
        self.assign_sub(variable, rate * step)`;

/** Keras gives every weight its length, and lets it decay apart from that. */
function lambCode(decay: number): string {
  return `class LAMB(keras.optimizers.Adam):
    """Adam's step plus the decay, made as long as the weight's own norm (You et al. 2020)."""

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        count = ops.cast(self.iterations + 1, variable.dtype)
        place = self._get_variable_index(variable)
        first, second = self._momentums[place], self._velocities[place]
        self.assign(first, self.beta_1 * first + (1 - self.beta_1) * gradient)
        squared = ops.square(gradient)
        self.assign(second, self.beta_2 * second + (1 - self.beta_2) * squared)
        mean = first / (1 - ops.power(ops.cast(self.beta_1, variable.dtype), count))
        size = second / (1 - ops.power(ops.cast(self.beta_2, variable.dtype), count))
        step = mean / (ops.sqrt(size) + self.epsilon)
        if decays(variable):
            step = step + ${decay} * variable
            own, length = ops.norm(ops.ravel(variable)), ops.norm(ops.ravel(step))
            known = ops.logical_and(own > 0, length > 0)
            step = step * ops.where(known, own / ops.where(length > 0, length, 1.0), 1.0)
        self.assign_sub(variable, rate * step)`;
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
