import { z } from 'zod';
import { adoptBlocks } from '../../graph-engine/document/commands/blocks.ts';
import { pasteNodes } from '../../graph-engine/document/commands/pasteNodes.ts';
import { freshNodeId, graphOf, nodesOf, type Scope } from '../../graph-engine/document/graphs.ts';
import {
  BlockDefinition,
  BlockId,
  GraphNode,
  NodeId,
  type Graph,
  type SkipwireDocument,
} from '../../graph-engine/document/schema.ts';
import { usesBlock } from '../palette/catalogue.ts';
import { currentDocument, dispatch, gesture } from '../store/documentStore.ts';
import { editedScope } from '../store/scope.ts';
import { select, uiStore } from '../store/uiStore.ts';
import { snap } from './placeNode.ts';
import type { Point } from './routeWire.ts';

const FORMAT = 'skipwire/clipboard@1';

const ClipboardContent = z.strictObject({
  format: z.literal(FORMAT),
  nodes: z.record(NodeId, GraphNode),
  blocks: z.record(BlockId, BlockDefinition).default({}),
});
export type ClipboardContent = z.infer<typeof ClipboardContent>;

function collectBlocks(document: SkipwireDocument, graph: Graph, into: Record<BlockId, BlockDefinition>): void {
  for (const [, node] of nodesOf(graph)) {
    if (!('block' in node) || into[node.block] !== undefined) continue;
    const definition = document.blocks[node.block];
    if (definition === undefined) continue;
    into[node.block] = definition;
    collectBlocks(document, definition.graph, into);
  }
}

/** Nodes of a scope as text, with the blocks they use. Wires from nodes outside are kept: a paste decides about them. */
export function copyText(document: SkipwireDocument, scope: Scope, ids: readonly NodeId[]): string {
  const graph = graphOf(document, scope);
  const nodes: Record<NodeId, GraphNode> = {};
  for (const id of ids) {
    const node = graph.nodes[id];
    if (node !== undefined) nodes[id] = node;
  }
  const blocks: Record<BlockId, BlockDefinition> = {};
  collectBlocks(document, { nodes }, blocks);
  return JSON.stringify({ format: FORMAT, nodes, blocks } satisfies ClipboardContent, null, 2);
}

/** Reads clipboard text; `undefined` when it is something else, which is no mistake. */
export function readClipboard(text: string): ClipboardContent | undefined {
  if (text.length > 16_000_000 || !text.includes(FORMAT)) return undefined;
  try {
    const parsed = ClipboardContent.safeParse(JSON.parse(text));
    return parsed.success && Object.keys(parsed.data.nodes).length > 0 ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export interface PastePlan {
  readonly nodes: Record<NodeId, GraphNode>;
  readonly blocks: Record<BlockId, BlockDefinition>;
}

function renameBlocks<Node extends GraphNode>(node: Node, renamed: ReadonlyMap<string, BlockId>): Node {
  const target = 'block' in node ? renamed.get(node.block) : undefined;
  return target === undefined ? node : { ...node, block: target };
}

/**
 * What a paste adds: nodes with free ids and names at their new places, wires among themselves, and (with `outer`) wires
 * from nodes that are still there. Blocks that differ from the document's of the same id come under a new id.
 */
export function planPaste(
  document: SkipwireDocument,
  scope: Scope,
  content: ClipboardContent,
  offset: Point,
  outer: boolean,
): PastePlan {
  const graph = graphOf(document, scope);
  const renamed = new Map<string, BlockId>();
  for (const [id, definition] of Object.entries(content.blocks)) {
    let target = BlockId.parse(id);
    for (let number = 2; ; number++) {
      const present = document.blocks[target];
      if (present === undefined || JSON.stringify(present) === JSON.stringify(definition)) break;
      target = BlockId.parse(`${id}-${number}`);
    }
    renamed.set(id, target);
  }
  const blocks: Record<BlockId, BlockDefinition> = {};
  for (const [id, definition] of Object.entries(content.blocks)) {
    const target = renamed.get(id) ?? BlockId.parse(id);
    const nodes = Object.fromEntries(
      nodesOf(definition.graph).map(([inner, node]) => [inner, renameBlocks(node, renamed)]),
    );
    blocks[target] = { ...definition, graph: { ...definition.graph, nodes } };
  }

  const ids = new Map<string, NodeId>();
  const taken = new Set<string>();
  for (const id of Object.keys(content.nodes)) {
    const fresh = freshNodeId(graph, id, taken);
    taken.add(fresh);
    ids.set(id, fresh);
  }
  const names = new Set(nodesOf(graph).map(([id, node]) => node.name ?? id));
  const nodes: Record<NodeId, GraphNode> = {};
  for (const [id, node] of nodesOf(content)) {
    const inputs: GraphNode['inputs'] = {};
    for (const [port, source] of Object.entries(node.inputs)) {
      const inside = ids.get(source.node);
      if (inside !== undefined) inputs[port] = { node: inside, port: source.port };
      else if (outer && graph.nodes[source.node] !== undefined) inputs[port] = source;
    }
    const copy = {
      ...renameBlocks(node, renamed),
      inputs,
      position: snap({ x: node.position.x + offset.x, y: node.position.y + offset.y }),
    };
    if (copy.name !== undefined) {
      copy.name = freeName(copy.name, names);
      names.add(copy.name);
    }
    nodes[ids.get(id) ?? id] = copy;
  }
  return { nodes, blocks };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/[-_ ]?\d+$/, '').slice(0, 56);
  for (let number = 2; ; number++) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** The selected nodes as clipboard text, or `undefined` when nothing is selected. */
export function copySelection(): string | undefined {
  const ids = [...uiStore.getState().selection];
  const { scope, graph } = editedScope();
  const present = ids.filter((id) => graph.nodes[id] !== undefined);
  return present.length === 0 ? undefined : copyText(currentDocument(), scope, present);
}

/**
 * Pastes clipboard text into the shown scope and selects what came; `at` is where the middle of it goes, otherwise it comes
 * beside the original. Returns a reason when it cannot be pasted here, and `undefined` when the text is no clipboard content.
 */
export function pasteText(
  text: string,
  at: Point | null,
  outer: boolean,
): { readonly reason: string | null } | undefined {
  const content = readClipboard(text);
  if (content === undefined) return undefined;
  const document = currentDocument();
  const { scope } = editedScope();
  const positions = Object.values(content.nodes).map((node) => node.position);
  const middle = {
    x: (Math.min(...positions.map(({ x }) => x)) + Math.max(...positions.map(({ x }) => x))) / 2,
    y: (Math.min(...positions.map(({ y }) => y)) + Math.max(...positions.map(({ y }) => y))) / 2,
  };
  const offset = at === null ? { x: 40, y: 80 } : { x: at.x - middle.x, y: at.y - middle.y };
  const plan = planPaste(document, scope, content, offset, outer);
  const merged = { ...document, blocks: { ...document.blocks, ...plan.blocks } };
  for (const node of Object.values(plan.nodes)) {
    if (scope !== null && 'block' in node && usesBlock(merged, node.block, scope)) {
      return { reason: 'A block cannot be pasted into itself.' };
    }
  }
  gesture('Paste', () => {
    dispatch(adoptBlocks, { blocks: plan.blocks });
    dispatch(pasteNodes, { scope, nodes: plan.nodes });
  });
  select(Object.keys(plan.nodes) as NodeId[]);
  return { reason: null };
}
