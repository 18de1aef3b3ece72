import { orderOfEffects } from '../../program/orderOfEffects.ts';
import { isPrimitiveName } from '../../program/primitives/index.ts';
import type { Entry, Instruction, Program } from '../../program/program.ts';
import { shape, type } from './attributes.ts';
import type { TensorflowAbilities } from './emitContext.ts';
import { emitters } from './emitters/index.ts';
import { createEntryContext, type EntryContext } from './entryContext.ts';
import { fuseNormalization } from './ownKernels/fuseNormalization.ts';
import { ownEmitters, type OwnEmitter } from './ownKernels/ownEmitters.ts';
import { createGraphWriter, type GraphWriter } from './graphWriter.ts';
import { emitVariables, type VariableNodes, type VariablePack } from './variableNodes.ts';

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
  /** Each variable is in one of them. */
  readonly packs: readonly VariablePack[];
  /** The document path that a node comes from, for errors that name nodes. */
  originOf(node: string): string | undefined;
}

/**
 * Writes all entries of a program as one graph, so that they share their variables. Variables have no values until they are
 * written. Any fetch of an entry also does the entry's effects.
 */
export function emitTensorflowGraph(
  program: Program,
  abilities: TensorflowAbilities = { groupedConvolutions: false },
): TensorflowGraph {
  const writer = createGraphWriter();
  const origins = new Map<string, string>();
  const { nodes: variables, packs } = emitVariables(writer, program.variables);
  const entries: Record<string, EntryNodes> = {};
  for (const entry of Object.values(program.entries)) {
    entries[entry.name] = emitEntry(writer, entry, variables, origins, abilities);
  }
  const savedModel = writer.savedModel();
  return { savedModel, entries, packs, originOf: (node) => origins.get(node) };
}

function emitEntry(
  writer: GraphWriter,
  entry: Entry,
  variables: ReadonlyMap<string, VariableNodes>,
  origins: Map<string, string>,
  abilities: TensorflowAbilities,
): EntryNodes {
  const context = createEntryContext(writer, entry.name, variables, origins, abilities);
  const feeds: Record<string, string> = {};
  for (const { name, value } of entry.inputs) {
    const placeholder = writer.node(`${entry.name}/inputs/${name}`, 'Placeholder', [], {
      dtype: type(value.dtype),
      shape: shape(value.dims),
    });
    feeds[name] = `${placeholder}:0`;
    context.define(value, placeholder);
  }

  const { first: before, effects: changes, last } = orderOfEffects(entry.instructions);
  const first = abilities.ownKernels?.has('normalization')
    ? fuseNormalization(before, usedBy([...changes, ...last], entry.outputs))
    : before;
  /** By variable, the nodes that must be done before its next change. */
  const earlier = new Map<string, string[]>();
  /** By value, the variable whose memory it is. */
  const lent = new Map<number, string>();
  for (const instruction of first) {
    const refs = emitInstruction(context, instruction);
    const { name } = instruction.attributes;
    if (instruction.primitive === 'readVariable' && typeof name === 'string') {
      earlier.set(name, [...(earlier.get(name) ?? []), ...refs]);
      for (const { id } of instruction.outputs) lent.set(id, name);
    }
    // A variable that changes while somebody still reads it is copied first: its change waits for all who do.
    for (const { id } of instruction.inputs) {
      const variable = lent.get(id);
      if (variable === undefined) continue;
      earlier.set(variable, [...(earlier.get(variable) ?? []), ...refs.slice(0, 1).map(nodeOf)]);
      if (instruction.primitive === 'reshape') for (const output of instruction.outputs) lent.set(output.id, variable);
    }
  }

  const effects: string[] = [];
  for (const instruction of changes) {
    const touched = variablesOf(instruction);
    const waited = [...new Set(touched.flatMap((name) => earlier.get(name) ?? []))];
    const done = context.after(waited, () => emitInstruction(context, instruction));
    for (const name of touched) earlier.set(name, [...done]);
    effects.push(...done);
  }
  for (const instruction of last) {
    const waited = variablesOf(instruction).flatMap((name) => earlier.get(name) ?? []);
    context.after(waited, () => emitInstruction(context, instruction));
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

/** Writes one instruction and says which node outputs hold its values. */
export function emitInstruction(context: EntryContext, instruction: Instruction): readonly string[] {
  const { primitive, inputs, outputs, attributes } = instruction;
  const emitter = emitterOf(primitive);
  const refs = context.within(instruction, () => emitter(context, inputs.map(context.tensorOf), attributes));
  outputs.forEach((output, i) => {
    const ref = refs[i];
    if (ref === undefined) throw new Error(`${primitive} has no output ${i} in TensorFlow`);
    context.define(output, ref);
  });
  return refs;
}

function emitterOf(primitive: string): OwnEmitter {
  const emitter = ownEmitters[primitive];
  if (emitter !== undefined) return emitter;
  if (!isPrimitiveName(primitive)) throw new Error(`Unknown primitive ${primitive}`);
  // The instruction was inferred by its own definition, so inputs and attributes fit.
  return emitters[primitive] as unknown as OwnEmitter;
}

/** The values that instructions or outputs use. */
function usedBy(instructions: readonly Instruction[], outputs: Entry['outputs']): ReadonlySet<number> {
  return new Set([
    ...instructions.flatMap(({ inputs }) => inputs.map(({ id }) => id)),
    ...outputs.map(({ value }) => value.id),
  ]);
}

/** The node of an output. */
function nodeOf(ref: string): string {
  return ref.replace(/:\d+$/, '');
}

/** The variables that an effect changes. */
function variablesOf({ attributes }: Instruction): readonly string[] {
  return ['name', 'slot', 'first', 'second'].flatMap((key) => {
    const name = attributes[key];
    return typeof name === 'string' ? [name] : [];
  });
}
