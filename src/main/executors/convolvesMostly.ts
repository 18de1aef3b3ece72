import type { Program } from '../../graph-engine/program/program.ts';

const CONVOLUTIONS: ReadonlySet<string> = new Set(['conv2d', 'conv2dBackpropInput', 'conv2dBackpropFilter']);

/**
 * Whether a program has more convolutions than products of matrices. Convolutions are shared by threads that wait for each other
 * at every one of them, so it is best to do one after the other with threads that stay awake; Transformers gain from
 * several ops at a time.
 */
export function convolvesMostly({ entries }: Program): boolean {
  const primitives = Object.values(entries).flatMap(({ instructions }) =>
    instructions.map(({ primitive }) => primitive),
  );
  const convolutions = primitives.filter((primitive) => CONVOLUTIONS.has(primitive)).length;
  return convolutions > primitives.filter((primitive) => primitive === 'matMul').length;
}
