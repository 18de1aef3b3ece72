import { resolveDims } from '../dims.ts';
import { isNarrow } from '../narrowFloat.ts';
import type { Entry, Value } from '../program.ts';

/** Primitives whose result is their input's memory, read otherwise. */
export const views: ReadonlySet<string> = new Set(['reshape', 'after']);

export interface Lifetimes {
  /** The value whose memory a value is in: itself, but for views. */
  memoryOf(this: void, id: number): number;
  /** Index of the last instruction that uses a memory; the number of instructions for an output, -1 for what nobody uses. */
  lastUse(this: void, memory: number): number;
}

/** Whose memory each value of an entry is in, and how long it is needed. */
export function lifetimesOf({ instructions, outputs }: Entry): Lifetimes {
  const viewed = new Map<number, number>();
  const uses = new Map<number, number>();
  const memoryOf = (id: number): number => viewed.get(id) ?? id;
  instructions.forEach(({ primitive, inputs, outputs: made }, at) => {
    for (const { id } of inputs) uses.set(memoryOf(id), at);
    const [source] = inputs;
    const [view] = made;
    if (views.has(primitive) && source !== undefined && view !== undefined) viewed.set(view.id, memoryOf(source.id));
  });
  for (const { value } of outputs) uses.set(memoryOf(value.id), instructions.length);
  return { memoryOf, lastUse: (memory) => uses.get(memory) ?? -1 };
}

/** Bytes of a value for a batch. */
export function bytesOf({ dims, dtype }: Value, batch: number): number {
  const width = isNarrow(dtype) ? 2 : 4;
  return resolveDims(dims, batch).reduce((product, dim) => product * dim, 1) * width;
}
