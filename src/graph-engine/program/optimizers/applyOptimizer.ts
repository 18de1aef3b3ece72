import { assertNever } from '../../core/diagnostic.ts';
import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import { adam } from './adam.ts';
import { gradientDescent } from './gradientDescent.ts';
import { lamb } from './lamb.ts';
import { lion } from './lion.ts';
import { momentum } from './momentum.ts';
import { rmsprop } from './rmsprop.ts';
import type { OptimizerSettings } from './settings.ts';
import type { Update } from './update.ts';
import { decayedGradient, isDecayed, shrink } from './weightDecay.ts';

/**
 * Appends one step of an optimizer: effects that move each variable against its gradient, in float32 by PyTorch's rules.
 * Returns the slot variables the step needs. `decays` says which variables weight decay pulls on; by default all but
 * vectors, which are biases and the scales and offsets of norms.
 */
export function applyOptimizer(
  builder: Builder,
  settings: OptimizerSettings,
  updates: readonly Update[],
  learningRate: Value,
  decays: (variable: Variable) => boolean = isDecayed,
): readonly Variable[] {
  const { weightDecay } = settings;
  const coupled = (): readonly Update[] =>
    weightDecay === 0
      ? updates
      : updates.map((update) => (decays(update.variable) ? decayedGradient(builder, update, weightDecay) : update));
  const shrunk = (): readonly Update[] => {
    shrink(
      builder,
      weightDecay === 0 ? [] : updates.filter(({ variable }) => decays(variable)),
      learningRate,
      weightDecay,
    );
    return updates;
  };

  switch (settings.kind) {
    case 'sgd':
      return gradientDescent(builder, coupled(), learningRate);
    case 'momentum':
    case 'nesterov':
      return momentum(builder, coupled(), learningRate, {
        momentum: settings.momentum,
        nesterov: settings.kind === 'nesterov',
      });
    case 'adam':
      return adam(builder, coupled(), learningRate, settings);
    case 'adamw':
      return adam(builder, shrunk(), learningRate, settings);
    case 'rmsprop':
      return rmsprop(builder, coupled(), learningRate, settings);
    case 'lamb':
      return lamb(builder, updates, learningRate, settings, decays);
    case 'lion':
      return lion(builder, shrunk(), learningRate, settings);
    default:
      return assertNever(settings);
  }
}
