import { sameDims } from '../dims.ts';
import { isElementwise } from '../primitives/elementwise.ts';
import type { Entry, Instruction } from '../program.ts';
import { bytesOf, lifetimesOf, views } from './lifetimes.ts';

/** Where each value of an entry lies in one block of memory. */
export interface MemoryPlan {
  /** Size of the block. */
  readonly bytes: number;
  /** Byte offset by value; a view has that of its source, and what is not the entry's to place (a variable) has none. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Values that are written over an input that nobody reads afterwards. */
  readonly inPlace: number;
}

interface Memory {
  readonly bytes: number;
  readonly begin: number;
  end: number;
  offset: number;
}

/** What is there before the entry runs. */
const KEPT: ReadonlySet<string> = new Set(['readVariable', 'readUpdatedVariable', 'constant']);
/** Offsets are multiples of this, as vector loads like them. */
const ALIGNMENT = 64;

/**
 * Places every value of an entry in one block, for instructions that run in order: what is elementwise is written over an
 * input that ends with it, and the rest is placed largest first, each at the lowest offset that is free for as long as it
 * lives ("greedy by size", Pisarchyk and Lee 2020). Compare `bytes` with `livePeak`, which no plan can beat but by writing in
 * place.
 */
export function planMemory(entry: Entry, batch: number): MemoryPlan {
  const { memoryOf, lastUse } = lifetimesOf(entry);
  const memories = new Map<number, Memory>();
  /** By the memory of a value, the block that it shares with what it is written over. */
  const blockOf = new Map<number, number>();
  let inPlace = 0;
  const place = (id: number, bytes: number, begin: number): void => {
    if (bytes > 0) memories.set(id, { bytes, begin, end: Math.max(begin, lastUse(id)), offset: 0 });
    blockOf.set(id, id);
  };
  for (const { value } of entry.inputs) place(value.id, bytesOf(value, batch), -1);
  entry.instructions.forEach((instruction, at) => {
    const { primitive, outputs } = instruction;
    if (views.has(primitive) || KEPT.has(primitive)) return;
    const [output] = outputs;
    const over = output && overwritten(instruction, (id) => lastUse(memoryOf(id)) === at && blockOf.has(memoryOf(id)));
    const block = over === undefined ? undefined : blockOf.get(memoryOf(over));
    const memory = block === undefined ? undefined : memories.get(block);
    if (output !== undefined && block !== undefined && memory !== undefined) {
      memory.end = Math.max(at, lastUse(output.id));
      blockOf.set(output.id, block);
      inPlace += 1;
      return;
    }
    for (const value of outputs) place(value.id, bytesOf(value, batch), at);
  });
  const bytes = placeBySize([...memories.values()]);
  const offsets = new Map<number, number>();
  const tell = (id: number): void => {
    const memory = memories.get(blockOf.get(memoryOf(id)) ?? -1);
    if (memory !== undefined) offsets.set(id, memory.offset);
  };
  for (const { value } of entry.inputs) tell(value.id);
  for (const { outputs } of entry.instructions) for (const { id } of outputs) tell(id);
  return { bytes, offsets, inPlace };
}

/** The input that the only output of an elementwise instruction may be written over. */
function overwritten({ primitive, inputs, outputs }: Instruction, isFree: (id: number) => boolean): number | undefined {
  const [output] = outputs;
  if (output === undefined || !(isElementwise(primitive) || primitive === 'fusedElementwise')) return undefined;
  return inputs.find(({ id, dims, dtype }) => dtype === output.dtype && sameDims(dims, output.dims) && isFree(id))?.id;
}

/** Gives each memory an offset, and returns the size of the block. */
function placeBySize(memories: readonly Memory[]): number {
  const placed: Memory[] = [];
  let size = 0;
  for (const memory of memories.toSorted((one, other) => other.bytes - one.bytes || one.begin - other.begin)) {
    let offset = 0;
    // Those that are there at the same time, from the bottom up: `placed` is sorted by offset.
    for (const other of placed) {
      if (other.end < memory.begin || other.begin > memory.end) continue;
      if (other.offset >= offset + memory.bytes) break;
      offset = Math.max(offset, aligned(other.offset + other.bytes));
    }
    memory.offset = offset;
    const above = placed.findIndex((other) => other.offset > offset);
    placed.splice(above === -1 ? placed.length : above, 0, memory);
    size = Math.max(size, offset + memory.bytes);
  }
  return size;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
