import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import { scalarSlot, slotOf } from './slot.ts';
import type { Update } from './update.ts';

/**
 * LAMB (You et al. 2020): Adam's step plus the decay, made as long as the variable's own norm. What is spared from decay takes
 * Adam's step as it is, as the authors' code does for biases and norms.
 */
export function lamb(
  builder: Builder,
  updates: readonly Update[],
  learningRate: Value,
  settings: { readonly beta1: number; readonly beta2: number; readonly epsilon: number; readonly weightDecay: number },
  decays: (variable: Variable) => boolean,
): readonly Variable[] {
  const { beta1, beta2, epsilon, weightDecay } = settings;
  const powers = [scalarSlot('beta1Power', beta1), scalarSlot('beta2Power', beta2)] as const;
  const [beta1Power, beta2Power] = [builder.readVariable(powers[0]), builder.readVariable(powers[1])];
  const one = builder.scalar(1);
  const unbias = [builder.subtract(one, beta1Power), builder.sqrt(builder.subtract(one, beta2Power))] as const;
  const slots = updates.flatMap(({ variable, gradient }) => {
    const [first, second] = [slotOf(variable, 'first'), slotOf(variable, 'second')];
    const newFirst = blend(builder, builder.readVariable(first), gradient, beta1);
    const newSecond = blend(builder, builder.readVariable(second), builder.square(gradient), beta2);
    builder.assign(first, newFirst);
    builder.assign(second, newSecond);
    const size = builder.add(builder.divide(builder.sqrt(newSecond), unbias[1]), builder.scalar(epsilon));
    const adam = builder.divide(builder.divide(newFirst, unbias[0]), size);
    builder.applyGradientDescent(
      variable,
      learningRate,
      decays(variable) ? trusted(builder, builder.readVariable(variable), adam, weightDecay) : adam,
    );
    return [first, second];
  });
  builder.assign(powers[0], builder.multiply(beta1Power, builder.scalar(beta1)));
  builder.assign(powers[1], builder.multiply(beta2Power, builder.scalar(beta2)));
  return [...powers, ...slots];
}

/** The step with decay, times the weight's norm over its own; times 1 where either norm is 0. */
function trusted(builder: Builder, weight: Value, adam: Value, weightDecay: number): Value {
  const step = builder.add(adam, builder.multiply(weight, builder.scalar(weightDecay)));
  const [weightNorm, stepNorm] = [norm(builder, weight), norm(builder, step)];
  const zero = builder.scalar(0);
  const both = builder.multiply(builder.greater(weightNorm, zero), builder.greater(stepNorm, zero));
  // 0 / 0 must not come up even where it is not chosen.
  const divisor = builder.select(builder.greater(stepNorm, zero), stepNorm, builder.scalar(1));
  const ratio = builder.select(builder.greater(both, zero), builder.divide(weightNorm, divisor), builder.scalar(1));
  return builder.multiply(step, ratio);
}

function blend(builder: Builder, mean: Value, value: Value, share: number): Value {
  return builder.add(builder.multiply(mean, builder.scalar(share)), builder.multiply(value, builder.scalar(1 - share)));
}

function norm(builder: Builder, x: Value): Value {
  return builder.sqrt(
    builder.reduceSum(
      builder.square(x),
      x.dims.map((_, axis) => axis),
    ),
  );
}
