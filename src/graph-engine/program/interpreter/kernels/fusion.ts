import { throughSteps } from '../../primitives/elementwise.ts';
import type { Kernels } from '../kernel.ts';
import { sizeOfDims, type Doubles } from '../tensor.ts';
import { activationKernels } from './activation.ts';
import { arithmeticKernels, spread } from './arithmetic.ts';

const kernels = { ...arithmeticKernels, ...activationKernels };

export const fusionKernels = {
  fusedElementwise({ inputs, attributes: { steps }, outputDims: [dims] }) {
    const wide = inputs.map((input): Doubles => ({ dims, data: spread(input, dims) }));
    const result = throughSteps(steps, wide, (primitive, operands): Doubles => {
      // Each step has the operands that its own instruction had.
      const kernel = kernels[primitive] as (context: unknown) => readonly Float64Array[];
      const [data = new Float64Array(sizeOfDims(dims))] = kernel({
        inputs: operands,
        attributes: {},
        outputDims: [dims],
      });
      return { dims, data };
    });
    return [result.data];
  },
} satisfies Kernels<'fusedElementwise'>;
