import type { OpDefinition, OpVector } from '../../../graph-engine/core/opDefinition.ts';
import { opDefinitions } from '../../../graph-engine/ops/index.ts';
import { gradients } from '../../../graph-engine/program/autodiff.ts';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import type { Entry, Program, Variable } from '../../../graph-engine/program/program.ts';
import { lowerVector, outputsOf } from '../../../graph-engine/testing/lowerVector.ts';

/** One vector of an op, forward and backward. */
export interface VectorCase {
  readonly title: string;
  readonly vector: OpVector<string, string>;
  readonly entry: Entry;
  readonly weights: Readonly<Record<string, Variable>>;
}

/**
 * The entry of a vector: its outputs, and the gradients of a weighted sum of them with respect to every input and weight. The
 * weights of the sum are all different, so that no two elements can be mistaken for one another.
 */
function caseOf(op: OpDefinition, vector: OpVector<string, string>, index: number): VectorCase {
  const builder = createBuilder(`case${index}`);
  const { outputs, inputs, weights } = lowerVector(builder, op, vector, `case${index}.`);
  let sum = builder.scalar(0);
  for (const [port] of outputsOf(op, vector)) {
    const output = outputs[port];
    if (output === undefined) throw new Error(`${op.type} has no output ${port}`);
    builder.output(`output ${port}`, output);
    const [, ...rest] = output.dims;
    const count = rest.reduce((product, size) => product * size, 1);
    const ramp = builder.constant(
      Array.from({ length: count }, (_, i) => Math.sin(i + 1)),
      [1, ...rest],
    );
    const axes = output.dims.map((_, axis) => axis);
    sum = builder.add(sum, builder.reduceSum(builder.multiply(output, ramp), axes));
  }
  const trainable = Object.entries(weights).filter(([, variable]) => variable.trainable);
  const sources = [
    ...Object.entries(inputs).filter(([, { dtype }]) => dtype === 'float32'),
    ...trainable.map(([name, variable]) => [name, builder.readVariable(variable)] as const),
  ];
  const derived = gradients(
    builder,
    sum,
    sources.map(([, value]) => value),
  );
  for (const [i, [name]] of sources.entries()) {
    const gradient = derived[i];
    if (gradient !== undefined) builder.output(`gradient of ${name}`, gradient);
  }
  return { title: `${op.type}: ${vector.name}`, vector, entry: builder.entry(), weights };
}

/** Every vector of every op. */
export const vectorCases: readonly VectorCase[] = opDefinitions
  .flatMap((op) => op.vectors.map((vector) => [op, vector] as const))
  .map(([op, vector], index) => caseOf(op, vector, index));
/** The program that all cases are entries of. */
export const vectorProgram: Program = {
  variables: vectorCases.flatMap(({ weights }) => Object.values(weights)),
  entries: Object.fromEntries(vectorCases.map(({ entry }) => [entry.name, entry])),
};
