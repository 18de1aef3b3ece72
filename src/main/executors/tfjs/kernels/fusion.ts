import type { TensorInfo } from '@tensorflow/tfjs-core';
import { throughSteps } from '../../../../graph-engine/program/primitives/elementwise.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';
import { activationKernels } from './activation.ts';
import { arithmeticKernels } from './arithmetic.ts';

/** Fused chains step by step; a backend that can make a kernel of its own for a chain overrides this. */
export function fusionKernels(device: TfjsDevice) {
  const kernels = { ...arithmeticKernels(device), ...activationKernels(device) };
  return {
    fusedElementwise({ inputs, attributes: { steps }, outputShapes }) {
      return [
        throughSteps<TensorInfo>(steps, inputs, (primitive, operands) => {
          // Each step has the operands that its own instruction had.
          const kernel = kernels[primitive] as (call: unknown) => readonly TensorInfo[];
          const [result] = kernel({ inputs: operands, outputShapes });
          if (result === undefined) throw new Error(`${primitive} has no result`);
          return result;
        }),
      ];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
