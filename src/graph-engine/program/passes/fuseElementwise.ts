import { sameDims } from '../dims.ts';
import { orderOfEffects } from '../orderOfEffects.ts';
import { formatSteps, isElementwise, type ElementwiseStep } from '../primitives/elementwise.ts';
import type { Entry, Instruction, Value } from '../program.ts';

/** What one fused instruction may have: a shader binds few buffers, and its text should stay readable. */
const MOST_STEPS = 32;
const MOST_INPUTS = 6;
/** Instructions within which an input may be kept a little longer; see `staysCheap`. */
const NEAR = 16;

/**
 * Makes one instruction of elementwise ones that only feed each other, so that what lies between them is neither written nor
 * read. A value is taken in when all that use it are in, when it is as large as the result, and when no more memory is held for
 * long: its inputs then live until the result is made.
 */
export function fuseElementwise(entry: Entry): Entry {
  const { instructions, outputs } = entry;
  const uses = new Map<number, number[]>();
  const madeAt = new Map<number, number>();
  const handedOut = new Set(outputs.map(({ value }) => value.id));
  instructions.forEach(({ inputs, outputs: made }, at) => {
    for (const { id } of inputs) uses.set(id, [...(uses.get(id) ?? []), at]);
    for (const { id } of made) madeAt.set(id, at);
  });
  const late = new Set(orderOfEffects(instructions).last);
  const taken = new Set<number>();
  const fused = new Map<number, Instruction>();

  /** Whether the inputs of a producer can wait for the result without more memory for long. */
  function staysCheap(producer: number, root: number, dims: Value['dims']): boolean {
    if (root - producer <= NEAR) return true;
    const waiting = (instructions[producer]?.inputs ?? []).filter(
      (input) => sameDims(input.dims, dims) && Math.max(...(uses.get(input.id) ?? [])) < root,
    );
    return waiting.length <= 1;
  }

  for (let root = instructions.length - 1; root >= 0; root--) {
    const instruction = instructions[root];
    const result = instruction === undefined || taken.has(root) ? undefined : fusible(instruction);
    if (instruction === undefined || result === undefined) continue;
    const group = new Set([root]);
    const open = [root];
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      for (const { id } of instructions[member]?.inputs ?? []) {
        const at = madeAt.get(id);
        const producer = at === undefined ? undefined : instructions[at];
        if (at === undefined || producer === undefined || group.has(at) || taken.has(at) || handedOut.has(id)) continue;
        const value = fusible(producer);
        if (value === undefined || !sameDims(value.dims, result.dims)) continue;
        if (late.has(instruction) !== late.has(producer)) continue;
        if (!(uses.get(id) ?? []).every((use) => group.has(use)) || !staysCheap(at, root, result.dims)) continue;
        const wider = new Set([...group, at]);
        if (wider.size > MOST_STEPS || inputsOf(wider, instructions, madeAt).length > MOST_INPUTS) continue;
        group.add(at);
        // What was refused because not all of its uses were in may be let in now.
        open.push(...group);
      }
    }
    if (group.size === 1) continue;
    for (const member of group) taken.add(member);
    fused.set(root, fuse(group, instructions, madeAt, result, instruction.origin));
  }
  return {
    ...entry,
    instructions: instructions.flatMap((instruction, at) => fused.get(at) ?? (taken.has(at) ? [] : [instruction])),
  };
}

/** The value of an instruction that can be fused. */
function fusible({ primitive, inputs, outputs }: Instruction): Value | undefined {
  const [output] = outputs;
  if (!isElementwise(primitive) || output?.dtype !== 'float32') return undefined;
  return inputs.every(({ dtype }) => dtype === 'float32') ? output : undefined;
}

/** What a group reads and does not make. */
function inputsOf(
  group: ReadonlySet<number>,
  instructions: readonly Instruction[],
  madeAt: ReadonlyMap<number, number>,
): readonly Value[] {
  const found = new Map<number, Value>();
  for (const member of [...group].sort((a, b) => a - b)) {
    for (const input of instructions[member]?.inputs ?? []) {
      if (!group.has(madeAt.get(input.id) ?? -1)) found.set(input.id, input);
    }
  }
  return [...found.values()];
}

function fuse(
  group: ReadonlySet<number>,
  instructions: readonly Instruction[],
  madeAt: ReadonlyMap<number, number>,
  result: Value,
  origin: string,
): Instruction {
  const inputs = inputsOf(group, instructions, madeAt);
  const places = new Map(inputs.map(({ id }, place) => [id, place]));
  const steps: ElementwiseStep[] = [];
  for (const member of [...group].sort((a, b) => a - b)) {
    const { primitive, inputs: operands, outputs } = instructions[member] ?? {};
    const [output] = outputs ?? [];
    if (primitive === undefined || operands === undefined || output === undefined || !isElementwise(primitive))
      continue;
    steps.push({ primitive, operands: operands.map(({ id }) => places.get(id) ?? -1) });
    places.set(output.id, inputs.length + steps.length - 1);
  }
  return {
    primitive: 'fusedElementwise',
    inputs,
    outputs: [result],
    attributes: { dims: result.dims, steps: formatSteps(steps) },
    origin,
  };
}
