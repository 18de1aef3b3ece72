import { bfloat16Bits } from '../../program/bfloat16.ts';
import { DataType } from '../protobuf/generated/tensorflow_pb.js';
import {
  asciiField,
  bytesField,
  concatBytes,
  createWireBytes,
  fieldLength,
  varintField,
  type WireBytes,
} from '../protobuf/wireBytes.ts';
import { tensor, type, type NodeAttributes } from './attributes.ts';

/** A growing GraphDef. Outputs are named as TensorFlow does: `node` is the first output of a node, `node:1` the second. */
export interface GraphWriter {
  /** Adds a node; its name is the one asked for, made legal and unique. */
  node(name: string, op: string, inputs: readonly string[], attributes?: NodeAttributes): string;
  /** A `Const`; equal constants are one node. */
  constant(dtype: DataType, dims: readonly number[], values: readonly number[]): string;
  /** The whole graph as the bytes of a GraphDef. */
  graph(): Uint8Array;
  /** The whole graph as the bytes of a saved_model.pb. */
  savedModel(): Uint8Array;
}

/** The tag under which the graph is found in the SavedModel. */
export const GRAPH_TAG = 'serve';

/** Of TensorFlow 2.12: a graph from then is read by all later versions with the meaning it had. */
const PRODUCER = 1395;

/** An empty graph. */
export function createGraphWriter(): GraphWriter {
  const nodes = createWireBytes();
  const constants = new Map<string, string>();
  const used = new Set<string>();
  const repetitions = new Map<string, number>();

  function uniqueName(wanted: string): string {
    const legal = legalName(wanted);
    let name = legal;
    while (used.has(name)) {
      const count = (repetitions.get(legal) ?? 0) + 1;
      repetitions.set(legal, count);
      name = `${legal}_${count}`;
    }
    used.add(name);
    return name;
  }

  const writer: GraphWriter = {
    node(wanted, op, inputs, attributes = {}) {
      const name = uniqueName(wanted);
      writeNode(nodes, name, op, inputs, attributes);
      return name;
    },
    constant(dtype, dims, values) {
      const key = `${dtype}[${dims.join()}]${values.map((value) => (Object.is(value, -0) ? '-0' : value)).join()}`;
      let name = constants.get(key);
      if (name === undefined) {
        const label = values.length <= 4 ? values.join('_') : `${values.length}_values`;
        name = writer.node(`constants/${label}`, 'Const', [], {
          dtype: type(dtype),
          value: tensor(dtype, dims, contentOf(dtype, values)),
        });
        constants.set(key, name);
      }
      return name;
    },
    graph: () => concatBytes([nodes.finish(), bytesField(4, varintField(1, PRODUCER))]),
    savedModel() {
      const metaGraph = concatBytes([bytesField(1, asciiField(4, GRAPH_TAG)), bytesField(2, writer.graph())]);
      return concatBytes([varintField(1, 1), bytesField(2, metaGraph)]);
    },
  };
  return writer;
}

/** Writes a `NodeDef` as the field `node` of a GraphDef. */
function writeNode(
  graph: WireBytes,
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: NodeAttributes,
): void {
  const entries = Object.entries(attributes);
  let content = fieldLength(name.length) + fieldLength(op.length);
  for (const input of inputs) content += fieldLength(input.length);
  for (const [key, value] of entries) content += fieldLength(fieldLength(key.length) + fieldLength(value.length));
  graph.begin(1, content);
  graph.ascii(1, name);
  graph.ascii(2, op);
  for (const input of inputs) graph.ascii(3, input);
  for (const [key, value] of entries) {
    graph.begin(5, fieldLength(key.length) + fieldLength(value.length));
    graph.ascii(1, key);
    graph.bytes(2, value);
  }
}

/** `train/stage2[3].conv1` becomes `train/stage2.3.conv1`: TensorFlow allows letters, digits and `_ . \ - / >`. */
export function legalName(name: string): string {
  if (/^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/.test(name)) return name;
  return name
    .replaceAll('[', '.')
    .replaceAll(']', '')
    .replace(/[^A-Za-z0-9_.\\/>-]/g, '_')
    .replace(/^[^A-Za-z0-9.]/, 'n');
}

function contentOf(dtype: DataType, values: readonly number[]): Uint8Array {
  switch (dtype) {
    case DataType.DT_FLOAT:
      return littleEndian(4, values, (view, at, value) => view.setFloat32(at, value, true));
    case DataType.DT_BFLOAT16:
      return littleEndian(2, values, (view, at, value) => view.setUint16(at, bfloat16Bits(value), true));
    case DataType.DT_INT32:
      return littleEndian(4, values, (view, at, value) => view.setInt32(at, value, true));
    case DataType.DT_UINT64:
      return littleEndian(8, values, (view, at, value) => view.setBigUint64(at, BigInt(value), true));
    default:
      throw new Error(`No constants of data type ${dtype}`);
  }
}

function littleEndian(
  size: number,
  values: readonly number[],
  put: (view: DataView, at: number, value: number) => void,
): Uint8Array {
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => put(view, i * size, value));
  return bytes;
}
