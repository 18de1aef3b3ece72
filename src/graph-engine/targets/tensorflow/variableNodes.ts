import type { DType } from '../../core/shape.ts';
import { elementCountOf } from '../../program/dims.ts';
import type { Variable } from '../../program/program.ts';
import { DataType } from '../protobuf/generated/tensorflow_pb.js';
import { integer, shape, text, type } from './attributes.ts';
import type { GraphWriter } from './graphWriter.ts';

/**
 * Variables of one element type, laid end to end. TensorFlow prepares a graph anew for every set of feeds and fetches, in
 * a time that grows with the whole graph, and the binding walks the list of names once per name: so thousands of variables
 * go in and out as one tensor.
 */
export interface VariablePack {
  readonly names: readonly string[];
  /** Where each variable begins, and at the end how long the pack is. */
  readonly offsets: readonly number[];
  readonly dtype: DType;
  /** Fetched, all values: a vector. */
  readonly read: string;
  /** Fed with all values while `written` is fetched. */
  readonly value: string;
  readonly written: string;
}

/** The nodes of one variable that entries use. */
export interface VariableNodes {
  readonly handle: string;
  /** Its value before any effect of an entry, which waits for this. */
  readonly read: string;
}

/** 64 MB of float32: what passes through memory at once beside the variables themselves. */
const ELEMENTS_AT_ONCE = 2 ** 24;
/** TensorFlow's own optimizer, where it cannot be turned off, takes a time that grows with the square of this. */
const VARIABLES_AT_ONCE = 4096;

/** Adds the variables to the graph. Variables have no values until their packs are written. */
export function emitVariables(
  writer: GraphWriter,
  variables: readonly Variable[],
): { readonly nodes: ReadonlyMap<string, VariableNodes>; readonly packs: readonly VariablePack[] } {
  const nodes = new Map<string, VariableNodes>();
  for (const [index, { name, dims, dtype }] of variables.entries()) {
    if (nodes.has(name)) throw new Error(`Two variables are named ${name}`);
    const handle = writer.node(`variables/${name}`, 'VarHandleOp', [], {
      dtype: type(dtype),
      shape: shape(dims),
      container: text(''),
      // Handles of one shared name are one variable, so this must be unique whatever the variables are called.
      shared_name: text(`${index}`),
    });
    const read = writer.node(`${handle}/read`, 'ReadVariableOp', [handle], { dtype: type(dtype) });
    nodes.set(name, { handle, read });
  }
  return { nodes, packs: inPacks(variables).map((members, index) => emitPack(writer, members, nodes, index)) };
}

function sizeOf({ dims }: Variable): number {
  return elementCountOf(dims).coefficient;
}

/** Consecutive variables of one type that fit together; a larger one is alone. */
function inPacks(variables: readonly Variable[]): readonly (readonly Variable[])[] {
  const packs: Variable[][] = [];
  for (const dtype of ['float32', 'int32'] as const) {
    let room = 0;
    for (const variable of variables) {
      if (variable.dtype !== dtype) continue;
      const size = sizeOf(variable);
      const last = packs.at(-1);
      if (size <= room && last !== undefined && last.length < VARIABLES_AT_ONCE) last.push(variable);
      else {
        packs.push([variable]);
        room = ELEMENTS_AT_ONCE;
      }
      room -= size;
    }
  }
  return packs;
}

function emitPack(
  writer: GraphWriter,
  members: readonly Variable[],
  nodes: ReadonlyMap<string, VariableNodes>,
  index: number,
): VariablePack {
  const dtype = members[0]?.dtype ?? 'float32';
  const T = type(dtype);
  const int32 = type('int32');
  const place = `packs/${index}`;
  const integers = (values: readonly number[]): string => writer.constant(DataType.DT_INT32, [values.length], values);
  const axis = writer.constant(DataType.DT_INT32, [], [0]);
  const reshaped = (node: string, dims: readonly number[]): string =>
    writer.node(`${place}/Reshape`, 'Reshape', [node, integers(dims)], { T, Tshape: int32 });

  const sizes = members.map(sizeOf);
  const value = writer.node(`${place}/value`, 'Placeholder', [], { dtype: T, shape: shape([sum(sizes)]) });
  const single = members.length === 1;
  const count = integer(members.length);
  const split = single
    ? value
    : writer.node(`${place}/SplitV`, 'SplitV', [value, integers(sizes), axis], { T, Tlen: int32, num_split: count });
  const assigns = members.map(({ name, dims }, at) => {
    const { handle } = found(nodes, name);
    const part = at === 0 ? split : `${split}:${at}`;
    return writer.node(
      `${handle}/assign`,
      'AssignVariableOp',
      [handle, dims.length === 1 ? part : reshaped(part, dims)],
      {
        dtype: T,
      },
    );
  });
  const zero = writer.constant(DataType.DT_INT32, [], [0]);
  const written = writer.node(`${place}/written`, 'Identity', [zero, ...assigns.map((assign) => `^${assign}`)], {
    T: int32,
  });

  const flat = members.map(({ name, dims }) => {
    const { read } = found(nodes, name);
    return dims.length === 1 ? read : reshaped(read, [-1]);
  });
  const [first = ''] = flat;
  const read = single
    ? writer.node(`${place}/read`, 'Identity', [first], { T })
    : writer.node(`${place}/read`, 'ConcatV2', [...flat, axis], { N: count, T, Tidx: int32 });
  return { names: members.map(({ name }) => name), offsets: runningSums(sizes), dtype, read, value, written };
}

function found(nodes: ReadonlyMap<string, VariableNodes>, name: string): VariableNodes {
  const known = nodes.get(name);
  if (known === undefined) throw new Error(`There is no variable ${name}`);
  return known;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function runningSums(sizes: readonly number[]): readonly number[] {
  const offsets = [0];
  for (const size of sizes) offsets.push((offsets.at(-1) ?? 0) + size);
  return offsets;
}
