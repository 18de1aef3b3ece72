import { formatDims } from './dims.ts';
import {
  primitiveNamed,
  type AttributesOf,
  type InputsOf,
  type OutputsOf,
  type PrimitiveName,
} from './primitives/index.ts';
import type { Attributes, Instruction, Value } from './program.ts';

/** The growing list of instructions behind a builder. */
export interface Emitter {
  readonly instructions: readonly Instruction[];
  /** The document path that new instructions come from. */
  readonly origin: string;
  withOrigin<T>(origin: string, run: () => T): T;
  /** A value no instruction makes: an entry's input. */
  freshValue(dims: Value['dims'], dtype: Value['dtype']): Value;
  emit<Name extends PrimitiveName>(name: Name, inputs: InputsOf<Name>, attributes: AttributesOf<Name>): OutputsOf<Name>;
}

/** An empty list. `emit` infers the outputs and throws on shapes that cannot be, naming the origin. */
export function createEmitter(): Emitter {
  const instructions: Instruction[] = [];
  let origin = '';
  let nextId = 0;

  function freshValue(dims: Value['dims'], dtype: Value['dtype']): Value {
    if (!dims.every((dim) => Number.isInteger(dim) && dim !== 0)) {
      throw new Error(`${origin || 'program'}: ${formatDims(dims)} is not a shape`);
    }
    return { id: nextId++, dims, dtype };
  }

  function emitAny(name: PrimitiveName, inputs: readonly Value[], attributes: Attributes): readonly Value[] {
    let outputs: readonly Value[];
    try {
      outputs = primitiveNamed(name)
        .infer(inputs, attributes)
        .map(({ dims, dtype }) => freshValue(dims, dtype));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${origin || 'program'}: ${name}: ${reason}`, { cause: error });
    }
    instructions.push({ primitive: name, inputs, outputs, attributes, origin });
    return outputs;
  }

  return {
    instructions,
    get origin() {
      return origin;
    },
    withOrigin(path, run) {
      const outer = origin;
      origin = path;
      try {
        return run();
      } finally {
        origin = outer;
      }
    },
    freshValue,
    emit: (name, inputs, attributes) =>
      // `infer` made the outputs, so the tuple is the definition's own.
      emitAny(name, inputs as readonly Value[], attributes) as OutputsOf<typeof name>,
  };
}
