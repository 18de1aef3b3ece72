import type { OpDefinition, OpVector } from '../core/opDefinition.ts';
import { features, image, sequence, type TensorType } from '../core/shape.ts';
import type { Builder } from '../program/builder.ts';
import type { Value, Variable } from '../program/program.ts';

/** The logical type of an example of `[batch, ...]` dims: four dims are an image, three a sequence, two are features. */
export function typeOfDims(dims: readonly number[]): TensorType {
  const [, a = null, b = null, c = null] = dims;
  if (dims.length === 4) return image(a, b, c);
  return dims.length === 3 ? sequence(a, b) : features(a);
}

/** Maps the inputs of a vector by port. */
export function mapInputs<T>(
  vector: OpVector<string, string>,
  map: (dims: readonly number[], data: readonly number[]) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(vector.inputs).map(([port, { dims, data }]) => [port, map(dims, data)]));
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
  const types = mapInputs(vector, typeOfDims);
  const weights: Record<string, Variable> = {};
  for (const [name, spec] of Object.entries(op.weights?.({ parameters, inputs: types }) ?? {})) {
    if (spec === undefined) continue;
    const { dims, initializer, trainable } = spec;
    const role = trainable ? 'weight' : 'statistic';
    weights[name] = { name: `${prefix}${name}`, dims, dtype: 'float32', initializer, role, trainable, origin: 'op' };
  }
  const inputs: Record<string, Value> = {};
  for (const [port, { dims }] of Object.entries(vector.inputs)) {
    inputs[port] = builder.input(port, [-1, ...dims.slice(1)], 'float32');
  }
  const mode = vector.mode ?? 'train';
  const outputs = op.lower({ builder, parameters, inputs, types, weights, mode, seed: undefined, path: 'op' });
  const output = outputs[op.outputs[0] ?? ''];
  if (output === undefined) throw new Error(`${op.type} has no output`);
  return { output, inputs, weights };
}
