import type { Dims, ElementType, Instruction, Value } from '../../program/program.ts';
import { DataType } from '../protobuf/generated/tensorflow_pb.js';
import { dataTypeOf, integer, type } from './attributes.ts';
import type { EmitContext, GraphTensor, TensorflowAbilities } from './emitContext.ts';
import { legalName, type GraphWriter } from './graphWriter.ts';
import type { VariableNodes } from './variableNodes.ts';

/** The emitters' view of one entry, and what the walk over its instructions needs besides. */
export interface EntryContext extends EmitContext {
  /** Says which node output holds a value. */
  define(value: Value, ref: string): void;
  tensorOf(this: void, value: Value): GraphTensor;
  /** Names the nodes that `run` adds after the instruction. */
  within<T>(instruction: Instruction, run: () => T): T;
  /** Makes the nodes that `run` adds wait for others. */
  after<T>(nodes: readonly string[], run: () => T): T;
  /** A node that waits for all of these. */
  gather(nodes: readonly string[]): string;
}

/** Starts an entry. `origins` learns which document path each node comes from. */
export function createEntryContext(
  writer: GraphWriter,
  entryName: string,
  variables: ReadonlyMap<string, VariableNodes>,
  origins: Map<string, string>,
  abilities: TensorflowAbilities,
): EntryContext {
  const tensors = new Map<number, GraphTensor>();
  const shared = new Map<string, string>();
  const truths = new Map<string, string>();
  let place = entryName;
  let origin = '';
  let waitFor: readonly string[] = [];
  let batchSource:
    { readonly ref: string; readonly axis: number; readonly dim: number; readonly dtype: ElementType } | undefined;

  function add(name: string, op: string, inputs: readonly string[], attributes = {}): string {
    const node = writer.node(name, op, [...inputs, ...waitFor.map((other) => `^${other}`)], attributes);
    if (origin !== '') origins.set(node, origin);
    return node;
  }

  const context: EntryContext = {
    abilities,
    define(value, ref) {
      tensors.set(value.id, { ref, dims: value.dims, dtype: value.dtype });
      const axis = value.dims.findIndex((dim) => dim < 0);
      if (axis >= 0) batchSource ??= { ref, axis, dim: value.dims[axis] ?? -1, dtype: value.dtype };
    },
    tensorOf(value) {
      const tensor = tensors.get(value.id);
      if (tensor === undefined) throw new Error(`${entryName}: value ${value.id} is used before it is made`);
      return tensor;
    },
    within(instruction, run) {
      if (instruction.origin !== origin) {
        origin = instruction.origin;
        place = legalName(origin === '' ? entryName : `${entryName}/${origin}`);
      }
      return run();
    },
    after(nodes, run) {
      waitFor = nodes;
      try {
        return run();
      } finally {
        waitFor = [];
      }
    },
    gather: (nodes) =>
      writer.node(
        `${entryName}/effects`,
        'NoOp',
        nodes.map((node) => `^${node}`),
      ),

    node: (op, inputs, attributes) => add(`${place}/${op}`, op, inputs, attributes),
    float: (value) => writer.constant(DataType.DT_FLOAT, [], [value]),
    integer: (value) => writer.constant(DataType.DT_INT32, [], [value]),
    integers: (values) => writer.constant(DataType.DT_INT32, [values.length], values),
    longs: (values) => writer.constant(DataType.DT_UINT64, [values.length], values),
    values: (values, dims, dtype) => writer.constant(dataTypeOf(dtype), dims, values),
    shapeOf: (dims) => shapeOf(dims),
    once(key, make) {
      let ref = shared.get(key);
      if (ref === undefined) {
        // What later instructions share must not wait for what only this one waits for.
        const outer = waitFor;
        waitFor = [];
        shared.set(key, (ref = make()));
        waitFor = outer;
      }
      return ref;
    },
    truthOf: ({ ref }) => truths.get(ref) ?? context.node('NotEqual', [ref, context.float(0)], { T: type('float32') }),
    numberOf(truth) {
      const number = context.node('Cast', [truth], { SrcT: type(DataType.DT_BOOL), DstT: type('float32') });
      truths.set(number, truth);
      return number;
    },
    variable: (name) => nodesOf(name).handle,
    valueOf: (name) => nodesOf(name).read,
  };

  function nodesOf(name: string): VariableNodes {
    const nodes = variables.get(name);
    if (nodes === undefined) throw new Error(`${entryName} uses the unknown variable ${name}`);
    return nodes;
  }

  /** The batch size as an int32 scalar. */
  function batch(): string {
    return context.once('batch', () => {
      if (batchSource === undefined) throw new Error(`${entryName} has no input with the batch`);
      const { ref, axis, dim, dtype } = batchSource;
      const int32 = type('int32');
      const sizes = context.node('Shape', [ref], { T: type(dtype), out_type: int32 });
      const size = context.node(
        'StridedSlice',
        [sizes, context.integers([axis]), context.integers([axis + 1]), context.integers([1])],
        { T: int32, Index: int32, shrink_axis_mask: integer(1) },
      );
      return dim === -1 ? size : context.node('FloorDiv', [size, context.integer(-dim)], { T: int32 });
    });
  }

  function shapeOf(dims: Dims): string {
    if (dims.every((dim) => dim > 0)) return context.integers(dims);
    return context.once(`shape ${dims.join()}`, () => {
      const int32 = type('int32');
      const sizes = dims.map((dim) => {
        if (dim > 0) return context.integer(dim);
        if (dim === -1) return batch();
        return context.once(`batch times ${-dim}`, () =>
          context.node('Mul', [batch(), context.integer(-dim)], { T: int32 }),
        );
      });
      return context.node('Pack', sizes, { N: integer(sizes.length), T: int32, axis: integer(0) });
    });
  }
  return context;
}
