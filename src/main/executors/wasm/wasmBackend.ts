import { findBackendFactory, getKernelsForBackend, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { WebAssemblyMemory } from './simd/webAssembly.ts';

/** TensorFlow.js's backend on WebAssembly, with what its types leave out. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    /** Views of the memory as it is now; there are others after it has grown. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    readonly HEAPF32: Float32Array;
    /** Throws where there is no room. */
    _malloc: (bytes: number) => number;
    readonly _free: (pointer: number) => void;
    readonly asm: { readonly memory: WebAssemblyMemory };
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
  refuseToRunOver(backend.wasm);
  for (const { setupFunc } of getKernelsForBackend('wasm')) setupFunc?.(backend);
  return backend;
}

/** Addresses of WebAssembly have 32 bits. */
const MOST_BYTES = 2 ** 32 - 2 ** 16;

/**
 * Where there is no room the allocator of the module returns 0, or less than was asked for when that has more than 32 bits; kernels
 * would then write over the module's own data.
 */
function refuseToRunOver(wasm: WasmBackend['wasm']): void {
  // The first call puts the real function in the place of the one that is there.
  wasm._free(wasm._malloc(4));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const pointer = bytes > MOST_BYTES ? 0 : allocate(bytes) >>> 0;
    if (pointer === 0) throw new Error(`out of memory: WebAssembly has no room for ${bytes} bytes more`);
    return pointer;
  };
}
