import { sameDims } from '../../../program/dims.ts';
import type { Instruction, Value } from '../../../program/program.ts';

/** A batch normalization that may add a residual and rectify. Inputs: those of `batchNormTraining`, then the residual. */
export const FUSED_NORMALIZATION = 'fusedBatchNormTraining';
/**
 * Its gradient. Inputs: x, scale, both saved statistics, what masks if something does, and the one or two gradients that are added. The
 * mask is the rectified output, or the offset where the ReLU stands right behind the normalization: what it let through follows from x. Outputs: those of `batchNormTrainingGrad`, then what flows on to the residual where somebody uses it.
 */
export const FUSED_NORMALIZATION_GRADIENT = 'fusedBatchNormTrainingGrad';

/** Who makes the values of a list of instructions, and who uses them. */
interface Wiring {
  readonly instructions: readonly Instruction[];
  /** The place of the instruction that makes a value. */
  readonly madeAt: ReadonlyMap<number, number>;
  /** The places of those that use it; what is used from outside the list has `OUTSIDE` among them. */
  readonly usedAt: ReadonlyMap<number, readonly number[]>;
  /** The places of what is part of a fused instruction already: of two normalizations that are added, the first takes the sum. */
  readonly gone: ReadonlySet<number>;
}

const OUTSIDE = Number.POSITIVE_INFINITY;

/**
 * Makes one instruction of a batch normalization, the addition and the ReLU behind it, and one of their gradients, so that nothing
 * of what lies between is in memory. `instructions` have no effects; `usedOutside` are values that others use too. Only for what
 * has kernels for these instructions: they are no primitives.
 */
export function fuseNormalization(
  instructions: readonly Instruction[],
  usedOutside: ReadonlySet<number>,
): readonly Instruction[] {
  const gone = new Set<number>();
  const wiring: Wiring = { ...wire(instructions, usedOutside), gone };
  const made = new Map<number, Instruction>();
  instructions.forEach((instruction, at) => {
    const { primitive } = instruction;
    if (primitive !== 'batchNormTraining' && primitive !== 'batchNormTrainingGrad') return;
    // Its kernels know these two.
    if (!['float32', 'bfloat16'].includes(instruction.outputs[0]?.dtype ?? '')) return;
    const fused =
      primitive === 'batchNormTraining' ? fuseForward(wiring, at, instruction) : fuseGradient(wiring, at, instruction);
    for (const place of fused.replaced) gone.add(place);
    made.set(fused.place, fused.instruction);
  });
  return instructions.flatMap((instruction, at) => made.get(at) ?? (gone.has(at) ? [] : [instruction]));
}

interface Fused {
  /** Where the fused instruction stands. */
  readonly place: number;
  readonly instruction: Instruction;
  readonly replaced: readonly number[];
}

function fuseForward(wiring: Wiring, at: number, normalization: Instruction): Fused {
  const { outputs, attributes } = normalization;
  const replaced = [at];
  const inputs = [...normalization.inputs];
  let result = valueAt(outputs, 0);
  let place = at;
  let relu = false;
  // The statistics must not be waited for before the fused instruction stands.
  const others = outputs.slice(1).flatMap(({ id }) => wiring.usedAt.get(id) ?? []);
  const follow = (primitive: string): Instruction | undefined => {
    const next = onlyUser(wiring, result);
    const user = next === undefined ? undefined : wiring.instructions[next];
    if (
      next === undefined ||
      wiring.gone.has(next) ||
      user?.primitive !== primitive ||
      others.some((other) => other <= next)
    )
      return undefined;
    if (!sameTensor(user.outputs[0], result)) return undefined;
    if (primitive === 'add' && !user.inputs.every((input) => sameTensor(input, result))) return undefined;
    return user;
  };
  const sum = follow('add');
  if (sum !== undefined) {
    const residual = sum.inputs.find(({ id }) => id !== result.id);
    if (residual !== undefined) {
      inputs.push(residual);
      advance(sum);
    }
  }
  const rectified = follow('relu');
  if (rectified !== undefined) {
    relu = true;
    advance(rectified);
  }
  function advance(user: Instruction): void {
    place = wiring.instructions.indexOf(user);
    replaced.push(place);
    result = valueAt(user.outputs, 0);
  }
  return {
    place,
    replaced,
    instruction: {
      primitive: FUSED_NORMALIZATION,
      inputs,
      outputs: [result, ...outputs.slice(1)],
      attributes: { ...attributes, relu },
      origin: normalization.origin,
    },
  };
}

function fuseGradient(wiring: Wiring, at: number, normalization: Instruction): Fused {
  const { inputs, outputs, origin } = normalization;
  const [dy, x, scale, savedMean, savedVariance] = inputs;
  if (!dy || !x || !scale || !savedMean || !savedVariance) throw new Error('A gradient of a normalization has inputs');
  const fixed = [x, scale, savedMean, savedVariance];
  const replaced = [at];
  let gradients = [dy];
  let place = at;
  let mask: Value | undefined;
  let offset: Value | undefined;
  let kept: Value | undefined;

  const maskAt = makerOf(wiring, dy, 'reluGrad');
  const [masked, y] = maskAt === undefined ? [] : (wiring.instructions[maskAt]?.inputs ?? []);
  if (maskAt !== undefined && masked && y && sameTensor(masked, x) && sameTensor(y, x)) {
    const isShared = (wiring.usedAt.get(dy.id) ?? []).length > 1;
    // What others use must be there when it was; then all that the gradient needs must be there as early.
    const isEarlyEnough = fixed.every(({ id }) => (wiring.madeAt.get(id) ?? -1) < maskAt);
    if (!isShared || isEarlyEnough) {
      offset = offsetBehind(wiring, y, x, scale);
      mask = offset ?? y;
      gradients = [masked];
      replaced.push(maskAt);
      if (isShared) [kept, place] = [dy, maskAt];
    }
  }
  const [flowing] = gradients;
  const sumAt = flowing && onlyUser(wiring, flowing) !== undefined ? makerOf(wiring, flowing, 'add') : undefined;
  const terms = sumAt === undefined ? [] : (wiring.instructions[sumAt]?.inputs ?? []);
  if (sumAt !== undefined && terms.every((term) => sameTensor(term, x))) {
    gradients = [...terms];
    replaced.push(sumAt);
  }
  return {
    place,
    replaced,
    instruction: {
      primitive: FUSED_NORMALIZATION_GRADIENT,
      inputs: [...fixed, ...(mask === undefined ? [] : [mask]), ...gradients],
      outputs: kept === undefined ? outputs : [...outputs, kept],
      attributes: {
        masks: mask === undefined || offset !== undefined ? 0 : 1,
        offsets: offset === undefined ? 0 : 1,
        gradients: gradients.length,
        keeps: kept === undefined ? 0 : 1,
      },
      origin,
    },
  };
}

/** The offset of the normalization of x that y rectifies, if it does nothing else. */
function offsetBehind(wiring: Wiring, y: Value, x: Value, scale: Value): Value | undefined {
  const rectified = wiring.instructions[wiring.madeAt.get(y.id) ?? -1];
  const [before] = rectified?.primitive === 'relu' ? rectified.inputs : [];
  const normalization = before && wiring.instructions[wiring.madeAt.get(before.id) ?? -1];
  if (normalization?.primitive !== 'batchNormTraining' || normalization.outputs[0]?.id !== before?.id) return undefined;
  const [image, factor, offset] = normalization.inputs;
  return image?.id === x.id && factor?.id === scale.id ? offset : undefined;
}

function wire(instructions: readonly Instruction[], usedOutside: ReadonlySet<number>): Omit<Wiring, 'gone'> {
  const madeAt = new Map<number, number>();
  const usedAt = new Map<number, number[]>();
  instructions.forEach(({ inputs, outputs }, at) => {
    for (const { id } of outputs) madeAt.set(id, at);
    for (const { id } of inputs) usedAt.set(id, [...(usedAt.get(id) ?? []), at]);
  });
  for (const id of usedOutside) usedAt.set(id, [...(usedAt.get(id) ?? []), OUTSIDE]);
  return { instructions, madeAt, usedAt };
}

/** The place of the one instruction that uses a value, once. */
function onlyUser({ usedAt }: Wiring, { id }: Value): number | undefined {
  const [use, ...more] = usedAt.get(id) ?? [];
  return more.length === 0 && use !== OUTSIDE ? use : undefined;
}

function makerOf({ instructions, madeAt, gone }: Wiring, { id }: Value, primitive: string): number | undefined {
  const at = madeAt.get(id);
  return at !== undefined && instructions[at]?.primitive === primitive && !gone.has(at) ? at : undefined;
}

function sameTensor(a: Value | undefined, b: Value): boolean {
  return a?.dtype === b.dtype && sameDims(a.dims, b.dims);
}

function valueAt(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`There is no value ${index}`);
  return value;
}
