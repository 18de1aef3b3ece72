import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TrainingPart } from './trainingPart.ts';

/** Steps between two looks at the heap, and by how many bytes it may grow before it is cleared. */
const LOOK_EVERY = 500;
const ROOM = 24e6;

/**
 * Clears JavaScript's heap when it has grown. About a kilobyte of each step outlives V8's quick collections, and V8 sees no hurry
 * to look for it: a long run of small steps would seem to leak. A collection takes some 25 ms and is due every ten thousand
 * steps or so.
 */
export function heapPart(collect = garbageCollector()): TrainingPart {
  let cleared = 0;
  return {
    name: 'heap',
    afterStep({ step }) {
      if (step % LOOK_EVERY !== 0) return;
      if (cleared !== 0 && getHeapStatistics().used_heap_size < cleared + ROOM) return;
      collect();
      cleared = getHeapStatistics().used_heap_size;
    },
  };
}

/** Node hands its collector out to a context that is made when V8 was told to. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('typeof gc === "function" ? gc : undefined') as (() => void) | undefined;
  setFlagsFromString('--no-expose-gc');
  return found ?? (() => undefined);
}
