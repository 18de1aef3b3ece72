import { findBackendFactory, getKernelsForBackend, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { WebAssemblyMemory } from './simd/webAssembly.ts';

/** TensorFlow.js's backend on WebAssembly, with what its types leave out. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    /** Views of the memory as it is now; there are others after it has grown. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    readonly HEAPF32: Float32Array;
    readonly asm: { readonly memory: WebAssemblyMemory };
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  makeOutput(shape: readonly number[], dtype: 'float32' | 'int32'): TensorInfo;
  getMemoryOffset(dataId: object): number;
}

let opening: Promise<WasmBackend> | undefined;

/**
 * The backend, made once: its kernels keep functions of the module they were set up with last. It is none of those that
 * TensorFlow.js has chosen itself or been told to use, so nothing else in the process changes.
 */
export function openWasmBackend(): Promise<WasmBackend> {
  return (opening ??= create());
}

async function create(): Promise<WasmBackend> {
  const factory = findBackendFactory('wasm');
  if (factory === null) throw new Error('TensorFlow.js has no WebAssembly backend');
  const backend = (await factory()) as WasmBackend;
  for (const { setupFunc } of getKernelsForBackend('wasm')) setupFunc?.(backend);
  return backend;
}
