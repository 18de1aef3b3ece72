import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from '../executors/collectGarbage.ts';
import type { TrainingPart } from './trainingPart.ts';

/** Steps between two looks at the heap, and by how many bytes it may grow before it is cleared. */
const LOOK_EVERY = 500;
const ROOM = 24e6;

/**
 * Clears JavaScript's heap when it has grown. About a kilobyte of each step outlives V8's quick collections, and V8 sees no hurry
 * to look for it: a long run of small steps would seem to leak. A collection takes some 25 ms and is due every ten thousand
 * steps or so.
 */
export function heapPart(): TrainingPart {
  let cleared = 0;
  return {
    name: 'heap',
    afterStep({ step }) {
      if (step % LOOK_EVERY !== 0) return;
      if (cleared !== 0 && getHeapStatistics().used_heap_size < cleared + ROOM) return;
      collectGarbage();
      cleared = getHeapStatistics().used_heap_size;
    },
  };
}
