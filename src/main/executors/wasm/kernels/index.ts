import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { arithmeticKernels } from './arithmetic.ts';
import { arrangementKernels } from './arrangement.ts';
import { convolutionKernels } from './convolution.ts';
import { fusionKernels } from './fusion.ts';
import { matrixKernels } from './matrix.ts';
import { normalizationKernels } from './normalization.ts';
import { poolingKernels } from './pooling.ts';
import { reductionKernels } from './reduction.ts';
import { stateKernels } from './state.ts';
import type { WasmTools } from './wasmTools.ts';

/** Every primitive on WebAssembly. */
export function wasmKernels(tools: WasmTools): Kernels<TensorInfo> {
  return {
    ...arithmeticKernels(tools),
    ...arrangementKernels(tools),
    ...convolutionKernels(tools),
    ...fusionKernels(tools),
    ...matrixKernels(tools),
    ...normalizationKernels(tools),
    ...poolingKernels(tools),
    ...reductionKernels(tools),
    ...stateKernels(tools),
  };
}
