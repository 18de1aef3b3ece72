import { createBuilder } from './builder.ts';
import { scalarSlot } from './optimizers/slot.ts';
import type { Entry, Variable } from './program.ts';

const PREFIX = 'average/';

/** The variable that holds the running average of another one. */
export function averageOf(variable: Variable): Variable {
  const name = `${PREFIX}${variable.name}`;
  return { ...variable, name, initializer: { kind: 'zeros' }, role: 'slot', trainable: false, origin: '' };
}

/**
 * An entry to run after each step: moves the running averages of weights and statistics by
 * `average = decay * average + (1 - decay) * value`, the first time onto the values themselves, as PyTorch's `AveragedModel`.
 */
export function averagingEntry(
  name: string,
  variables: readonly Variable[],
  decay: number,
): { readonly entry: Entry; readonly slots: readonly Variable[] } {
  const builder = createBuilder(name);
  const started = scalarSlot('averaging', 0);
  const averages = variables.map(averageOf);
  builder.withOrigin('optimizer', () => {
    const begun = builder.readVariable(started);
    const kept = builder.multiply(begun, builder.scalar(decay));
    const moved = builder.subtract(builder.scalar(1), kept);
    variables.forEach((variable, i) => {
      const average = averages[i];
      if (average === undefined) return;
      const old = builder.multiply(builder.readVariable(average), kept);
      builder.assign(average, builder.add(old, builder.multiply(builder.readVariable(variable), moved)));
    });
    builder.assign(started, builder.scalar(1));
    builder.output('averaging', begun);
  });
  return { entry: builder.entry(), slots: [started, ...averages] };
}
