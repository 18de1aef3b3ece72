import type { Builder } from './builder.ts';
import { hasBatch } from './dims.ts';
import type { Instruction, Value } from './program.ts';
import { makesActivations, recomputeSegments } from './recomputeSegments.ts';

/** Replaces forgotten values while a pass is differentiated from its end to its beginning. */
export interface Recomputation {
  /** Called before an instruction is differentiated, with the gradients that are finished by then. */
  reach(instruction: Instruction, finished: (isForgotten: (id: number) => boolean) => readonly Value[]): void;
  /** What a gradient rule uses for a value of the forward pass. */
  valueOf(this: void, value: Value): Value;
}

/** Keeps everything. */
export const noRecomputation: Recomputation = { reach: () => undefined, valueOf: (value) => value };

/**
 * Computes each segment of a forward pass but the last again, from what crosses its beginning, when its gradients are due.
 * What is computed again waits for the gradients of what comes later: an engine that runs instructions as soon as their
 * inputs are there would else have it all in memory at once. Effects are not repeated, and random numbers are functions of
 * seed and step, so the second time is as the first.
 */
export function createRecomputation(builder: Builder): Recomputation {
  const instructions = [...builder.instructions];
  const segments = recomputeSegments(instructions);
  const segmentOf = new Map<Instruction, number>();
  const producedIn = new Map<number, number>();
  const kept = new Set<number>();
  segments.forEach(({ begin, end }, index) => {
    for (const instruction of instructions.slice(begin, end)) {
      segmentOf.set(instruction, index);
      for (const { id } of instruction.inputs) if ((producedIn.get(id) ?? index) !== index) kept.add(id);
      if (makesActivations(instruction)) for (const { id } of instruction.outputs) producedIn.set(id, index);
    }
  });
  let current = segments.length - 1;
  let again = new Map<number, Value>();

  function repeat(index: number, finished: readonly Value[]): void {
    const { begin, end } = segments[index] ?? { begin: 0, end: 0 };
    again = new Map();
    const gated = new Map<number, Value>();
    let gate: readonly Value[] = finished;
    const behindGate = (value: Value): Value => {
      let late = gated.get(value.id);
      if (late === undefined) {
        gated.set(value.id, (late = builder.after(value, gate)));
        // The first gate waits for all, the others for the first.
        gate = [late];
      }
      return late;
    };
    for (const instruction of instructions.slice(begin, end)) {
      // What crosses into later segments was never forgotten.
      if (
        !makesActivations(instruction) ||
        instruction.outputs.every(({ id, dims }) => kept.has(id) || !hasBatch(dims))
      )
        continue;
      const { inputs } = instruction;
      const fresh = inputs.map(
        (input) => again.get(input.id) ?? (producedIn.has(input.id) ? behindGate(input) : input),
      );
      const waits = inputs.some(({ id }) => again.has(id) || producedIn.has(id));
      const [first, ...rest] = fresh;
      const late = waits || first === undefined ? fresh : [behindGate(first), ...rest];
      const outputs = builder.again(instruction, late, `${instruction.origin}:again`);
      instruction.outputs.forEach(({ id }, i) => {
        const output = outputs[i];
        if (output !== undefined && !kept.has(id)) again.set(id, output);
      });
    }
  }

  return {
    reach(instruction, finished) {
      const index = segmentOf.get(instruction) ?? current;
      if (index === current) return;
      current = index;
      repeat(
        index,
        finished((id) => (producedIn.get(id) ?? -1) > index),
      );
    },
    valueOf: (value) => again.get(value.id) ?? value,
  };
}
