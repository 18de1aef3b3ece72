import { elementCountOf } from './dims.ts';
import { isNarrow } from './narrowFloat.ts';
import { primitiveNamed } from './primitives/index.ts';
import type { Instruction, Value } from './program.ts';

/** Part of a forward pass that is computed a second time when its gradients are due. */
export interface Segment {
  /** The instructions from `begin` up to, not with, `end`. */
  readonly begin: number;
  readonly end: number;
}

/** Elements for one example; 0 for what does not grow with the batch, such as weights. */
function activationSize({ dims, dtype }: Value): number {
  const { coefficient, degree } = elementCountOf(dims);
  return degree === 0 ? 0 : isNarrow(dtype) ? coefficient / 2 : coefficient;
}

/** Whether an instruction makes something that is worth forgetting. */
export function makesActivations({ primitive, outputs }: Instruction): boolean {
  return primitiveNamed(primitive).effect !== true && outputs.some((output) => activationSize(output) > 0);
}

/** For each instruction, the last that uses one of its values. */
function lastUses(instructions: readonly Instruction[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  instructions.forEach(({ inputs }, at) => {
    for (const { id } of inputs) last.set(id, at);
  });
  return last;
}

/** At each place between two instructions, how much is alive across it: `crossing[i]` lies before instruction `i`. */
function crossings(instructions: readonly Instruction[]): Float64Array {
  const last = lastUses(instructions);
  const change = new Float64Array(instructions.length + 2);
  instructions.forEach(({ outputs }, at) => {
    for (const output of outputs) {
      const end = last.get(output.id);
      if (end === undefined) continue;
      change[at + 1] = (change[at + 1] ?? 0) + activationSize(output);
      change[end + 1] = (change[end + 1] ?? 0) - activationSize(output);
    }
  });
  let alive = 0;
  return change.map((difference) => (alive += difference)).slice(0, instructions.length + 1);
}

/**
 * Cuts a forward pass where little is alive, so that what lies across the cuts and the largest segment together are small:
 * with equal layers about as many segments as the root of their number (Chen et al. 2016). One segment means that
 * forgetting saves nothing.
 */
export function recomputeSegments(instructions: readonly Instruction[]): readonly Segment[] {
  const sizes = instructions.map((instruction) =>
    instruction.outputs.reduce((total, output) => total + activationSize(output), 0),
  );
  const before = new Float64Array(sizes.length + 1);
  sizes.forEach((size, at) => (before[at + 1] = (before[at] ?? 0) + size));
  const total = before.at(-1) ?? 0;
  const crossing = crossings(instructions);
  let best: { readonly cuts: readonly number[]; readonly peak: number } = { cuts: [], peak: total };
  const most = Math.ceil(3 * Math.sqrt(sizes.length));
  for (let count = 2; count <= most; count++) {
    const cuts = cutsFor(count, total, before, crossing);
    const peak = peakOf(cuts, before, crossing);
    if (peak < best.peak) best = { cuts, peak };
  }
  const ends = [...best.cuts, instructions.length];
  return ends.map((end, i) => ({ begin: i === 0 ? 0 : (ends[i - 1] ?? 0), end }));
}

/** The cheapest cut near the end of each `count`th part. */
function cutsFor(count: number, total: number, before: Float64Array, crossing: Float64Array): readonly number[] {
  const cuts: number[] = [];
  const share = total / count;
  let at = 1;
  for (let part = 1; part < count; part++) {
    const [from, to] = [(part - 0.5) * share, (part + 0.5) * share];
    while (at < before.length && (before[at] ?? 0) < from) at += 1;
    let cheapest: number | undefined;
    for (let place = at; place < before.length - 1 && (before[place] ?? 0) < to; place++) {
      if (cheapest === undefined || (crossing[place] ?? 0) < (crossing[cheapest] ?? 0)) cheapest = place;
    }
    if (cheapest !== undefined && cheapest > (cuts.at(-1) ?? 0)) cuts.push(cheapest);
  }
  return cuts;
}

/** What is alive at most: everything that crosses a cut, and all of one segment. */
function peakOf(cuts: readonly number[], before: Float64Array, crossing: Float64Array): number {
  let kept = 0;
  let largest = 0;
  let begin = 0;
  for (const end of [...cuts, before.length - 1]) {
    largest = Math.max(largest, (before[end] ?? 0) - (before[begin] ?? 0));
    if (end < before.length - 1) kept += crossing[end] ?? 0;
    begin = end;
  }
  return kept + largest;
}
