import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { tfjsKernels } from '../../tfjs/kernels/index.ts';
import type { TfjsDevice } from '../../tfjs/tfjsDevice.ts';
import type { SimdFunctions } from '../simd/functions.ts';
import type { WasmMemory } from '../wasmMemory.ts';

/** What the kernels of a family are made of. */
export interface WasmTools {
  readonly device: TfjsDevice;
  readonly memory: WasmMemory;
  readonly simd: SimdFunctions;
  /** The kernels of TensorFlow.js, for what our own module does not do. */
  readonly stock: ReturnType<typeof tfjsKernels>;
}

export type WasmKernels = Partial<Kernels<TensorInfo>>;
