import type { NodeId } from '../document/schema.ts';
import type { InferredGraph } from './inferredGraph.ts';

interface Step {
  readonly before: InferredGraph;
  readonly now: InferredGraph;
  readonly changed: readonly NodeId[];
}

/** All that is derived of an inference asks for the same steps after an edit. */
const MAXIMUM_STEPS = 4;
let steps: readonly Step[] = [];

/** Remembers in which nodes an inference differs from the one it started from; both have the same nodes. */
export function rememberChanged(before: InferredGraph, now: InferredGraph, changed: readonly NodeId[]): void {
  steps = [{ before, now, changed }, ...steps].slice(0, MAXIMUM_STEPS);
}

/** The nodes about which two inferences say different things; `undefined` when that is not known without comparing all. */
export function changedInferred(
  before: InferredGraph | undefined,
  now: InferredGraph | undefined,
): readonly NodeId[] | undefined {
  if (before === now) return [];
  return steps.find((step) => step.before === before && step.now === now)?.changed;
}
