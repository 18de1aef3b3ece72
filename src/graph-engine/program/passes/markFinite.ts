import { elementCountOf } from '../dims.ts';
import { primitiveNamed } from '../primitives/index.ts';
import type { Entry, Instruction, Value } from '../program.ts';
import { removeDeadCode } from './removeDeadCode.ts';

/** An entry that can tell which of its values are finite. */
export interface MarkedEntry {
  readonly entry: Entry;
  /** Name of the output on demand: a vector of one number for each of `marks`, which is finite as long as all of the value is. */
  readonly fetch: string;
  /** The instructions whose values are told of, in program order. */
  readonly marks: readonly { readonly primitive: string; readonly origin: string }[];
}

/** Outputs after the first few belong to the executor, such as what a batch normalization keeps for its gradient. */
const OWN_OUTPUTS = 3;

/**
 * Gives an entry an output on demand that tells of each value whether all its elements are finite: half the sum of the squares
 * of the elements, made so small that finite ones cannot overflow. What was on demand before is left out. `fetch` begins with
 * `measures/`, so that parts of a batch are summed up and nothing is lost.
 */
export function markFinite(entry: Entry): MarkedEntry {
  const fetch = 'measures/finite';
  const plain = removeDeadCode({ ...entry, outputs: entry.outputs.filter(({ onDemand }) => onDemand !== true) });
  let nextId = 1 + Math.max(0, ...idsOf(plain));
  const fresh = (dims: Value['dims'], dtype: Value['dtype']): Value => ({ id: nextId++, dims, dtype });
  const added: Instruction[] = [];
  const emit = (primitive: string, inputs: readonly Value[], output: Value, attributes: Instruction['attributes']) => {
    added.push({ primitive, inputs, outputs: [output], attributes, origin: 'marks' });
    return output;
  };
  // The square of the largest float32 times this is far below it, for any number of elements.
  const scale = emit('constant', [], fresh([], 'float32'), { values: [2 ** -110], shape: [], dtype: 'float32' });
  const marks: { primitive: string; origin: string }[] = [];
  /** What comes from no node, such as the sum of the losses, is told of where its inputs come from. */
  const origins = new Map<number, string>();
  const scalars = plain.instructions.flatMap(({ primitive, inputs, outputs, origin: own }) => {
    const origin = own === '' ? (inputs.map(({ id }) => origins.get(id)).find((one) => (one ?? '') !== '') ?? '') : own;
    for (const { id } of outputs) origins.set(id, origin);
    if (primitive === 'constant' || primitiveNamed(primitive).effect === true) return [];
    return outputs.slice(0, OWN_OUTPUTS).flatMap((output) => {
      if (output.dtype === 'int32' || elementCountOf(output.dims).degree > 1) return [];
      marks.push({ primitive, origin });
      const wide =
        output.dtype === 'float32'
          ? output
          : emit('cast', [output], fresh(output.dims, 'float32'), { dtype: 'float32' });
      const small = emit('multiply', [wide, scale], fresh(output.dims, 'float32'), {});
      return [emit('l2Loss', [small], fresh([], 'float32'), {})];
    });
  });
  if (scalars.length === 0) throw new Error(`${entry.name} computes nothing`);
  const value = emit('pack', scalars, fresh([scalars.length], 'float32'), {});
  return {
    entry: {
      ...plain,
      instructions: [...plain.instructions, ...added],
      outputs: [...plain.outputs, { name: fetch, value, onDemand: true }],
    },
    fetch,
    marks,
  };
}

function idsOf({ inputs, instructions }: Entry): number[] {
  return [
    ...inputs.map(({ value }) => value.id),
    ...instructions.flatMap(({ outputs }) => outputs.map(({ id }) => id)),
  ];
}
