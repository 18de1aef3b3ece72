import type { Entry } from '../program.ts';
import { bytesOf, lifetimesOf, views } from './lifetimes.ts';

/** Most bytes of values that are alive at once, and the instruction they are alive at. */
export interface LivePeak {
  readonly bytes: number;
  /** Document path of that instruction. */
  readonly origin: string;
}

/**
 * The least memory that an entry can run in when its instructions run in order and every value is freed after its last use.
 * Variables are not counted: they are there anyway, and a read of one is no copy.
 */
export function livePeak(entry: Entry, batch: number): LivePeak {
  const { memoryOf, lastUse } = lifetimesOf(entry);
  const sizes = new Map(entry.inputs.map(({ value }) => [value.id, bytesOf(value, batch)]));
  let alive = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let peak: LivePeak = { bytes: alive, origin: '' };
  entry.instructions.forEach(({ primitive, inputs, outputs, origin }, at) => {
    if (!views.has(primitive) && primitive !== 'readVariable') {
      for (const output of outputs) {
        const bytes = bytesOf(output, batch);
        sizes.set(output.id, bytes);
        alive += bytes;
      }
    }
    if (alive > peak.bytes) peak = { bytes: alive, origin };
    for (const { id } of [...inputs, ...outputs]) {
      const memory = memoryOf(id);
      if (lastUse(memory) > at) continue;
      alive -= sizes.get(memory) ?? 0;
      sizes.delete(memory);
    }
  });
  return peak;
}
