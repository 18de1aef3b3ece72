import { broadcastDims, formatDims, sameDims } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { definePrimitive, demand, type TensorSpec } from './definePrimitive.ts';

/**
 * Several elementwise primitives as one, so that what lies between them is never in memory. Inputs broadcast to `dims`;
 * `steps` says what is done with each element, see `elementwiseSteps`. Made by the pass `fuseElementwise` after differentiation.
 */
export const fusedElementwise = definePrimitive({
  name: 'fusedElementwise',
  infer(inputs: readonly Value[], { dims }: { readonly dims: Dims; readonly steps: string }): readonly [TensorSpec] {
    for (const input of inputs) {
      demand(input.dtype === 'float32', `only float32 is fused, got ${input.dtype}`);
      demand(
        sameDims(broadcastDims(input.dims, dims), dims),
        `${formatDims(input.dims)} is wider than ${formatDims(dims)}`,
      );
    }
    return [{ dims, dtype: 'float32' }];
  },
});
