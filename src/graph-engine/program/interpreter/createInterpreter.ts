import { initialize } from '../../random/initialize.ts';
import { isNarrow, roundTo } from '../narrowFloat.ts';
import { resolveDims } from '../dims.ts';
import { orderOfEffects } from '../orderOfEffects.ts';
import { primitiveNamed } from '../primitives/index.ts';
import type { Entry, Instruction, Program, Value, Variable } from '../program.ts';
import { evaluateInstruction } from './evaluateInstruction.ts';
import { sizeOfDims, type Doubles, type Tensor } from './tensor.ts';

/** Runs a program one instruction at a time, for tests and self-checks: clear, exact and slow. */
export interface Interpreter {
  /** Runs an entry with all its feeds and returns all its fetches; then its effects change the variables. */
  run(entry: string, feeds: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
  /** A copy of a variable. */
  read(variable: string): Float32Array | Float64Array;
  write(variable: string, data: ArrayLike<number>): void;
}

export interface InterpreterOptions {
  /** Seed of the initial values. */
  readonly seed?: number;
  /** What every value is rounded to between instructions; inside a kernel everything is double. */
  readonly precision?: 'float32' | 'float64';
}

/** The batch size that the feeds have, or 1 when no input has the batch. Throws on feeds that do not fit. */
function batchOf(entry: Entry, feeds: Readonly<Record<string, Tensor>>): number {
  let batch: number | undefined;
  for (const { name, value } of entry.inputs) {
    const feed = feeds[name];
    if (feed === undefined) throw new Error(`${entry.name} needs a feed for ${name}`);
    value.dims.forEach((dim, axis) => {
      if (dim < 0) batch ??= (feed.dims[axis] ?? 0) / -dim;
    });
    const expected = resolveDims(value.dims, batch ?? 1);
    if (expected.join() !== feed.dims.join() || feed.data.length !== sizeOfDims(expected)) {
      throw new Error(`${entry.name}: ${name} is [${feed.dims.join(', ')}], expected [${expected.join(', ')}]`);
    }
  }
  return batch ?? 1;
}

/** Prepares a program, its variables at their initial values. */
export function createInterpreter(
  program: Program,
  { seed = 0, precision = 'float32' }: InterpreterOptions = {},
): Interpreter {
  const declared = new Map<string, Variable>();
  const memory = new Map<string, Float64Array>();
  for (const variable of program.variables) {
    if (declared.has(variable.name)) throw new Error(`Two variables are named ${variable.name}`);
    declared.set(variable.name, variable);
    memory.set(variable.name, Float64Array.from(initialize(variable, seed)));
  }

  function memoryOf(name: string): Float64Array {
    const data = memory.get(name);
    if (data === undefined) throw new Error(`There is no variable ${name}`);
    return data;
  }

  /** Rounds in place; what a kernel shares with its input is rounded already. */
  function round(data: Float64Array): Float64Array {
    if (precision === 'float32') for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i] ?? NaN);
    return data;
  }

  function execute(instruction: Instruction, inputs: readonly Doubles[], batch: number): readonly Doubles[] {
    const written = new Set<string>();
    const results = evaluateInstruction(instruction, inputs, batch, (name) => {
      written.add(name);
      return memoryOf(name);
    });
    if (primitiveNamed(instruction.primitive).effect) for (const name of written) round(memoryOf(name));
    return instruction.outputs.map(({ dtype }, i) => {
      const { dims, data } = results[i] ?? { dims: [], data: new Float64Array() };
      // A copy: what a kernel shares with a float32 input must stay as it is.
      return { dims, data: dtype === 'int32' ? data : isNarrow(dtype) ? data.map(roundTo[dtype]) : round(data) };
    });
  }

  function toTensor({ dims, data }: Doubles, value: Value): Tensor {
    if (value.dtype === 'int32') return { dims, data: Int32Array.from(data) };
    return { dims, data: precision === 'float32' ? Float32Array.from(data) : data };
  }

  return {
    run(entryName, feeds) {
      const entry = program.entries[entryName];
      if (entry === undefined) throw new Error(`There is no entry ${entryName}`);
      const batch = batchOf(entry, feeds);
      const values = new Map<number, Doubles>();
      const valueOf = ({ id }: Value): Doubles => {
        const tensor = values.get(id);
        if (tensor === undefined) throw new Error(`${entryName}: value ${id} is used before it is made`);
        return tensor;
      };
      for (const { name, value } of entry.inputs) {
        const feed = feeds[name];
        if (feed) values.set(value.id, { dims: feed.dims, data: round(Float64Array.from(feed.data)) });
      }
      const { first, effects, last } = orderOfEffects(entry.instructions);
      for (const instruction of [...first, ...effects, ...last]) {
        const results = execute(instruction, instruction.inputs.map(valueOf), batch);
        instruction.outputs.forEach(({ id }, i) => {
          const result = results[i];
          if (result) values.set(id, result);
        });
      }
      return Object.fromEntries(entry.outputs.map(({ name, value }) => [name, toTensor(valueOf(value), value)]));
    },
    read(name) {
      const data = memoryOf(name);
      return precision === 'float32' ? Float32Array.from(data) : data.slice();
    },
    write(name, data) {
      const size = memoryOf(name).length;
      if (data.length !== size) throw new Error(`${name} has ${size} elements, got ${data.length}`);
      memory.set(name, round(Float64Array.from(data)));
    },
  };
}
