import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../document/blockPorts.ts';
import type { BlockDefinition, Graph, OpNode, SkipwireDocument } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';

/** One op of the expanded network. */
export interface OpInstance {
  /** Names from the root joined by dots, repetitions in brackets: `stage2[3].conv1`. */
  readonly path: string;
  readonly op: string;
  readonly inferred: InferredNode;
}

/** Turns the values at an op's inputs into the values at its outputs. */
export type VisitOp<Value> = (
  instance: OpInstance,
  inputs: Readonly<Record<string, Value>>,
) => Readonly<Record<string, Value>>;

/**
 * Walks the expanded network in order of data flow - blocks entered, repetitions chained, bypassed nodes passed through -
 * and carries values of any kind along the wires. Every lowering and export is one visitor of this walk, so none can expand
 * a document differently. The document must have no errors.
 */
export function walkInstances<Value>(document: SkipwireDocument, root: InferredGraph, visit: VisitOp<Value>): void {
  walkGraph(document.graph, root, {}, '', document.blocks, visit);
}

function walkGraph<Value>(
  graph: Graph,
  inferred: InferredGraph,
  boundary: Readonly<Record<string, Value>>,
  prefix: string,
  blocks: Readonly<Record<string, BlockDefinition>>,
  visit: VisitOp<Value>,
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
    values.set(id, walkNode(node, inputs, boundary, results, prefix, blocks, visit));
  }
  return results;
}

function walkNode<Value>(
  node: InferredNode,
  inputs: Readonly<Record<string, Value>>,
  boundary: Readonly<Record<string, Value>>,
  results: Record<string, Value>,
  prefix: string,
  blocks: Readonly<Record<string, BlockDefinition>>,
  visit: VisitOp<Value>,
): Readonly<Record<string, Value>> {
  const path = `${prefix}${node.name}`;
  if ('op' in node.node) {
    if (node.node.op === BLOCK_INPUT) return { output: defined(boundary[node.name], path) };
    if (node.node.op === BLOCK_OUTPUT) {
      results[node.name] = defined(inputs['input'], path);
      return {};
    }
  }
  if (node.bypassed) {
    const first = defined(firstInput(node, inputs, blocks), path);
    return Object.fromEntries(Object.keys(node.outputs).map((port) => [port, first]));
  }
  if ('op' in node.node) return visit({ path, op: (node.node satisfies OpNode).op, inferred: node }, inputs);
  return walkBlock(node, inputs, path, blocks, visit);
}

function walkBlock<Value>(
  node: InferredNode,
  inputs: Readonly<Record<string, Value>>,
  path: string,
  blocks: Readonly<Record<string, BlockDefinition>>,
  visit: VisitOp<Value>,
): Readonly<Record<string, Value>> {
  if (!('block' in node.node)) throw new Error(`"${path}" is not a block`);
  const definition = blocks[node.node.block];
  if (definition === undefined) throw new Error(`"${path}" uses the block "${node.node.block}", which does not exist`);
  const ports = blockPorts(definition.graph);
  const [into] = ports.inputs;
  const [out] = ports.outputs;
  let results: Record<string, Value> = {};
  let current = inputs;
  for (const [index, instance] of (node.instances ?? []).entries()) {
    // An index is written whenever a repeat is declared, so weights keep their names when the number changes.
    const instancePath = node.node.repeat === undefined ? path : `${path}[${index}]`;
    results = walkGraph(definition.graph, instance, current, `${instancePath}.`, blocks, visit);
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
