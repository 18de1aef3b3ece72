import type { OpDefinition, OpVector, VectorInput } from '../core/opDefinition.ts';
import { features, image, sequence, tokens, type TensorType } from '../core/shape.ts';
import type { Builder } from '../program/builder.ts';
import type { Value, Variable } from '../program/program.ts';

/** The logical type of an example of a vector's tensor, whose dims have the batch in front. */
export function typeOfInput({ dims, vocabulary }: Pick<VectorInput, 'dims' | 'vocabulary'>): TensorType {
  const [, a = null, b = null, c = null] = dims;
  if (vocabulary !== undefined) return tokens(a, vocabulary);
  switch (dims.length) {
    case 2:
      return features(a);
    case 3:
      return sequence(a, b);
    case 4:
      return image(a, b, c);
    default:
      throw new Error(`No type is known for a vector of ${dims.length} axes`);
  }
}

/** Maps the inputs of a vector by port. */
export function mapInputs<T>(vector: OpVector<string, string>, map: (input: VectorInput) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(vector.inputs).map(([port, input]) => [port, map(input)]));
}

export interface LoweredVector {
  readonly output: Value;
  readonly inputs: Readonly<Record<string, Value>>;
  /** By the name the op gives them; variables are named `<prefix><weight>`. */
  readonly weights: Readonly<Record<string, Variable>>;
}

/** Lowers one op alone, with the shapes and parameters of a vector and a symbolic batch. */
export function lowerVector(
  builder: Builder,
  op: OpDefinition,
  vector: OpVector<string, string>,
  prefix = '',
): LoweredVector {
  const parameters = op.parameters.parse(vector.parameters);
  const types = mapInputs(vector, typeOfInput);
  const weights: Record<string, Variable> = {};
  for (const [name, spec] of Object.entries(op.weights?.({ parameters, inputs: types }) ?? {})) {
    if (spec === undefined) continue;
    const { dims, initializer, trainable } = spec;
    const role = trainable ? 'weight' : 'statistic';
    weights[name] = { name: `${prefix}${name}`, dims, dtype: 'float32', initializer, role, trainable, origin: 'op' };
  }
  const inputs: Record<string, Value> = {};
  for (const [port, { dims }] of Object.entries(vector.inputs)) {
    inputs[port] = builder.input(port, [-1, ...dims.slice(1)], types[port]?.dtype ?? 'float32');
  }
  const mode = vector.mode ?? 'train';
  const outputs = op.lower({ builder, parameters, inputs, types, weights, mode, seed: undefined, path: 'op' });
  const output = outputs[op.outputs[0] ?? ''];
  if (output === undefined) throw new Error(`${op.type} has no output`);
  return { output, inputs, weights };
}
