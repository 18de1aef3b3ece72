import { formatDims, hasBatch } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { definePrimitive, demand, type TensorSpec } from './definePrimitive.ts';

/**
 * Uniform numbers in [0, 1) from the counter-based generator of `random/philox.ts`, a pure function of the seed pair, the
 * stream and the position. The optional second input only says how long the batch is at run time.
 */
export const randomUniform = definePrimitive({
  name: 'randomUniform',
  infer(
    [seed, like]: readonly [seed: Value, ...like: Value[]],
    attributes: { readonly dims: Dims; readonly stream: number },
  ): readonly [TensorSpec] {
    demand(
      seed.dtype === 'int32' && seed.dims.length === 1 && seed.dims[0] === 2,
      `a seed is int32 [2], got ${seed.dtype} ${formatDims(seed.dims)}`,
    );
    demand(
      !hasBatch(attributes.dims) || like?.dims[0] === attributes.dims[0],
      `a second input must have the batch of ${formatDims(attributes.dims)}`,
    );
    demand(Number.isInteger(attributes.stream) && attributes.stream >= 0, `stream ${attributes.stream}`);
    return [{ dims: attributes.dims, dtype: 'float32' }];
  },
  stopsGradient: true,
});
