import type { DataId } from '@tensorflow/tfjs-core';
import { submit, type OpenedBackend } from './webgpuBackend.ts';

/** Reads tensors back; what is asked for at once, or before `settle`, comes together. */
export interface DeviceReader {
  /** A copy of the values at this point of the queue. */
  read(id: DataId, later?: 'later'): Promise<ArrayBuffer>;
  /** Has what was asked for come. */
  settle(): void;
}

interface Wanted {
  readonly size: number;
  readonly offset: number;
  readonly resolve: (bytes: ArrayBuffer) => void;
  readonly reject: (error: unknown) => void;
}

/** Memory that the processor can see, filled from its begin. */
interface Room {
  readonly buffer: GPUBuffer;
  used: number;
  readonly wanted: Wanted[];
}

/** Where copies may begin. */
const ALIGNMENT = 8;
/** Small values share a room of this many bytes. */
const ROOM = 65_536;
/** Rooms of that size that are kept for the next values. */
const SPARE_ROOMS = 4;

/** A reader with memory of its own that the processor can see. */
export function createReader(backend: OpenedBackend): DeviceReader {
  const spare: GPUBuffer[] = [];
  let rooms: Room[] = [];
  let isDue = false;

  /** With room for `size` bytes, a multiple of the alignment. */
  function roomFor(size: number): Room {
    const last = rooms.at(-1);
    if (last !== undefined && last.used + size <= last.buffer.size) return last;
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const kept = size <= ROOM ? spare.pop() : undefined;
    const buffer = kept ?? backend.device.createBuffer({ size: Math.max(ROOM, size), usage });
    const room = { buffer, used: 0, wanted: [] };
    rooms.push(room);
    return room;
  }

  async function fetchAll(): Promise<void> {
    const filled = rooms;
    rooms = [];
    isDue = false;
    if (filled.length === 0) return;
    submit(backend);
    await Promise.all(filled.map(fetchRoom));
  }

  async function fetchRoom({ buffer, used, wanted }: Room): Promise<void> {
    try {
      await buffer.mapAsync(GPUMapMode.READ, 0, used);
      const mapped = buffer.getMappedRange(0, used);
      for (const one of wanted) one.resolve(mapped.slice(one.offset, one.offset + one.size));
      buffer.unmap();
      if (buffer.size === ROOM && spare.length < SPARE_ROOMS) spare.push(buffer);
      else buffer.destroy();
    } catch (error) {
      for (const one of wanted) one.reject(error);
      buffer.destroy();
    }
  }

  return {
    async read(id, later) {
      const { values, resource } = backend.tensorMap.get(id);
      if (values !== null && values !== undefined) return values.slice().buffer;
      if (resource === null) throw new Error('The tensor is not on the device');
      const { size } = resource;
      const aligned = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
      const room = roomFor(aligned);
      const offset = room.used;
      room.used += aligned;
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.commandEncoder?.copyBufferToBuffer(resource, 0, room.buffer, offset, size);
      if (later === undefined && !isDue) {
        isDue = true;
        queueMicrotask(() => void fetchAll());
      }
      return new Promise((resolve, reject) => {
        room.wanted.push({ size, offset, resolve, reject });
      });
    },
    settle: () => void fetchAll(),
  };
}
