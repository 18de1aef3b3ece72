import type { PrimitiveName } from '../../primitives/index.ts';
import type { Kernels } from '../kernel.ts';
import { activationKernels } from './activation.ts';
import { arithmeticKernels } from './arithmetic.ts';
import { arrangementKernels } from './arrangement.ts';
import { convolutionKernels } from './convolution.ts';
import { fusionKernels } from './fusion.ts';
import { lossKernels } from './loss.ts';
import { matrixKernels } from './matrix.ts';
import { normalizationKernels } from './normalization.ts';
import { poolingKernels } from './pooling.ts';
import { randomKernels } from './random.ts';
import { reductionKernels } from './reduction.ts';
import { resizingKernels } from './resizing.ts';
import { stateKernels } from './state.ts';

/** The interpreter's kernel of every primitive. */
export const kernels: Kernels<PrimitiveName> = {
  ...activationKernels,
  ...arithmeticKernels,
  ...arrangementKernels,
  ...convolutionKernels,
  ...fusionKernels,
  ...lossKernels,
  ...matrixKernels,
  ...normalizationKernels,
  ...poolingKernels,
  ...randomKernels,
  ...reductionKernels,
  ...resizingKernels,
  ...stateKernels,
};
