import type { Builder } from './builder.ts';
import { primitiveNamed } from './primitives/index.ts';
import type { Instruction, Value } from './program.ts';
import { noRecomputation, type Recomputation } from './recompute.ts';

/** The origin of the instructions that differentiate those of `origin`. */
export function gradientOrigin(origin: string): string {
  return `${origin}:gradient`;
}

/** Hears of gradients while they are appended. */
export interface GradientListener {
  /** What a value's use in an instruction of this origin adds to its gradient. */
  readonly onShare?: (value: Value, origin: string, share: Value) => void;
  /** The whole gradients, by the id of the value, when all are there. */
  readonly onEnd?: (gradientOf: ReadonlyMap<number, Value>) => void;
}

/** The instructions on a smooth way from `sources`, and the ids of all values on such a way. */
function activePart(instructions: readonly Instruction[], sources: readonly Value[]) {
  const active = new Set(sources.map(({ id }) => id));
  const path: Instruction[] = [];
  for (const instruction of instructions) {
    const { stopsGradient, effect } = primitiveNamed(instruction.primitive);
    if (stopsGradient || effect || !instruction.inputs.some(({ id }) => active.has(id))) continue;
    path.push(instruction);
    for (const { id, dtype } of instruction.outputs) if (dtype !== 'int32') active.add(id);
  }
  return { active, path };
}

/**
 * Appends the reverse-mode derivatives of a loss to the builder and returns them in the order of `withRespectTo`, each
 * with the dims of its value; `undefined` where the loss does not depend on the value. A loss with axes counts as the
 * sum of its elements. All gradients are multiplied by the scalar `seed`, if there is one. Only what leads to `withRespectTo` is differentiated. Throws on a primitive that has no rule.
 */
export function gradients(
  builder: Builder,
  loss: Value,
  withRespectTo: readonly Value[],
  recomputation: Recomputation = noRecomputation,
  { onShare, onEnd }: GradientListener = {},
  seed?: Value,
): readonly (Value | undefined)[] {
  const { active, path } = activePart(builder.instructions, withRespectTo);
  const gradientOf = new Map<number, Value>();
  if (active.has(loss.id)) gradientOf.set(loss.id, builder.broadcastTo(seed ?? builder.scalar(1), loss.dims));

  /** Values whose gradients have grown since the last segment of a recomputation. */
  const recent = new Set<number>();
  for (const instruction of path.reverse()) {
    const { primitive, inputs, outputs, attributes, origin } = instruction;
    const outputGradients = outputs.map(({ id }) => gradientOf.get(id));
    if (outputGradients.every((gradient) => gradient === undefined)) continue;
    const definition = primitiveNamed(primitive);
    const rule = definition.gradient?.bind(definition);
    if (rule === undefined) throw new Error(`${origin}: ${primitive} has no gradient`);
    builder.withOrigin(gradientOrigin(origin), () => {
      recomputation.reach(instruction, (isForgotten) => {
        const finished = [...recent].flatMap((id) => (isForgotten(id) ? [] : (gradientOf.get(id) ?? [])));
        recent.clear();
        return finished;
      });
      const wanted = (input: number): boolean => active.has(inputs[input]?.id ?? -1);
      const inputGradients = rule({
        builder,
        inputs: inputs.map(recomputation.valueOf),
        outputs: outputs.map(recomputation.valueOf),
        attributes,
        outputGradients,
        wanted,
      });
      inputs.forEach((input, i) => {
        const gradient = inputGradients[i];
        if (gradient === undefined || !active.has(input.id)) return;
        recent.add(input.id);
        onShare?.(input, origin, gradient);
        const before = gradientOf.get(input.id);
        gradientOf.set(input.id, before === undefined ? gradient : builder.add(before, gradient));
      });
    });
  }
  onEnd?.(gradientOf);
  return withRespectTo.map(({ id }) => gradientOf.get(id));
}
