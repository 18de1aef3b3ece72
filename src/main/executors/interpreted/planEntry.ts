import { orderOfEffects } from '../../../graph-engine/program/orderOfEffects.ts';
import { isPrimitiveName, primitiveNamed, type PrimitiveName } from '../../../graph-engine/program/primitives/index.ts';
import type { Entry, Instruction, Value } from '../../../graph-engine/program/program.ts';

/** One instruction of a plan, its values as slots of an array. */
export interface PlannedStep {
  readonly instruction: Instruction;
  readonly primitive: PrimitiveName;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Slots that nothing reads after this step. */
  readonly released: readonly number[];
}

/** How an entry is run for one set of fetches. */
export interface EntryPlan {
  readonly entry: Entry;
  /** Slot of each input of the entry, in order. */
  readonly feeds: readonly number[];
  readonly steps: readonly PlannedStep[];
  readonly fetches: readonly { readonly name: string; readonly slot: number; readonly value: Value }[];
  readonly slotCount: number;
}

/**
 * What has to be done for the fetches (all outputs but those on demand where none are named) and the effects, in the order that
 * effects ask for, and where each value is needed last.
 */
export function planEntry(entry: Entry, fetches: readonly string[] | undefined): EntryPlan {
  const wanted =
    fetches?.map((name) => {
      const output = entry.outputs.find((one) => one.name === name);
      if (output === undefined) throw new Error(`${entry.name} has no output ${name}`);
      return output;
    }) ?? entry.outputs.filter(({ onDemand }) => onDemand !== true);
  const { first, effects, last } = orderOfEffects(entry.instructions);
  const instructions = neededOf(
    [...first, ...effects, ...last],
    wanted.map(({ value }) => value),
  );

  const slots = new Map<number, number>();
  const slotOf = ({ id }: Value): number => {
    let slot = slots.get(id);
    if (slot === undefined) slots.set(id, (slot = slots.size));
    return slot;
  };
  const feeds = entry.inputs.map(({ value }) => slotOf(value));
  const kept = new Set(wanted.map(({ value }) => slotOf(value)));
  const steps = instructions.map((instruction) => ({
    instruction,
    primitive: nameOf(instruction),
    inputs: instruction.inputs.map(slotOf),
    outputs: instruction.outputs.map(slotOf),
  }));
  const seen = new Set<number>(kept);
  const released: number[][] = [];
  for (const { inputs, outputs } of steps.toReversed()) {
    const last = [...new Set([...inputs, ...outputs])].filter((slot) => !seen.has(slot));
    for (const slot of last) seen.add(slot);
    released.push(last);
  }
  released.reverse();
  return {
    entry,
    feeds,
    steps: steps.map((step, i) => ({ ...step, released: released[i] ?? [] })),
    fetches: wanted.map(({ name, value }) => ({ name, slot: slotOf(value), value })),
    slotCount: slots.size,
  };
}

function nameOf({ primitive, origin }: Instruction): PrimitiveName {
  if (!isPrimitiveName(primitive)) throw new Error(`${origin}: unknown primitive ${primitive}`);
  return primitive;
}

function neededOf(ordered: readonly Instruction[], wanted: readonly Value[]): readonly Instruction[] {
  const needed = new Set(wanted.map(({ id }) => id));
  const kept: Instruction[] = [];
  for (const instruction of ordered.toReversed()) {
    const { primitive, inputs, outputs } = instruction;
    if (primitiveNamed(primitive).effect !== true && !outputs.some(({ id }) => needed.has(id))) continue;
    kept.push(instruction);
    for (const { id } of inputs) needed.add(id);
  }
  return kept.reverse();
}
