import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorShape } from '../interpreted/interpretedEngine.ts';
import { tfjsType, type TfjsDevice } from '../tfjs/tfjsDevice.ts';
import type { Pointer } from './simd/functions.ts';
import type { WasmBackend } from './wasmBackend.ts';

/** The memory of TensorFlow.js's module, where our own module works on the tensors of both. */
export interface WasmMemory {
  /** Where a tensor lies. */
  at(tensor: TensorInfo): Pointer;
  /** A tensor that nothing is written to yet. */
  make(shape: TensorShape): TensorInfo;
  /** Room for a function to work in until the next one asks, 16 bytes aligned. */
  scratch(bytes: number): Pointer;
  /** The float at an element of a tensor. */
  float(tensor: TensorInfo, element?: number): number;
  /** The elements of an int32 tensor, as a view that is good until memory is asked for. */
  integers(tensor: TensorInfo): Int32Array;
  /** The elements of a float32 tensor, as a view that is good until memory is asked for. */
  floats(tensor: TensorInfo): Float32Array;
  /** The tensor itself where nobody else holds its memory, else a copy that may be written to; whoever asked owns that. */
  writable(tensor: TensorInfo): TensorInfo;
}

const ALIGNMENT = 16;

/** Access to the tensors of a backend. */
export function createWasmMemory(backend: WasmBackend, device: TfjsDevice): WasmMemory {
  const { wasm } = backend;
  let room = { pointer: 0, bytes: 0 };

  function at({ dataId }: TensorInfo): Pointer {
    return backend.getMemoryOffset(dataId);
  }

  function allocate(shape: readonly number[], dtype: 'float32' | 'int32'): TensorInfo {
    return backend.makeOutput([...shape], dtype);
  }

  return {
    at,
    make: ({ dims, dtype }) => device.track(allocate(dims, tfjsType(dtype))),
    scratch(bytes) {
      if (bytes > room.bytes) {
        if (room.pointer !== 0) wasm._free(room.pointer);
        room = { pointer: 0, bytes: 0 };
        room = { pointer: wasm._malloc(bytes + ALIGNMENT), bytes };
      }
      return Math.ceil(room.pointer / ALIGNMENT) * ALIGNMENT;
    },
    float: (tensor, element = 0) => wasm.HEAPF32[at(tensor) / 4 + element] ?? Number.NaN,
    integers: (tensor) => new Int32Array(wasm.HEAPU8.buffer, at(tensor), sizeOf(tensor.shape)),
    floats: (tensor) => new Float32Array(wasm.HEAPU8.buffer, at(tensor), sizeOf(tensor.shape)),
    writable(tensor) {
      if (backend.refCount(tensor.dataId) === 1) return tensor;
      const copy = allocate(tensor.shape, tensor.dtype === 'int32' ? 'int32' : 'float32');
      const from = at(tensor);
      wasm.HEAPU8.copyWithin(at(copy), from, from + 4 * sizeOf(tensor.shape));
      return copy;
    },
  };
}

/** Number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
