import { isPrimitiveName, primitiveNamed } from '../../program/primitives/index.ts';
import type { Entry, Instruction, Program } from '../../program/program.ts';
import { DataType } from '../protobuf/generated/tensorflow_pb.js';
import { shape, text, type } from './attributes.ts';
import type { GraphTensor } from './emitContext.ts';
import { emitters } from './emitters/index.ts';
import { createEntryContext, type EntryContext } from './entryContext.ts';
import { createGraphWriter, type GraphWriter } from './graphWriter.ts';

/** The node outputs that belong to one variable. */
export interface VariableNodes {
  /** Fetched, the value. */
  readonly read: string;
  /** Fed with the new value while `written` is fetched. */
  readonly value: string;
  readonly written: string;
  /** The node that writes, to wait for. */
  readonly assign: string;
}

/** The node outputs to feed and fetch for one entry, by the names of its inputs and outputs. */
export interface EntryNodes {
  readonly feeds: Readonly<Record<string, string>>;
  readonly fetches: Readonly<Record<string, string>>;
}

/** A program as TensorFlow takes it. */
export interface TensorflowGraph {
  /** The bytes of saved_model.pb; its one graph is tagged with `GRAPH_TAG`. */
  readonly savedModel: Uint8Array;
  readonly entries: Readonly<Record<string, EntryNodes>>;
  readonly variables: Readonly<Record<string, VariableNodes>>;
  /** Fetched while all variables are fed: one fetch instead of one each, which TensorFlow prepares several times faster. */
  readonly allWritten: string;
  /** The document path that a node comes from, for errors that name nodes. */
  originOf(node: string): string | undefined;
}

/**
 * Writes all entries of a program as one graph, so that they share their variables. Variables have no values until they are
 * written. Any fetch of an entry also does the entry's effects.
 */
export function emitTensorflowGraph(program: Program): TensorflowGraph {
  const writer = createGraphWriter();
  const origins = new Map<string, string>();
  const handles = new Map<string, string>();
  const variables: Record<string, VariableNodes> = {};
  for (const [index, { name, dims, dtype }] of program.variables.entries()) {
    if (handles.has(name)) throw new Error(`Two variables are named ${name}`);
    const handle = writer.node(`variables/${name}`, 'VarHandleOp', [], {
      dtype: type(dtype),
      shape: shape(dims),
      container: text(''),
      // Handles of one shared name are one variable, so this must be unique whatever the variables are called.
      shared_name: text(`${index}`),
    });
    handles.set(name, handle);
    variables[name] = variableNodes(writer, handle, dtype, dims);
  }

  const allWritten = writer.node(
    'variables/written',
    'Identity',
    [writer.constant(DataType.DT_INT32, [], [0]), ...Object.values(variables).map(({ assign }) => `^${assign}`)],
    { T: type('int32') },
  );

  const entries: Record<string, EntryNodes> = {};
  for (const entry of Object.values(program.entries)) {
    entries[entry.name] = emitEntry(writer, entry, handles, origins);
  }
  const savedModel = writer.savedModel();
  return { savedModel, entries, variables, allWritten, originOf: (node) => origins.get(node) };
}

function variableNodes(
  writer: GraphWriter,
  handle: string,
  dtype: 'float32' | 'int32',
  dims: readonly number[],
): VariableNodes {
  const read = writer.node(`${handle}/read`, 'ReadVariableOp', [handle], { dtype: type(dtype) });
  const value = writer.node(`${handle}/value`, 'Placeholder', [], { dtype: type(dtype), shape: shape(dims) });
  const assign = writer.node(`${handle}/assign`, 'AssignVariableOp', [handle, value], { dtype: type(dtype) });
  const count = writer.constant(DataType.DT_INT32, [], [0]);
  const written = writer.node(`${handle}/written`, 'Identity', [count, `^${assign}`], { T: type('int32') });
  return { read, value, assign, written };
}

function emitEntry(
  writer: GraphWriter,
  entry: Entry,
  handles: ReadonlyMap<string, string>,
  origins: Map<string, string>,
): EntryNodes {
  const context = createEntryContext(writer, entry.name, handles, origins);
  const feeds: Record<string, string> = {};
  for (const { name, value } of entry.inputs) {
    const placeholder = writer.node(`${entry.name}/inputs/${name}`, 'Placeholder', [], {
      dtype: type(value.dtype),
      shape: shape(value.dims),
    });
    feeds[name] = `${placeholder}:0`;
    context.define(value, placeholder);
  }

  const isEffect = (instruction: Instruction): boolean => primitiveNamed(instruction.primitive).effect === true;
  /** By variable, the nodes that must be done before its next change. */
  const earlier = new Map<string, string[]>();
  for (const instruction of entry.instructions.filter((instruction) => !isEffect(instruction))) {
    const refs = emitInstruction(context, instruction);
    const { name } = instruction.attributes;
    if (instruction.primitive === 'readVariable' && typeof name === 'string') {
      earlier.set(name, [...(earlier.get(name) ?? []), ...refs]);
    }
  }

  const effects: string[] = [];
  for (const instruction of entry.instructions.filter(isEffect)) {
    const touched = variablesOf(instruction);
    const before = [...new Set(touched.flatMap((name) => earlier.get(name) ?? []))];
    const done = context.after(before, () => emitInstruction(context, instruction));
    for (const name of touched) earlier.set(name, [...done]);
    effects.push(...done);
  }

  // The session is told only what to fetch: whatever that is, it pulls the effects along.
  const all = effects.length === 0 ? [] : [`^${context.gather(effects)}`];
  const fetches: Record<string, string> = {};
  for (const { name, value } of entry.outputs) {
    const { ref, dtype } = context.tensorOf(value);
    const output = writer.node(`${entry.name}/outputs/${name}`, 'Identity', [ref, ...all], { T: type(dtype) });
    fetches[name] = `${output}:0`;
  }
  if (entry.outputs.length === 0) throw new Error(`The entry ${entry.name} has no outputs`);
  return { feeds, fetches };
}

function emitInstruction(context: EntryContext, instruction: Instruction): readonly string[] {
  const { primitive, inputs, outputs, attributes } = instruction;
  if (!isPrimitiveName(primitive)) throw new Error(`Unknown primitive ${primitive}`);
  const emitter = emitters[primitive] as unknown as (
    context: EntryContext,
    inputs: readonly GraphTensor[],
    attributes: unknown,
  ) => readonly string[];
  const refs = context.within(instruction, () => emitter(context, inputs.map(context.tensorOf), attributes));
  outputs.forEach((output, i) => {
    const ref = refs[i];
    if (ref === undefined) throw new Error(`${primitive} has no output ${i} in TensorFlow`);
    context.define(output, ref);
  });
  return refs;
}

/** The variables that an effect changes. */
function variablesOf({ attributes }: Instruction): readonly string[] {
  return ['name', 'slot', 'first', 'second'].flatMap((key) => {
    const name = attributes[key];
    return typeof name === 'string' ? [name] : [];
  });
}
