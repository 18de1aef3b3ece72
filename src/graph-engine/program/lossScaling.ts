import type { GradientListener } from './autodiff.ts';
import type { Builder } from './builder.ts';
import { scalarSlot } from './optimizers/slot.ts';
import type { Update } from './optimizers/update.ts';
import type { Value, Variable } from './program.ts';

/*
 * Gradients of float16 vanish below 6e-8. So the loss is multiplied by a large number while it is differentiated, and what comes
 * out is divided by it. A step whose gradients are not finite is not taken, and the next ones are scaled less (Micikevicius et al.
 * 2018; the numbers are those of PyTorch's GradScaler).
 */
const INITIAL = 65536;
const GROWTH = 2;
const BACKOFF = 0.5;
/** Steps in a row that must have been finite before the scale grows. */
const PATIENCE = 2000;

const scaleVariable = scalarSlot('lossScale', INITIAL);
const finiteVariable = scalarSlot('finiteSteps', 0);

/** What the loss is multiplied by in this step. */
export function lossScaleIn(builder: Builder): Value {
  return builder.readVariable(scaleVariable);
}

/** The gradients of the loss from those of the loss times the scale. */
export function unscaled(builder: Builder, updates: readonly Update[]): readonly Update[] {
  return builder.withOrigin('optimizer', () => {
    const inverse = builder.divide(builder.scalar(1), lossScaleIn(builder));
    return updates.map(({ variable, gradient }) => ({ variable, gradient: builder.multiply(gradient, inverse) }));
  });
}

/** A listener that hears gradients of the loss while those of the loss times the scale are made. */
export function unscaledListener(builder: Builder, { onShare, onEnd }: GradientListener): GradientListener {
  const inverse = builder.divide(builder.scalar(1), lossScaleIn(builder));
  const plain = (gradient: Value): Value => builder.multiply(gradient, inverse);
  return {
    ...(onShare !== undefined && { onShare: (value, origin, share) => onShare(value, origin, plain(share)) }),
    ...(onEnd !== undefined && {
      onEnd: (gradientOf) => onEnd(new Map([...gradientOf].map(([id, gradient]) => [id, plain(gradient)]))),
    }),
  };
}

/** 1 where every gradient is finite, else 0. */
export function allFinite(builder: Builder, updates: readonly Update[]): Value {
  return builder.withOrigin('optimizer', () => {
    const [first, ...rest] = updates.map(({ gradient }) => {
      // So small that the squares of finite numbers cannot overflow.
      const small = builder.multiply(gradient, builder.scalar(2 ** -80));
      return builder.l2Loss(small);
    });
    if (first === undefined) return builder.scalar(1);
    const sum = rest.reduce((total, one) => builder.add(total, one), first);
    // What is infinite or not a number is not zero after it was taken from itself.
    return builder.equal(builder.subtract(sum, sum), builder.scalar(0));
  });
}

/** Moves the scale after a step that was `finite`, and returns the variables that it needs. */
export function moveLossScale(builder: Builder, finite: Value): readonly Variable[] {
  builder.withOrigin('optimizer', () => {
    const scale = lossScaleIn(builder);
    const count = builder.add(builder.readVariable(finiteVariable), builder.scalar(1));
    const grows = builder.greaterEqual(count, builder.scalar(PATIENCE));
    const grown = builder.select(grows, builder.multiply(scale, builder.scalar(GROWTH)), scale);
    builder.assign(scaleVariable, builder.select(finite, grown, builder.multiply(scale, builder.scalar(BACKOFF))));
    const counted = builder.select(grows, builder.scalar(0), count);
    builder.assign(finiteVariable, builder.select(finite, counted, builder.scalar(0)));
  });
  return [scaleVariable, finiteVariable];
}

/**
 * A builder whose effects do nothing unless `taken` is 1. Optimizers that are one effect are written out: a choice must stand
 * between what is new and what was, as a product with 0 would keep what is not a number.
 */
export function guardedBuilder(builder: Builder, taken: Value): Builder {
  /** What effects before this one have given a variable: decay comes before the step. */
  const given = new Map<string, Value>();
  const current = (variable: Variable): Value => given.get(variable.name) ?? builder.readVariable(variable);
  const assign: Builder['assign'] = (variable, value) => {
    given.set(variable.name, value);
    builder.assign(variable, builder.select(taken, value, builder.readVariable(variable)));
  };
  return {
    ...builder,
    assign,
    applyGradientDescent(variable, learningRate, gradient) {
      assign(variable, builder.subtract(current(variable), builder.multiply(learningRate, gradient)));
    },
    applyMomentum(variable, slot, learningRate, gradient, { momentum, nesterov }) {
      const moved = builder.add(builder.multiply(current(slot), builder.scalar(momentum)), gradient);
      const along = nesterov ? builder.add(gradient, builder.multiply(moved, builder.scalar(momentum))) : moved;
      assign(slot, moved);
      assign(variable, builder.subtract(current(variable), builder.multiply(learningRate, along)));
    },
    applyAdam(variable, slots, { learningRate, gradient, beta1Power, beta2Power }, { beta1, beta2, epsilon }) {
      const mix = (slot: Variable, value: Value, beta: number): Value =>
        builder.add(
          builder.multiply(current(slot), builder.scalar(beta)),
          builder.multiply(value, builder.scalar(1 - beta)),
        );
      const first = mix(slots.first, gradient, beta1);
      const second = mix(slots.second, builder.square(gradient), beta2);
      const one = builder.scalar(1);
      const rate = builder.divide(learningRate, builder.subtract(one, beta1Power));
      const correction = builder.sqrt(builder.subtract(one, beta2Power));
      const size = builder.add(builder.divide(builder.sqrt(second), correction), builder.scalar(epsilon));
      assign(slots.first, first);
      assign(slots.second, second);
      const step = builder.divide(builder.multiply(rate, first), size);
      assign(variable, builder.subtract(current(variable), step));
    },
  };
}
