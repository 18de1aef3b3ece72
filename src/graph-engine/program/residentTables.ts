import { gather } from './primitives/arrangement.ts';
import type { DType } from '../core/shape.ts';
import type { Dims, Entry, EntryInput, Instruction, Program, Value, Variable } from './program.ts';

/** The samples that stand in for one feed of a network: `[samples, ...]`. */
export interface ResidentTable {
  readonly feed: string;
  readonly samples: number;
}

/** The feed of the entries that take their samples from tables: numbers of rows, `int32 [batch]`. */
export const SAMPLE_NUMBERS = 'sampleNumbers';

/** The variable that holds the table of a feed. */
export function tableVariable(feed: string): string {
  return `data/${feed}`;
}

/**
 * The program with the data in variables, so that the named entries are fed with the numbers of samples instead of samples. On a
 * device with memory of its own that is all that crosses the bus for a step. Values keep their ids. Throws where an entry takes
 * a feed that does not begin with the batch.
 */
export function withResidentTables(
  program: Program,
  tables: readonly ResidentTable[],
  entryNames: readonly string[],
): Program {
  const samplesOf = new Map(tables.map(({ feed, samples }) => [feed, samples]));
  const variables = new Map<string, Variable>();
  const entries = Object.entries(program.entries).map(([name, entry]) => {
    if (!entryNames.includes(name)) return [name, entry] as const;
    const taken = entry.inputs.filter((input) => samplesOf.has(input.name));
    for (const input of taken) variables.set(input.name, tableFor(input, samplesOf.get(input.name) ?? 0));
    return [name, takingFrom(variables, entry, taken)] as const;
  });
  return { variables: [...program.variables, ...variables.values()], entries: Object.fromEntries(entries) };
}

function tableFor({ name, value }: EntryInput, samples: number): Variable {
  const [batch, ...sample] = value.dims;
  if (batch !== -1) throw new Error(`${name} is [${value.dims.join(', ')}]: its rows are no samples`);
  return {
    name: tableVariable(name),
    dims: [samples, ...sample],
    dtype: storedType(value),
    initializer: { kind: 'zeros' },
    role: 'table',
    trainable: false,
    origin: '',
  };
}

function storedType({ dtype }: Value): DType {
  if (dtype !== 'float32' && dtype !== 'int32') throw new Error(`A feed is not ${dtype}`);
  return dtype;
}

function takingFrom(tables: ReadonlyMap<string, Variable>, entry: Entry, taken: readonly EntryInput[]): Entry {
  if (taken.length === 0) return entry;
  let id = Math.max(...entry.inputs.map(({ value }) => value.id), ...entry.instructions.flatMap(idsMadeBy));
  const fresh = (dims: Dims, dtype: DType): Value => ({ id: ++id, dims, dtype });
  const numbers = fresh([-1], 'int32');
  const instructions = taken.flatMap(({ name, value }): Instruction[] => {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`There is no table for ${name}`);
    const { dims, dtype } = table;
    const rows = fresh(dims, dtype);
    const [found] = gather.infer([rows, numbers], { axis: 0 });
    if (found.dims.join() !== value.dims.join()) throw new Error(`The table of ${name} has rows of another shape`);
    return [
      {
        primitive: 'readVariable',
        inputs: [],
        outputs: [rows],
        attributes: { name: table.name, dims, dtype },
        origin: '',
      },
      { primitive: 'gather', inputs: [rows, numbers], outputs: [value], attributes: { axis: 0 }, origin: '' },
    ];
  });
  return {
    ...entry,
    inputs: [...entry.inputs.filter((input) => !taken.includes(input)), { name: SAMPLE_NUMBERS, value: numbers }],
    instructions: [...instructions, ...entry.instructions],
  };
}

function idsMadeBy({ outputs }: Instruction): readonly number[] {
  return outputs.map(({ id }) => id);
}
