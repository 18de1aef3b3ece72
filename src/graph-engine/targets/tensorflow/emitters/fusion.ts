import { throughSteps } from '../../../program/primitives/elementwise.ts';
import type { EmitContext, Emitters, GraphTensor } from '../emitContext.ts';
import { activation } from './activation.ts';
import { arithmetic } from './arithmetic.ts';

const parts = { ...arithmetic, ...activation };

/** TensorFlow has no node that does what it is told element by element, so the steps are nodes again. */
export const fusion = {
  fusedElementwise: (c, inputs, { dims, steps }) => [
    throughSteps<GraphTensor>(steps, inputs, (primitive, operands) => {
      // Each step has the operands that its own instruction had.
      const emit = parts[primitive] as (c: EmitContext, operands: readonly GraphTensor[]) => readonly [string];
      return { ref: emit(c, operands)[0], dims, dtype: 'float32' };
    }).ref,
  ],
} satisfies Emitters<'fusedElementwise'>;
