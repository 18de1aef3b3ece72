import type { OpDefinition, OpVector, VectorInput, VectorOutput } from '../core/opDefinition.ts';
import { typeOfInput } from '../core/vectorType.ts';
import type { Builder } from '../program/builder.ts';
import type { Value, Variable } from '../program/program.ts';

export { typeOfInput };

/** Maps the inputs of a vector, optional ones included, by port. */
export function mapInputs<T>(vector: OpVector<string, string>, map: (input: VectorInput) => T): Record<string, T> {
  return Object.fromEntries(inputsOf(vector).map(([port, input]) => [port, map(input)]));
}

function inputsOf({ inputs, optional = {} }: OpVector<string, string>): readonly (readonly [string, VectorInput])[] {
  return [...Object.entries(inputs), ...Object.entries(optional)].flatMap(([port, input]) =>
    input === undefined ? [] : [[port, input] as const],
  );
}

/** What a vector says about the outputs, by port; the first is the op's first output. */
export function outputsOf(
  op: OpDefinition,
  vector: OpVector<string, string>,
): readonly (readonly [string, VectorOutput])[] {
  const further = Object.entries(vector.furtherOutputs ?? {}).flatMap(([port, output]) =>
    output === undefined ? [] : [[port, output] as const],
  );
  return [[op.outputs[0] ?? '', vector.output], ...further];
}

export interface LoweredVector {
  /** By port. */
  readonly outputs: Readonly<Record<string, Value>>;
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
  for (const [port, { dims, table }] of inputsOf(vector)) {
    const symbolic = table === true ? dims : [-1, ...dims.slice(1)];
    inputs[port] = builder.input(port, symbolic, types[port]?.dtype ?? 'float32');
  }
  const mode = vector.mode ?? 'train';
  const outputs = op.lower({ builder, parameters, inputs, types, weights, mode, seed: undefined, path: 'op' });
  return { outputs, inputs, weights };
}
