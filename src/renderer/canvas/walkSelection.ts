import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { shownScope } from '../store/scope.ts';
import { reveal, select, uiStore } from '../store/uiStore.ts';
import { ancestors, descendants } from './dropRules.ts';

function selected(graph: Graph): readonly NodeId[] {
  return [...uiStore.getState().selection].filter((id) => graph.nodes[id] !== undefined);
}

/** Adds everything to the selection that feeds it, or that it feeds. */
export function selectStream(direction: 'upstream' | 'downstream'): void {
  const { graph } = shownScope();
  const ids = selected(graph);
  if (ids.length === 0) return;
  const follow = direction === 'upstream' ? ancestors : descendants;
  const found = new Set<NodeId>();
  for (const id of ids) for (const reached of found.has(id) ? [] : follow(graph, id)) found.add(reached);
  select(found);
}

/** Nodes with a wire from or to a node. */
function neighbours(graph: Graph, id: NodeId, side: 'sources' | 'targets'): readonly NodeId[] {
  const feeds = (target: NodeId): boolean =>
    Object.values(graph.nodes[target]?.inputs ?? {}).some((source) => source.node === id);
  return side === 'sources'
    ? Object.values(graph.nodes[id]?.inputs ?? {}).map((source) => source.node)
    : nodesOf(graph).flatMap(([target]) => (feeds(target) ? [target] : []));
}

/** The card one comes to from another one: along a wire, or to the next branch above or below. */
export function neighbourOf(graph: Graph, id: NodeId, direction: 'left' | 'right' | 'up' | 'down'): NodeId | undefined {
  const here = graph.nodes[id]?.position;
  if (here === undefined) return undefined;
  const position = (other: NodeId) => graph.nodes[other]?.position ?? here;
  if (direction === 'left' || direction === 'right') {
    const ids = neighbours(graph, id, direction === 'left' ? 'sources' : 'targets');
    // The main path before the skip: the nearest one.
    return [...ids].sort((a, b) => Math.abs(position(a).x - here.x) - Math.abs(position(b).x - here.x))[0];
  }
  const sign = direction === 'down' ? 1 : -1;
  const distance = (other: NodeId): number =>
    Math.abs(position(other).y - here.y) + 2 * Math.abs(position(other).x - here.x);
  return nodesOf(graph)
    .map(([other]) => other)
    .filter((other) => other !== id && (position(other).y - here.y) * sign > 0)
    .sort((a, b) => distance(a) - distance(b))[0];
}

/** Goes from the selected card to the next one; the first card of all when nothing is selected. */
export function walk(direction: 'left' | 'right' | 'up' | 'down'): void {
  const { graph } = shownScope();
  const [id] = selected(graph);
  const first = [...nodesOf(graph)].sort(([, a], [, b]) => a.position.x - b.position.x)[0]?.[0];
  const next = id === undefined ? first : neighbourOf(graph, id, direction);
  if (next === undefined) return;
  select([next]);
  reveal([next]);
}
