import type { OnnxAttribute } from '../../core/onnxContext.ts';
import type { DType } from '../../core/shape.ts';
import type { OnnxDim } from './channelsFirst.ts';
import type { NodeProto, TensorProto, TypeProto } from '../protobuf/generated/onnx_pb.js';
import { DEFAULT_OPSET } from './opsets.ts';
import type { TensorContent } from './tensorContent.ts';
import { createUniqueNames } from './uniqueNames.ts';

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly documentation: string;
  /** Type of the op of the document that it was written for; absent for what the file itself needs. */
  readonly op?: string;
  /** A node as a file had it: its attributes, and how values of this graph are called that its subgraphs use. */
  readonly kept?: { readonly node: NodeProto; readonly captured: ReadonlyMap<string, string> };
}

/** Element types of a file. */
export type OnnxElement = DType | 'float16' | 'int64';

/** A constant tensor. */
export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: 'float32' | 'float16' | 'int64';
  readonly content: TensorContent;
  /** Whether it was learned, or could have been. */
  readonly isWeight: boolean;
  /** A tensor as a file had it, which is written in place of all of this. */
  readonly kept?: TensorProto;
}

export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly OnnxDim[];
  readonly dtype: OnnxElement;
  readonly documentation: string;
  /** The type as a file had it, where it is none of ours. */
  readonly kept?: TypeProto | undefined;
}

/** A graph as it will be written: in topological order, without nodes that lead to no output. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Known shapes of values inside the graph, for viewers and for shape inference to check. */
  readonly inner: readonly OnnxValue[];
}

/** Collects a graph; names given are document paths, names returned are the legal, unique ONNX names. */
export interface OnnxGraphBuilder {
  /** Version of the operator set that the nodes are of. */
  readonly opset: number;
  input(path: string, value: Omit<OnnxValue, 'name'>): string;
  node(
    path: string,
    node: { readonly opType: string } & Pick<OnnxNode, 'inputs' | 'attributes' | 'documentation' | 'op'>,
  ): string;
  /** Adds a node of several outputs, one for each path, and returns their names. */
  nodes(
    path: string,
    node: { readonly opType: string } & Pick<OnnxNode, 'inputs' | 'attributes' | 'documentation' | 'op' | 'kept'>,
    outputs: readonly string[],
  ): readonly string[];
  initializer(path: string, tensor: Omit<OnnxInitializer, 'name'>): string;
  /** The initializer made under this key before, or a new one. */
  sharedInitializer(key: string, path: string, tensor: Omit<OnnxInitializer, 'name'>): string;
  describe(value: OnnxValue): void;
  /** Keeps a name free for an output that is declared later. */
  reserveOutput(path: string): void;
  /** Declares a value as an output; it takes the output's name where it can, so no node is added for the name alone. */
  output(path: string, source: string, value: Omit<OnnxValue, 'name'>): string;
  finish(): OnnxGraph;
}

/** Starts an empty graph of one operator set. */
export function createOnnxGraph(opset = DEFAULT_OPSET): OnnxGraphBuilder {
  const values = createUniqueNames();
  const nodeNames = createUniqueNames();
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: { readonly value: OnnxValue; readonly source: string }[] = [];
  const inner = new Map<string, OnnxValue>();

  const shared = new Map<string, string>();
  const reserved = new Map<string, string>();

  function addNode(path: string, node: Omit<OnnxNode, 'name' | 'outputs'>): string {
    const output = values.take(path);
    nodes.push({ ...node, name: nodeNames.take(path), outputs: [output] });
    return output;
  }

  function addInitializer(path: string, tensor: Omit<OnnxInitializer, 'name'>): string {
    const name = values.take(path);
    initializers.push({ ...tensor, name });
    return name;
  }

  return {
    opset,
    input(path, value) {
      const name = values.take(path);
      inputs.push({ ...value, name });
      return name;
    },
    node: addNode,
    nodes(path, node, outputs) {
      const names = outputs.map((output) => (output === '' ? '' : values.take(output)));
      nodes.push({ ...node, name: nodeNames.take(path), outputs: names });
      return names;
    },
    initializer: addInitializer,
    sharedInitializer(key, path, tensor) {
      let name = shared.get(key);
      if (name === undefined) shared.set(key, (name = addInitializer(path, tensor)));
      return name;
    },
    describe(value) {
      inner.set(value.name, value);
    },
    reserveOutput(path) {
      reserved.set(path, values.take(path));
    },
    output(path, source, value) {
      const name = reserved.get(path) ?? values.take(path);
      outputs.push({ value: { ...value, name }, source });
      return name;
    },
    finish() {
      const produced = new Set(nodes.flatMap((node) => node.outputs));
      const renamed = new Map<string, string>();
      const extra: OnnxNode[] = [];
      for (const { value, source } of outputs) {
        if (produced.has(source) && !renamed.has(source)) {
          renamed.set(source, value.name);
        } else {
          // An input or a value with two output names cannot be renamed: copy it.
          extra.push({
            name: nodeNames.take(value.name),
            opType: 'Identity',
            inputs: [source],
            outputs: [value.name],
            attributes: {},
            documentation: '',
          });
        }
      }
      const current = (name: string) => renamed.get(name) ?? name;
      const named = [...nodes, ...extra].map((node) => ({
        ...node,
        inputs: node.inputs.map(current),
        outputs: node.outputs.map(current),
        ...(node.kept !== undefined && { kept: { ...node.kept, captured: mapValues(node.kept.captured, current) } }),
      }));
      return withoutDeadNodes({
        nodes: named,
        initializers,
        inputs,
        outputs: outputs.map(({ value }) => value),
        inner: [...inner.values()].filter(({ name }) => !renamed.has(name)),
      });
    },
  };
}

/** The graph without what leads to no output: nodes, constants, and the shapes of values that are not there. */
export function withoutDeadNodes(graph: OnnxGraph): OnnxGraph {
  const { kept, used } = reachingNodes(
    graph.nodes,
    graph.outputs.map(({ name }) => name),
  );
  const produced = new Set(kept.flatMap((node) => node.outputs));
  return {
    ...graph,
    nodes: kept,
    initializers: graph.initializers.filter(({ name }) => used.has(name)),
    inner: graph.inner.filter(({ name }) => produced.has(name) && used.has(name)),
  };
}

function mapValues(map: ReadonlyMap<string, string>, change: (name: string) => string): ReadonlyMap<string, string> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** Nodes that lead to an output, in their order, and every value that is used on the way. */
function reachingNodes(nodes: readonly OnnxNode[], outputs: readonly string[]) {
  const used = new Set(outputs);
  const kept = nodes
    .toReversed()
    .filter((node) => {
      const reaches = node.outputs.some((output) => used.has(output));
      if (reaches) for (const input of [...node.inputs, ...(node.kept?.captured.values() ?? [])]) used.add(input);
      return reaches;
    })
    .toReversed();
  return { kept, used };
}
