import { primitiveNamed } from './primitives/index.ts';
import type { Instruction } from './program.ts';

/** The instructions of an entry in the three parts that run one after the other. */
export interface OrderOfEffects {
  readonly first: readonly Instruction[];
  readonly effects: readonly Instruction[];
  /** What reads variables after they have changed, and what depends on it. */
  readonly last: readonly Instruction[];
}

/** Tells apart what runs before the effects of an entry, the effects, and what runs after them. */
export function orderOfEffects(instructions: readonly Instruction[]): OrderOfEffects {
  const order = { first: [] as Instruction[], effects: [] as Instruction[], last: [] as Instruction[] };
  const late = new Set<number>();
  for (const instruction of instructions) {
    const { effect, afterEffects } = primitiveNamed(instruction.primitive);
    const isLate = afterEffects === true || instruction.inputs.some(({ id }) => late.has(id));
    if (effect === true && isLate) throw new Error(`${instruction.origin}: an effect waits for the effects`);
    if (isLate) for (const { id } of instruction.outputs) late.add(id);
    (effect === true ? order.effects : isLate ? order.last : order.first).push(instruction);
  }
  return order;
}
