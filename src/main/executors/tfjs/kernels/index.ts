import type { TfjsDevice } from '../tfjsDevice.ts';
import { activationKernels } from './activation.ts';
import { arithmeticKernels } from './arithmetic.ts';
import { arrangementKernels } from './arrangement.ts';
import { fusionKernels } from './fusion.ts';
import { reductionKernels } from './reduction.ts';

/**
 * The primitives that the stock kernels of every backend of TensorFlow.js compute rightly. An engine spreads this table, adds what
 * is not in it (products, convolutions, normalization, random numbers, ...) and overrides what is slow on its backend.
 */
export function tfjsKernels(device: TfjsDevice) {
  return {
    ...activationKernels(device),
    ...arithmeticKernels(device),
    ...arrangementKernels(device),
    ...fusionKernels(device),
    ...reductionKernels(device),
  };
}
