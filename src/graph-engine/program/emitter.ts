import { formatDims } from './dims.ts';
import { isNarrow } from './narrowFloat.ts';
import type { TensorSpec } from './primitives/definePrimitive.ts';
import {
  primitiveNamed,
  type AttributesOf,
  type InputsOf,
  type OutputsOf,
  type PrimitiveName,
} from './primitives/index.ts';
import { castRuleOf, narrowed, type CastRule, type Precision } from './precision.ts';
import type { Attributes, ElementType, Instruction, Value } from './program.ts';

/** The growing list of instructions behind a builder. */
export interface Emitter {
  readonly instructions: readonly Instruction[];
  /** The document path that new instructions come from. */
  readonly origin: string;
  withOrigin<T>(origin: string, run: () => T): T;
  /** A value no instruction makes: an entry's input. */
  freshValue(dims: Value['dims'], dtype: Value['dtype']): Value;
  /** The value in another element type. */
  convert(x: Value, dtype: ElementType): Value;
  /** Appends an instruction once more, with other inputs of the same types; returns its new outputs. */
  again(instruction: Instruction, inputs: readonly Value[], origin: string): readonly Value[];
  emit<Name extends PrimitiveName>(name: Name, inputs: InputsOf<Name>, attributes: AttributesOf<Name>): OutputsOf<Name>;
}

/**
 * An empty list. `emit` infers the outputs and throws on shapes that cannot be, naming the origin. With a narrow precision it also
 * adds the casts that `precision.ts` rules; definitions of primitives see float32 as ever.
 */
export function createEmitter(precision: Precision = 'float32'): Emitter {
  const instructions: Instruction[] = [];
  let origin = '';
  let nextId = 0;
  /** By value and element type, the value cast. */
  const casts = new Map<string, Value>();
  const scalars = new Set<number>();

  function freshValue(dims: Value['dims'], dtype: Value['dtype']): Value {
    if (!dims.every((dim) => Number.isInteger(dim) && dim !== 0)) {
      throw new Error(`${origin || 'program'}: ${formatDims(dims)} is not a shape`);
    }
    return { id: nextId++, dims, dtype };
  }

  function inferred(name: PrimitiveName, inputs: readonly Value[], attributes: Attributes): readonly TensorSpec[] {
    try {
      return primitiveNamed(name).infer(inputs, attributes);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${origin || 'program'}: ${name}: ${reason}`, { cause: error });
    }
  }

  function emitAny(name: PrimitiveName, inputs: readonly Value[], attributes: Attributes): readonly Value[] {
    const outputs = inferred(name, inputs, attributes).map(({ dims, dtype }) => freshValue(dims, dtype));
    instructions.push({ primitive: name, inputs, outputs, attributes, origin });
    return outputs;
  }

  function convert(x: Value, dtype: ElementType): Value {
    if (x.dtype === dtype) return x;
    const key = `${x.id} ${dtype}`;
    let cast = casts.get(key);
    if (cast === undefined) {
      [cast] = emitAny('cast', [x], { dtype });
      if (cast === undefined) throw new Error('A cast has a value');
      casts.set(key, cast);
      // Widening loses nothing, so the way back is the value itself.
      if (isNarrow(x.dtype)) casts.set(`${cast.id} ${x.dtype}`, x);
    }
    return cast;
  }

  /** Emits in the width that the rule gives: casts what comes in, and narrows what goes out. */
  function emitInWidth(
    name: PrimitiveName,
    inputs: readonly Value[],
    attributes: Attributes,
    rule: CastRule | undefined,
  ): readonly Value[] {
    const width = narrowed(rule, inputs, attributes, scalars) ? precision : 'float32';
    const fitting = inputs.map((input, i) =>
      input.dtype === 'int32' || rule?.keeps?.includes(i) === true ? input : convert(input, width),
    );
    if (width === 'float32') return emitAny(name, fitting, attributes);
    const specs = inferred(
      name,
      fitting.map((input) => (isNarrow(input.dtype) ? { ...input, dtype: 'float32' } : input)),
      attributes,
    );
    const outputs = specs.map(({ dims, dtype }, i) =>
      freshValue(dims, dtype === 'float32' && (i === 0 || rule?.onlyFirst !== true) ? width : dtype),
    );
    instructions.push({ primitive: name, inputs: fitting, outputs, attributes, origin });
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
    convert,
    again({ primitive, outputs: earlier, attributes }, inputs, from) {
      const outputs = earlier.map(({ dims, dtype }) => freshValue(dims, dtype));
      instructions.push({ primitive, inputs, outputs, attributes, origin: from });
      return outputs;
    },
    emit(name, inputs, attributes) {
      const outputs =
        precision === 'float32' || name === 'cast' || name === 'after'
          ? emitAny(name, inputs as readonly Value[], attributes)
          : emitInWidth(name, inputs as readonly Value[], attributes, castRuleOf(name));
      const [first] = outputs;
      if (name === 'constant' && first?.dims.length === 0) scalars.add(first.id);
      // `infer` made the outputs, so the tuple is the definition's own.
      return outputs as OutputsOf<typeof name>;
    },
  };
}
