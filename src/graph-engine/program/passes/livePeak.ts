import { resolveDims } from '../dims.ts';
import type { Entry, Value } from '../program.ts';

/** Most bytes of values that are alive at once, and the instruction they are alive at. */
export interface LivePeak {
  readonly bytes: number;
  /** Document path of that instruction. */
  readonly origin: string;
}

/** Primitives whose result is their input's memory, read otherwise. */
const VIEWS: ReadonlySet<string> = new Set(['reshape', 'after']);

/**
 * The least memory that an entry can run in when its instructions run in order and every value is freed after its last use.
 * Variables are not counted: they are there anyway, and a read of one is no copy.
 */
export function livePeak(entry: Entry, batch: number): LivePeak {
  const last = lastUses(entry);
  const sizes = new Map(entry.inputs.map(({ value }) => [value.id, bytesOf(value, batch)]));
  let alive = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let peak: LivePeak = { bytes: alive, origin: '' };
  entry.instructions.forEach(({ primitive, inputs, outputs, origin }, at) => {
    if (!VIEWS.has(primitive) && primitive !== 'readVariable') {
      for (const output of outputs) {
        const bytes = bytesOf(output, batch);
        sizes.set(output.id, bytes);
        alive += bytes;
      }
    }
    if (alive > peak.bytes) peak = { bytes: alive, origin };
    for (const { id } of [...inputs, ...outputs]) {
      const memory = last.memoryOf(id);
      if (last.useOf(memory) > at) continue;
      alive -= sizes.get(memory) ?? 0;
      sizes.delete(memory);
    }
  });
  return peak;
}

/** By value, whose memory it is in, and by memory, which instruction uses it last. */
function lastUses({ instructions, outputs }: Entry) {
  const viewed = new Map<number, number>();
  const uses = new Map<number, number>();
  const memoryOf = (id: number): number => viewed.get(id) ?? id;
  instructions.forEach(({ primitive, inputs, outputs: made }, at) => {
    for (const { id } of inputs) uses.set(memoryOf(id), at);
    const [source] = inputs;
    const [view] = made;
    if (VIEWS.has(primitive) && source !== undefined && view !== undefined) viewed.set(view.id, memoryOf(source.id));
  });
  for (const { value } of outputs) uses.set(memoryOf(value.id), instructions.length);
  return { memoryOf, useOf: (memory: number): number => uses.get(memory) ?? -1 };
}

function bytesOf({ dims, dtype }: Value, batch: number): number {
  return resolveDims(dims, batch).reduce((product, dim) => product * dim, 1) * (dtype === 'bfloat16' ? 2 : 4);
}
