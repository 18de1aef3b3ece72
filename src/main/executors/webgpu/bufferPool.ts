/** Buffers of a device, those that are let go of for the next that asks for the same; the backend of TensorFlow.js calls it its manager. */
export interface BufferPool {
  readonly numBytesUsed: number;
  /** With those that are kept for the next. */
  readonly numBytesAllocated: number;
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  /**
   * Has what is acquired while `work` goes on watched; those of it that are free afterwards are taken out, for the caller to keep.
   * `given`: whether the processor gave values to any.
   */
  keepAcquiredIn(work: () => void): { readonly kept: GPUBuffer[]; readonly given: boolean };
  /** Gives back what was kept. */
  giveBack(kept: readonly GPUBuffer[]): void;
  getNumUsedBuffers(): number;
  getNumFreeBuffers(): number;
  dispose(): void;
}

/** A pool for a device. What was let go of last is given out first, so that the same calls get the same buffers. */
export function createBufferPool(device: GPUDevice): BufferPool {
  const free = new Map<string, GPUBuffer[]>();
  const used = new Set<GPUBuffer>();
  const kept = new Set<GPUBuffer>();
  let watched: Set<GPUBuffer> | undefined;
  let given = false;
  let [bytesUsed, bytesAllocated] = [0, 0];
  const keyOf = ({ size, usage }: { readonly size: number; readonly usage: number }): string => `${size} ${usage}`;

  function freeOf(buffer: { readonly size: number; readonly usage: number }): GPUBuffer[] {
    const key = keyOf(buffer);
    let list = free.get(key);
    if (list === undefined) free.set(key, (list = []));
    return list;
  }

  function* everyFree(): Generator<GPUBuffer> {
    for (const list of free.values()) yield* list;
  }

  return {
    get numBytesUsed() {
      return bytesUsed;
    },
    get numBytesAllocated() {
      return bytesAllocated;
    },
    acquireBuffer(size, usage, mappedAtCreation = false, reuse = true) {
      let buffer = reuse ? freeOf({ size, usage }).pop() : undefined;
      if (buffer === undefined) {
        buffer = device.createBuffer({ size, usage, mappedAtCreation });
        bytesAllocated += size;
      }
      used.add(buffer);
      watched?.add(buffer);
      given ||= mappedAtCreation;
      bytesUsed += size;
      return buffer;
    },
    releaseBuffer(buffer, reuse = true) {
      // After `dispose` nothing is there to be released.
      if (!used.delete(buffer)) return;
      bytesUsed -= buffer.size;
      if (reuse) freeOf(buffer).push(buffer);
      else {
        bytesAllocated -= buffer.size;
        buffer.destroy();
      }
    },
    keepAcquiredIn(work) {
      const seen = new Set<GPUBuffer>();
      [watched, given] = [seen, false];
      try {
        work();
      } finally {
        watched = undefined;
      }
      const taken: GPUBuffer[] = [];
      for (const [key, list] of free) {
        taken.push(...list.filter((buffer) => seen.has(buffer)));
        free.set(
          key,
          list.filter((buffer) => !seen.has(buffer)),
        );
      }
      for (const buffer of taken) kept.add(buffer);
      return { kept: taken, given };
    },
    giveBack(buffers) {
      for (const buffer of buffers) if (kept.delete(buffer)) freeOf(buffer).push(buffer);
    },
    getNumUsedBuffers: () => used.size,
    getNumFreeBuffers: () => [...everyFree()].length,
    dispose() {
      for (const buffer of [...everyFree(), ...used, ...kept]) buffer.destroy();
      free.clear();
      used.clear();
      kept.clear();
      [bytesUsed, bytesAllocated] = [0, 0];
    },
  };
}
