import type { DataId } from '@tensorflow/tfjs-core';
import type { OpenedBackend } from './webgpuBackend.ts';

/** Reads tensors back; all that is asked for at once, or before `settle`, comes in one piece. */
export interface DeviceReader {
  /** A copy of the values; of a tensor that is read `later` nothing may change until then. */
  read(id: DataId, later?: 'later'): Promise<ArrayBuffer>;
  /** Has what was asked for come. */
  settle(): void;
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
  let isDue = false;

  async function fetchAll(): Promise<void> {
    const [batch, size] = [wanted, length];
    wanted = [];
    length = 0;
    isDue = false;
    if (batch.length === 0) return;
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
    read(id, later) {
      const { values } = backend.tensorMap.get(id);
      if (values !== null && values !== undefined) return Promise.resolve(values.slice().buffer);
      const buffer = backend.tensorMap.get(id).resource;
      if (buffer === null) return Promise.reject(new Error('The tensor is not on the device'));
      return new Promise((resolve, reject) => {
        if (later === undefined && !isDue) {
          isDue = true;
          queueMicrotask(() => void fetchAll());
        }
        wanted.push({ buffer, size: buffer.size, offset: length, resolve, reject });
        length += Math.ceil(buffer.size / ALIGNMENT) * ALIGNMENT;
      });
    },
    settle: () => void fetchAll(),
  };
}
