import { nodesOf } from '../document/graphs.ts';
import type { BlockDefinition, BlockId, Graph, GraphNode, NodeId, SkipwireDocument } from '../document/schema.ts';
import { namesIn } from '../expressions/rewriteExpression.ts';

/** The names that expressions of a graph use. */
function namesOf(graph: Graph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, node] of nodesOf(graph)) {
    const values = [...Object.values(node.parameters), node.enabled, node.muted];
    for (const value of [...values, 'block' in node ? node.repeat : undefined])
      if (value !== undefined) for (const name of namesIn(value)) names.add(name);
  }
  return names;
}

/** A graph whose nodes no longer set what their blocks no longer declare. */
function withoutSettings(graph: Graph, gone: ReadonlyMap<BlockId, ReadonlySet<string>>): Graph {
  const nodes: Record<NodeId, GraphNode> = {};
  for (const [id, node] of nodesOf(graph)) {
    const names = 'block' in node ? gone.get(node.block) : undefined;
    const kept = Object.entries(node.parameters).filter(([name]) => names?.has(name) !== true);
    nodes[id] = names === undefined ? node : { ...node, parameters: Object.fromEntries(kept) };
  }
  return { ...graph, nodes };
}

/**
 * Takes away parameters of blocks that did something in `before` and do nothing now, such as the kind of a shortcut that is
 * gone, here and wherever they were set: a knob that turns nothing misleads.
 */
export function dropIdleParameters(document: SkipwireDocument, before: SkipwireDocument): SkipwireDocument {
  let [now, was] = [document, before];
  for (;;) {
    const gone = new Map<BlockId, ReadonlySet<string>>();
    for (const [key, definition] of Object.entries(now.blocks)) {
      const id = key as BlockId;
      const original = was.blocks[id];
      if (original === undefined) continue;
      const [used, usedBefore] = [namesOf(definition.graph), namesOf(original.graph)];
      const idle = definition.parameters.filter(({ name }) => usedBefore.has(name) && !used.has(name));
      if (idle.length > 0) gone.set(id, new Set(idle.map(({ name }) => name)));
    }
    if (gone.size === 0) return now;
    was = now;
    const blocks: Record<BlockId, BlockDefinition> = {};
    for (const [key, definition] of Object.entries(now.blocks)) {
      const id = key as BlockId;
      const parameters = definition.parameters.filter(({ name }) => gone.get(id)?.has(name) !== true);
      blocks[id] = { ...definition, parameters, graph: withoutSettings(definition.graph, gone) };
    }
    now = { ...now, graph: withoutSettings(now.graph, gone), blocks };
  }
}
