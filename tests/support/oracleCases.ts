import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { TensorType } from '../../src/graph-engine/core/shape.ts';
import { gradients } from '../../src/graph-engine/program/autodiff.ts';
import { createBuilder, type Builder } from '../../src/graph-engine/program/builder.ts';
import type { Entry, Value, Variable } from '../../src/graph-engine/program/program.ts';
import { uniform } from '../../src/graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../src/graph-engine/random/philox.ts';
import { streamOf } from '../../src/graph-engine/random/streamOf.ts';

/** The seed of tests/oracles/reference.py. */
export const ORACLE_SEED = 3;

const dims = z.array(z.int());
const numbers = z.array(z.number());
const drawn = z.object({ dims, low: z.number(), high: z.number() });

const OracleInput = drawn.extend({
  axes: z.array(z.tuple([z.enum(['height', 'width', 'channels', 'sequence', 'features', 'vocabulary']), z.int()])),
  dtype: z.enum(['float32', 'int32']),
});
export type OracleInput = z.infer<typeof OracleInput>;

/** What tests/oracles writes for one example of an op or a block. Inputs and weights are drawn by name; the rest is PyTorch's. */
export const OracleCase = z.object({
  name: z.string(),
  mode: z.enum(['train', 'inference']),
  parameters: z.record(z.string(), z.unknown()),
  /** Blocks only: how often the block is chained. */
  repeat: z.int().optional(),
  inputs: z.record(z.string(), OracleInput),
  weights: z.record(z.string(), drawn),
  outputs: z.record(z.string(), z.object({ dims, data: numbers })),
  /** Of the sum of all outputs times coefficients, for every float input and every weight that is learned. */
  gradients: z.record(z.string(), numbers),
  /** Statistics that training has changed. */
  updates: z.record(z.string(), numbers),
});
export type OracleCase = z.infer<typeof OracleCase>;

const golden = path.join(import.meta.dirname, '../golden');

/** The cases of every golden file of a folder, by the name of the file. */
export function oracleCases(folder: string): ReadonlyMap<string, readonly OracleCase[]> {
  const files = readdirSync(path.join(golden, folder)).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(golden, folder, file), 'utf8');
      return [path.basename(file, '.json'), z.array(OracleCase).parse(JSON.parse(text))];
    }),
  );
}

/** The logical type of an input. */
export function typeOfInput(input: OracleInput): TensorType {
  const axes = input.axes.map(([name, size]) => ({ name, size }));
  if (isTable(input)) return { axes, dtype: 'float32', isTable: true };
  return { axes, dtype: input.dtype, ...(input.dtype === 'int32' ? { vocabulary: input.high } : {}) };
}

/** Whether an input is the weights of another op, which have no batch. */
function isTable({ axes }: OracleInput): boolean {
  return axes[0]?.[0] === 'vocabulary';
}

/** The numbers of a name, as `drawn` in tests/oracles/reference.py. */
export function draw(name: string, shape: readonly number[], low: number, high: number): Float32Array {
  const out = new Float32Array(shape.reduce((product, size) => product * size, 1));
  uniform(createWordStream([ORACLE_SEED, 0], streamOf(name), domains.data), low, high, out);
  return out;
}

/** What a lowering gives back: outputs by port, and its weights by the name that the golden case has. */
export interface LoweredCase {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly weights: ReadonlyMap<string, Variable>;
}

/** Lowers the op or block of a case, given its inputs and the seed of random ops; variables are named with the prefix. */
export type LowerCase = (
  builder: Builder,
  example: OracleCase,
  inputs: Readonly<Record<string, Value>>,
  seed: Value,
  prefix: string,
) => LoweredCase;

/** A case as an entry of a program. */
export interface OracleEntry {
  readonly title: string;
  readonly example: OracleCase;
  readonly entry: Entry;
  readonly feeds: Readonly<Record<string, Float32Array | Int32Array>>;
  readonly weights: ReadonlyMap<string, Variable>;
}

/** The entry of a case: its outputs, and the gradients of their weighted sum. */
export function entryOf(title: string, example: OracleCase, name: string, lower: LowerCase): OracleEntry {
  const builder = createBuilder(name);
  const feeds: Record<string, Float32Array | Int32Array> = { seed: Int32Array.of(ORACLE_SEED, 0) };
  const inputs: Record<string, Value> = {};
  for (const [port, input] of Object.entries(example.inputs)) {
    inputs[port] = builder.input(
      `input ${port}`,
      isTable(input) ? input.dims : [-1, ...input.dims.slice(1)],
      input.dtype,
    );
    const values = draw(port, input.dims, input.low, input.high);
    feeds[`input ${port}`] = input.dtype === 'int32' ? Int32Array.from(values, Math.floor) : values;
  }
  const seed = builder.input('seed', [2], 'int32');
  const lowered = lower(builder, example, inputs, seed, `${name}.`);
  const terms: Value[] = [];
  for (const [port, { dims: shape }] of Object.entries(example.outputs)) {
    const value = lowered.outputs[port];
    if (value === undefined) throw new Error(`${title} has no output ${port}`);
    builder.output(`output ${port}`, value);
    if (value.dtype === 'int32') continue;
    const coefficients = builder.input(`coefficients of ${port}`, value.dims, 'float32');
    feeds[`coefficients of ${port}`] = draw(`coefficients of ${port}`, shape, -1, 1);
    terms.push(
      builder.reduceSum(
        builder.multiply(value, coefficients),
        value.dims.map((_, axis) => axis),
      ),
    );
  }
  const [first, ...rest] = terms;
  if (first === undefined) throw new Error(`${title} has no output to differentiate`);
  const loss = rest.reduce((sum, term) => builder.add(sum, term), first);
  const sources = Object.keys(example.gradients).map((source) => {
    const variable = lowered.weights.get(source);
    const value = variable === undefined ? inputs[source] : builder.readVariable(variable);
    if (value === undefined) throw new Error(`${title} has no input or weight ${source}`);
    return value;
  });
  const derived = gradients(builder, loss, sources);
  for (const [i, source] of Object.keys(example.gradients).entries()) {
    const gradient = derived[i];
    if (gradient !== undefined) builder.output(`gradient of ${source}`, gradient);
  }
  return { title, example, entry: builder.entry(), feeds, weights: lowered.weights };
}

/** How far what was found is from PyTorch's, as a share of the largest number of the tensor; throws for another size. */
export function worstError(entry: OracleEntry, read: (name: string) => ArrayLike<number> | undefined): WorstError {
  const { outputs, gradients: derivatives, updates } = entry.example;
  // A gradient that is zero by a symmetry is a rounding error of the others, so none is measured by less than a hundredth of them.
  const floor = 0.01 * Math.max(...Object.values(derivatives).map(largest));
  let worst: WorstError = { error: 0, where: 'nothing' };
  const compare = (where: string, expected: readonly number[], scale: number): void => {
    const found = read(where);
    if (found !== undefined && found.length !== expected.length) {
      throw new Error(`${entry.title}: ${where} has ${found.length} numbers, expected ${expected.length}`);
    }
    const differences = expected.map((value, i) => Math.abs((found?.[i] ?? 0) - value));
    const error = scale === 0 && largest(differences) === 0 ? 0 : largest(differences) / scale;
    // Not "greater", so that a NaN is the worst.
    if (!(error <= worst.error)) worst = { error, where };
  };
  for (const [port, { data }] of Object.entries(outputs)) compare(`output ${port}`, data, largest(data));
  for (const [source, data] of Object.entries(derivatives)) {
    compare(`gradient of ${source}`, data, Math.max(largest(data), floor));
  }
  for (const [name, data] of Object.entries(updates)) compare(`update of ${name}`, data, largest(data));
  return worst;
}

export interface WorstError {
  readonly error: number;
  readonly where: string;
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
