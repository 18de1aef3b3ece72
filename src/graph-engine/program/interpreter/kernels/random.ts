import { randomUniform } from '../../../random/randomUniform.ts';
import type { Kernels } from '../kernel.ts';
import { at, sizeOfDims } from '../tensor.ts';

export const randomKernels = {
  randomUniform({ inputs: [seed], attributes: { stream }, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    randomUniform([at(seed.data, 0), at(seed.data, 1)], stream, y);
    return [y];
  },
} satisfies Kernels<'randomUniform'>;
