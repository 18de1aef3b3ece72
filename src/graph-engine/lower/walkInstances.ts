import type { TensorType } from '../core/shape.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../document/blockPorts.ts';
import type { BlockDefinition, Graph, OpNode, SkipwireDocument } from '../document/schema.ts';
import type { InferredGraph, InferredNode, PortTypes } from '../infer/inferredGraph.ts';

/** One op of the expanded network. */
export interface OpInstance {
  /** Names from the root joined by dots, repetitions in brackets: `stage2[3].conv1`. */
  readonly path: string;
  readonly op: string;
  readonly inferred: InferredNode;
  /** Whether its weights stay as they are: by itself or by a block around it. */
  readonly frozen: boolean;
}

/** Turns the values at an op's inputs into the values at its outputs. */
export type VisitOp<Value> = (
  instance: OpInstance,
  inputs: Readonly<Record<string, Value>>,
) => Readonly<Record<string, Value>>;

/** Values at ports, and their types where the walk knows them. */
export interface ValuesAt<Value> {
  readonly values: Readonly<Record<string, Value>>;
  readonly types: PortTypes;
  /** What enters the first input: what a bypass would pass on. */
  readonly first: Value | undefined;
}

/**
 * Hears of the values of everything that has a path: ops, bypassed and muted nodes, ports of blocks, blocks and each
 * repetition of one (`stage2[3]`; `stage2` is the last). What it returns goes on in their place.
 */
export type HearValues<Value> = (path: string, at: ValuesAt<Value>) => Readonly<Record<string, Value>> | undefined;

/** An output of a muted node. */
export interface MutedPort {
  /** Of the node. */
  readonly path: string;
  readonly port: string;
  readonly type: TensorType;
}

/** What happens on a walk. */
export interface InstanceVisitor<Value> {
  readonly visit: VisitOp<Value>;
  /** Zeros in the shape of an output of a muted node. */
  readonly zeros: (port: MutedPort) => Value;
  readonly hear?: HearValues<Value>;
}

/** What stays the same during a walk of a graph. */
interface Walk<Value> extends Required<InstanceVisitor<Value>> {
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  readonly frozen: boolean;
}

/**
 * Walks the expanded network in order of data flow - blocks entered, repetitions chained, bypassed nodes passed through,
 * muted ones left out - and carries values of any kind along the wires. Every lowering and export is one visitor of this
 * walk, so none can expand a document differently. The document must have no errors.
 */
export function walkInstances<Value>(
  document: SkipwireDocument,
  root: InferredGraph,
  { visit, zeros, hear = () => undefined }: InstanceVisitor<Value>,
): void {
  walkGraph(document.graph, root, {}, '', { blocks: document.blocks, visit, zeros, hear, frozen: false });
}

function walkGraph<Value>(
  graph: Graph,
  inferred: InferredGraph,
  boundary: Readonly<Record<string, Value>>,
  prefix: string,
  walk: Walk<Value>,
): Record<string, Value> {
  const values = new Map<string, Readonly<Record<string, Value>>>();
  const results: Record<string, Value> = {};
  for (const id of inferred.order) {
    const node = inferred.nodes.get(id);
    if (node === undefined) throw new Error(`Node "${id}" was not inferred`);
    const inputs: Record<string, Value> = {};
    for (const [port, source] of Object.entries(node.node.inputs)) {
      const value = values.get(source.node)?.[source.port];
      if (value === undefined) throw new Error(`"${prefix}${node.name}" has no value at "${port}"`);
      inputs[port] = value;
    }
    values.set(id, walkNode(node, inputs, boundary, results, prefix, walk));
  }
  return results;
}

function walkNode<Value>(
  node: InferredNode,
  inputs: Readonly<Record<string, Value>>,
  boundary: Readonly<Record<string, Value>>,
  results: Record<string, Value>,
  prefix: string,
  walk: Walk<Value>,
): Readonly<Record<string, Value>> {
  const path = `${prefix}${node.name}`;
  if ('op' in node.node && node.node.op === BLOCK_OUTPUT) {
    const type = node.inputs['input'];
    const result = node.muted ? zerosAt(path, 'output', type, walk) : defined(inputs['input'], path);
    walk.hear(path, { values: { output: result }, types: { output: type }, first: result });
    results[node.name] = result;
    return {};
  }
  const first = firstInput(node, inputs, walk.blocks);
  const values = valuesOf(node, inputs, boundary, path, first, walk);
  return walk.hear(path, { values, types: node.outputs, first }) ?? values;
}

function zerosAt<Value>(path: string, port: string, type: TensorType | undefined, walk: Walk<Value>): Value {
  return walk.zeros({ path, port, type: defined(type, path) });
}

function valuesOf<Value>(
  node: InferredNode,
  inputs: Readonly<Record<string, Value>>,
  boundary: Readonly<Record<string, Value>>,
  path: string,
  first: Value | undefined,
  walk: Walk<Value>,
): Readonly<Record<string, Value>> {
  if (node.muted) {
    const ports = Object.entries(node.outputs);
    return Object.fromEntries(ports.map(([port, type]) => [port, zerosAt(path, port, type, walk)]));
  }
  if ('op' in node.node && node.node.op === BLOCK_INPUT) return { output: defined(boundary[node.name], path) };
  if (node.bypassed) {
    const passed = defined(first, path);
    return Object.fromEntries(Object.keys(node.outputs).map((port) => [port, passed]));
  }
  const frozen = walk.frozen || node.node.frozen === true;
  if ('op' in node.node) {
    return walk.visit({ path, op: (node.node satisfies OpNode).op, inferred: node, frozen }, inputs);
  }
  return walkBlock(node, inputs, path, { ...walk, frozen });
}

function walkBlock<Value>(
  node: InferredNode,
  inputs: Readonly<Record<string, Value>>,
  path: string,
  walk: Walk<Value>,
): Readonly<Record<string, Value>> {
  if (!('block' in node.node)) throw new Error(`"${path}" is not a block`);
  const definition = walk.blocks[node.node.block];
  if (definition === undefined) throw new Error(`"${path}" uses the block "${node.node.block}", which does not exist`);
  const ports = blockPorts(definition.graph);
  const [into] = ports.inputs;
  const [out] = ports.outputs;
  let results: Readonly<Record<string, Value>> = {};
  let current = inputs;
  for (const [index, instance] of (node.instances ?? []).entries()) {
    // An index is written whenever a repeat is declared, so weights keep their names when the number changes.
    const instancePath = node.node.repeat === undefined ? path : `${path}[${index}]`;
    results = walkGraph(definition.graph, instance, current, `${instancePath}.`, walk);
    if (instancePath !== path) {
      const first = into === undefined ? undefined : current[into.name];
      results = walk.hear(instancePath, { values: results, types: instance.outputs, first }) ?? results;
    }
    if (into !== undefined && out !== undefined)
      current = { ...current, [into.name]: defined(results[out.name], path) };
  }
  return results;
}

function firstInput<Value>(
  node: InferredNode,
  inputs: Readonly<Record<string, Value>>,
  blocks: Readonly<Record<string, BlockDefinition>>,
): Value | undefined {
  if ('op' in node.node) return inputs[Object.keys(node.inputs)[0] ?? ''];
  const definition = blocks[node.node.block];
  const port = definition === undefined ? undefined : blockPorts(definition.graph).inputs[0]?.name;
  return port === undefined ? undefined : inputs[port];
}

function defined<Value>(value: Value | undefined, path: string): Value {
  if (value === undefined) throw new Error(`No value reaches "${path}"`);
  return value;
}
