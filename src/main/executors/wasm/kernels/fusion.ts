import type { TensorInfo } from '@tensorflow/tfjs-core';
import { broadcastDims } from '../../../../graph-engine/program/dims.ts';
import { throughSteps } from '../../../../graph-engine/program/primitives/elementwise.ts';
import { arithmeticKernels } from './arithmetic.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Fused chains, one function of the module after the other. */
export function fusionKernels(tools: WasmTools) {
  const kernels = arithmeticKernels(tools);
  return {
    fusedElementwise({ inputs, attributes: { steps } }) {
      return [
        throughSteps<TensorInfo>(steps, inputs, (primitive, operands) => {
          const dims = operands.map(({ shape }) => shape as readonly number[]).reduce(broadcastDims);
          const kernel = kernels[primitive] as (call: unknown) => readonly TensorInfo[];
          const [result] = kernel({ inputs: operands, outputShapes: [{ dims, dtype: 'float32' }] });
          if (result === undefined) throw new Error(`${primitive} has no result`);
          return result;
        }),
      ];
    },
  } satisfies WasmKernels;
}
