import type { TfjsDevice } from '../tfjsDevice.ts';
import { activationKernels } from './activation.ts';
import { arithmeticKernels } from './arithmetic.ts';
import { arrangementKernels } from './arrangement.ts';
import { fusionKernels } from './fusion.ts';
import { lossKernels } from './loss.ts';
import { matrixKernels } from './matrix.ts';
import { reductionKernels } from './reduction.ts';
import { stateKernels } from './state.ts';

/**
 * The primitives that the stock kernels of every backend of TensorFlow.js compute rightly. An engine spreads this table, adds what
 * is not in it (convolutions, pools, normalization, random numbers, ...) and overrides what is slow on its backend.
 */
export function tfjsKernels(device: TfjsDevice) {
  return {
    ...activationKernels(device),
    ...arithmeticKernels(device),
    ...arrangementKernels(device),
    ...fusionKernels(device),
    ...lossKernels(device),
    ...matrixKernels(device),
    ...reductionKernels(device),
    ...stateKernels(device),
  };
}
