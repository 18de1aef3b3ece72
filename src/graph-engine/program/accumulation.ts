import type { Builder } from './builder.ts';
import type { Update } from './optimizers/update.ts';
import { slotOf } from './optimizers/slot.ts';
import type { Value, Variable } from './program.ts';

/**
 * Instead of a step: adds the gradients of a part of a batch to what the parts before it gave. `share` is the part's share of
 * the batch, so that in the end the sums are the gradients of the mean over the whole. Returns the variables that gather.
 */
export function appendGathering(builder: Builder, updates: readonly Update[], share: Value): readonly Variable[] {
  return builder.withOrigin('optimizer', () =>
    updates.map(({ variable, gradient }) => {
      const sum = gatheringOf(variable);
      builder.assign(sum, builder.add(builder.readVariable(sum), builder.multiply(gradient, share)));
      return sum;
    }),
  );
}

/** What has been gathered for these variables, as gradients of a step; afterwards the sums start from nothing. */
export function gathered(builder: Builder, variables: readonly Variable[]): readonly Update[] {
  return builder.withOrigin('optimizer', () =>
    variables.map((variable) => {
      const sum = gatheringOf(variable);
      const gradient = builder.readVariable(sum);
      builder.assign(sum, builder.broadcastTo(builder.scalar(0), sum.dims));
      return { variable, gradient };
    }),
  );
}

function gatheringOf(variable: Variable): Variable {
  return slotOf(variable, 'gathered');
}
