import type { TrainingSettings } from '../document/trainingSettings.ts';
import type { InferredGraph } from '../infer/inferredGraph.ts';

/** The lowest mean cross-entropy that targets smoothed by `share` over so many classes leave possible: their entropy. */
export function smoothingFloor(share: number, classes: number): number {
  if (share === 0 || classes < 2) return 0;
  const other = share / classes;
  const own = 1 - share + other;
  return -own * Math.log(own) - (classes - 1) * other * Math.log(other);
}

/** The lowest mean cross-entropy that given probabilities leave possible, over rows of so many. */
export function entropyFloor(probabilities: ArrayLike<number>, rowSize: number): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] ?? 0;
    if (p > 0) sum -= p * Math.log(p);
  }
  return (sum * rowSize) / Math.max(1, probabilities.length);
}

/** The label smoothing of an output in training, and what a training's loss cannot fall below because of all of them. */
export function smoothingOf(
  root: InferredGraph,
  { labelSmoothing = 0 }: TrainingSettings,
): { readonly floor: number; readonly share: number } {
  let [floor, largest] = [0, 0];
  for (const { node, parameters, inputs, bypassed } of root.nodes.values()) {
    if (bypassed || !('op' in node) || node.op !== 'classificationOutput') continue;
    const own = Number(parameters?.['labelSmoothing'] ?? 0);
    const share = own === 0 ? labelSmoothing : own;
    const classes = inputs['input']?.axes.at(-1)?.size ?? 0;
    floor += Number(parameters?.['lossWeight'] ?? 1) * smoothingFloor(share, classes);
    largest = Math.max(largest, share);
  }
  return { floor, share: largest };
}
