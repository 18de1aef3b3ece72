import { fromBinary, toJson } from '@bufbuild/protobuf';
import type { LoweredDocument } from '../../lower/lowerDocument.ts';
import {
  AttrValueSchema,
  DataType,
  GraphDefSchema,
  type NodeDef,
  type TensorProto,
} from '../protobuf/generated/tensorflow_pb.js';
import { tensor, type } from '../tensorflow/attributes.ts';
import {
  emitServingGraph,
  type ServingEnd,
  type ServingGraph,
  type ServingOptions,
} from '../tensorflow/serving/servingGraph.ts';
import { dataTypeOf } from '../tensorflow/attributes.ts';
import { graphModelOps } from './graphModelOps.ts';
import type { ManifestTensor } from './weightsManifest.ts';

/** A graph for the graph executor of TensorFlow.js; the values of weights lie in shards beside it. */
export interface GraphModel extends Omit<ServingGraph, 'writer' | 'weights'> {
  /** `modelTopology` and `signature` of model.json. */
  readonly topology: unknown;
  readonly signature: unknown;
  /** In the order in which their data follow. */
  readonly tensors: readonly ManifestTensor[];
  /** Operators that TensorFlow.js does not know, each with the node that asks for it. */
  readonly unsupported: readonly { readonly op: string; readonly node: string }[];
}

/**
 * Writes the prediction of a network as a graph model: the same graph as a SavedModel's, with weights as constants. Images are
 * channels last, as every backend of TensorFlow.js has them.
 */
export function encodeGraphModel(lowered: LoweredDocument, options: ServingOptions): GraphModel {
  const variables = new Map<string, string>();
  const { writer, inputs, outputs } = emitServingGraph(
    lowered,
    { ...options, forBrowsers: true },
    (own, { name, variable }) => {
      const { dtype, dims } = variable;
      const node = own.node(name, 'Const', [], {
        dtype: type(dtype),
        value: tensor(dataTypeOf(dtype), dims, new Uint8Array()),
      });
      variables.set(node, variable.name);
      return { handle: node, read: node };
    },
  );
  const { node: nodes } = fromBinary(GraphDefSchema, writer.graph());
  return {
    inputs,
    outputs,
    topology: { node: nodes.map(nodeJson), library: {}, versions: { producer: 1395 } },
    signature: {
      inputs: Object.fromEntries(inputs.map((end) => [end.name, tensorInfo(end)])),
      outputs: Object.fromEntries(outputs.map((end) => [end.name, tensorInfo(end)])),
    },
    tensors: nodes.flatMap((node) => {
      const value = constantOf(node);
      return value === undefined ? [] : [manifestTensor(node.name, value, variables.get(node.name))];
    }),
    unsupported: nodes.flatMap(({ op, name }) => (graphModelOps.has(op) ? [] : [{ op, node: name }])),
  };
}

function constantOf({ op, attr }: NodeDef): TensorProto | undefined {
  const value = attr['value']?.value;
  return op === 'Const' && value?.case === 'tensor' ? value.value : undefined;
}

function manifestTensor(name: string, value: TensorProto, variable: string | undefined): ManifestTensor {
  const dims = (value.tensorShape?.dim ?? []).map(({ size }) => Number(size));
  const dtype = value.dtype === DataType.DT_INT32 ? 'int32' : 'float32';
  return { name, dims, dtype, source: variable === undefined ? { content: value.tensorContent } : { variable } };
}

function nodeJson(node: NodeDef): unknown {
  const { name, op, input } = node;
  const attr = Object.fromEntries(
    Object.entries(node.attr).map(([key, value]) => {
      if (key !== 'value' || value.value.case !== 'tensor') return [key, toJson(AttrValueSchema, value)];
      // Values lie in the shards.
      const bare = { ...value.value.value, tensorContent: new Uint8Array() };
      return [key, toJson(AttrValueSchema, { ...value, value: { case: 'tensor', value: bare } })];
    }),
  );
  return { name, op, ...(input.length > 0 && { input }), attr };
}

function tensorInfo({ tensor: name, dims, type: { dtype } }: ServingEnd): unknown {
  return {
    name,
    dtype: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT',
    tensorShape: { dim: dims.map((size) => ({ size: String(size) })) },
  };
}
