import { hasBatch } from '../dims.ts';
import { evaluateInstruction } from '../interpreter/evaluateInstruction.ts';
import type { Doubles } from '../interpreter/tensor.ts';
import { isNarrow } from '../narrowFloat.ts';
import { primitiveNamed } from '../primitives/index.ts';
import type { Entry, Instruction, Value } from '../program.ts';

/** Larger results cost more to write into a graph than to compute. */
const MOST_ELEMENTS = 4096;

/** Replaces what depends on constants alone by its value, rounded to float32 at every step as the engine would. */
export function foldConstants(entry: Entry): Entry {
  const constants = new Map<number, Doubles>();
  const instructions = entry.instructions.map((instruction): Instruction => {
    const { primitive, inputs, outputs, attributes, origin } = instruction;
    const [output, ...others] = outputs;
    if (output === undefined) return instruction;
    if (primitive === 'constant') {
      const { values, shape } = attributes;
      if (Array.isArray(values) && Array.isArray(shape)) {
        constants.set(output.id, { dims: shape, data: Float64Array.from(values, Number).map(roundOf(output)) });
      }
      return instruction;
    }
    const known = inputs.flatMap(({ id }) => constants.get(id) ?? []);
    if (inputs.length === 0 || known.length < inputs.length || others.length > 0 || !isFoldable(primitive, output)) {
      return instruction;
    }
    const [result] = evaluateInstruction(instruction, known, 1);
    if (result === undefined) return instruction;
    const data = result.data.map(roundOf(output));
    constants.set(output.id, { dims: output.dims, data });
    return {
      primitive: 'constant',
      inputs: [],
      outputs,
      attributes: { values: [...data], shape: output.dims, dtype: output.dtype },
      origin,
    };
  });
  return { ...entry, instructions };
}

function isFoldable(primitive: string, { dims, dtype }: Value): boolean {
  if (hasBatch(dims) || isNarrow(dtype) || dims.reduce((product, dim) => product * dim, 1) > MOST_ELEMENTS) {
    return false;
  }
  return primitiveNamed(primitive).effect !== true && primitive !== 'after' && primitive !== 'randomUniform';
}

function roundOf({ dtype }: Value): (value: number) => number {
  return dtype === 'int32' ? (value) => value : Math.fround;
}
