import { primitiveNamed } from '../primitives/index.ts';
import type { Entry, Instruction, Value } from '../program.ts';

/**
 * Computes equal instructions on equal values once. Random numbers are functions of their inputs, so they count; what is
 * `after` something else does not, or activations that are computed twice on purpose would be kept.
 */
export function shareSubexpressions(entry: Entry): Entry {
  const known = new Map<string, Instruction>();
  const same = new Map<number, Value>();
  const instructions: Instruction[] = [];
  for (const instruction of entry.instructions) {
    const inputs = instruction.inputs.map((input) => same.get(input.id) ?? input);
    const { primitive, attributes, outputs } = instruction;
    const key = `${primitive} ${inputs.map(({ id }) => id).join()} ${JSON.stringify(attributes)}`;
    const earlier = known.get(key);
    const isUnique = primitiveNamed(primitive).effect === true || primitive === 'after';
    if (isUnique || earlier === undefined) {
      const kept = { ...instruction, inputs };
      if (!isUnique) known.set(key, kept);
      instructions.push(kept);
      continue;
    }
    outputs.forEach(({ id }, i) => {
      const output = earlier.outputs[i];
      if (output !== undefined) same.set(id, output);
    });
  }
  return {
    ...entry,
    instructions,
    outputs: entry.outputs.map((output) => ({ ...output, value: same.get(output.value.id) ?? output.value })),
  };
}
