import { env, type DataId, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { createBufferPool, type BufferPool } from './bufferPool.ts';

/** What TensorFlow.js keeps of a tensor. */
interface DeviceTensor {
  /** On the device; `null` as long as nothing has asked for it there. */
  readonly resource: GPUBuffer | null;
  /** As it was given, until it is on the device. */
  readonly values: Float32Array | Int32Array | null;
}

/**
 * TensorFlow.js's backend on WebGPU, with what its types call private: kernels of ours record into the same command buffer as its
 * own, on the same buffers. The version is pinned for that.
 */
export interface OpenedBackend extends KernelBackend {
  readonly device: GPUDevice;
  readonly tensorMap: { get(id: DataId): DeviceTensor; delete(id: DataId): void };
  bufferManager: BufferPool;
  /** Tensors that commands not sent yet use, and what is let go of when they are sent. */
  commandQueueOwnedIds: WeakSet<DataId>;
  readonly tensorDataPendingDisposal: DataId[];
  readonly uniformPendingDisposal: GPUBuffer[];
  readonly stagingPendingDisposal: GPUBuffer[];
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  makeTensorInfo(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
  uploadToGPU(id: DataId): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue: () => void;
  releaseResource(id: DataId): void;
}

/** Dispatches that are sent to the device at once: fewer keep it waiting, more keep it idle at the start. */
export const DISPATCHES_PER_SUBMIT = 64;

/** A backend on a device of ours; several may live in one process. */
export function createWebgpuBackend(device: GPUDevice, info: GPUAdapterInfo): OpenedBackend {
  env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', DISPATCHES_PER_SUBMIT);
  // Small tensors too are computed where they are: a step must not come out otherwise because a batch is small.
  env().set('WEBGPU_CPU_FORWARD', false);
  const backend = new WebGPUBackend(device, info) as unknown as OpenedBackend;
  backend.bufferManager = createBufferPool(device);
  return backend;
}

/** Sends what has been told to the device. */
export function submit(backend: OpenedBackend): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder !== null) backend.submitQueue();
}
