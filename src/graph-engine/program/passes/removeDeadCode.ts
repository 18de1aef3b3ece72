import { primitiveNamed } from '../primitives/index.ts';
import type { Entry, Instruction } from '../program.ts';

/** Leaves out instructions whose values lead to no output and no effect. */
export function removeDeadCode(entry: Entry): Entry {
  const needed = new Set(entry.outputs.map(({ value }) => value.id));
  const kept: Instruction[] = [];
  for (const instruction of entry.instructions.toReversed()) {
    const { primitive, inputs, outputs } = instruction;
    if (primitiveNamed(primitive).effect !== true && !outputs.some(({ id }) => needed.has(id))) continue;
    kept.push(instruction);
    for (const { id } of inputs) needed.add(id);
  }
  return { ...entry, instructions: kept.reverse() };
}
