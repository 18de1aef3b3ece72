import type { DataId } from '@tensorflow/tfjs-core';
import type { OpenedBackend } from './webgpuBackend.ts';

/** Reads tensors back; all that is asked for before the device is set going comes in one piece. */
export interface DeviceReader {
  /** A copy of the values at this point of the queue. */
  read(id: DataId): Promise<ArrayBuffer>;
}

interface Wanted {
  readonly buffer: GPUBuffer;
  readonly size: number;
  readonly offset: number;
  readonly resolve: (bytes: ArrayBuffer) => void;
  readonly reject: (error: unknown) => void;
}

/** Where copies may begin. */
const ALIGNMENT = 8;

/** A reader with a buffer of its own that the processor can see. */
export function createReader(backend: OpenedBackend): DeviceReader {
  let wanted: Wanted[] = [];
  let length = 0;

  async function fetchAll(): Promise<void> {
    const [batch, size] = [wanted, length];
    wanted = [];
    length = 0;
    let staging: GPUBuffer | undefined;
    try {
      staging = backend.device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      for (const one of batch) backend.commandEncoder?.copyBufferToBuffer(one.buffer, 0, staging, one.offset, one.size);
      backend.submitQueue();
      await staging.mapAsync(GPUMapMode.READ);
      const mapped = staging.getMappedRange();
      for (const one of batch) one.resolve(mapped.slice(one.offset, one.offset + one.size));
      staging.unmap();
    } catch (error) {
      for (const one of batch) one.reject(error);
    } finally {
      staging?.destroy();
    }
  }

  return {
    read(id) {
      const { values } = backend.tensorMap.get(id);
      if (values !== null && values !== undefined) return Promise.resolve(values.slice().buffer);
      const buffer = backend.tensorMap.get(id).resource;
      if (buffer === null) return Promise.reject(new Error('The tensor is not on the device'));
      return new Promise((resolve, reject) => {
        if (wanted.length === 0) queueMicrotask(() => void fetchAll());
        wanted.push({ buffer, size: buffer.size, offset: length, resolve, reject });
        length += Math.ceil(buffer.size / ALIGNMENT) * ALIGNMENT;
      });
    },
  };
}
