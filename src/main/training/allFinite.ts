import type { TensorData } from '../executors/compiledProgram.ts';

/** Whether all numbers are finite. A loop without branches or calls: it looks at all weights while the training waits. */
export function allFinite(numbers: TensorData): boolean {
  let nothing = 0;
  // Zero times anything finite is zero; times infinity, or what is no number, it is none.
  for (let i = 0; i < numbers.length; i++) nothing += (numbers[i] ?? 0) * 0;
  return nothing === 0;
}
