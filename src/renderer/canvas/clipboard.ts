import { z } from 'zod';
import { adoptBlocks } from '../../graph-engine/document/commands/blocks.ts';
import { pasteNodes } from '../../graph-engine/document/commands/pasteNodes.ts';
import { addFrame } from '../../graph-engine/document/commands/frames.ts';
import { addNote } from '../../graph-engine/document/commands/notes.ts';
import { freshMarkId, freshNodeId, graphOf, nodesOf, type Scope } from '../../graph-engine/document/graphs.ts';
import {
  BlockDefinition,
  BlockId,
  Frame,
  GraphNode,
  MarkId,
  NodeId,
  Note,
  type Graph,
  type SkipwireDocument,
} from '../../graph-engine/document/schema.ts';
import { sameContent } from '../../graph-engine/document/sameContent.ts';
import { usesBlock } from '../palette/catalogue.ts';
import { currentDocument, dispatch, gesture } from '../store/documentStore.ts';
import { editedScope } from '../store/scope.ts';
import { select, uiStore } from '../store/uiStore.ts';
import { frameMembers } from './marks/frameMembers.ts';
import { markKey, parseMark } from './marks/markKeys.ts';
import { snap } from './placeNode.ts';
import type { Point } from './routeWire.ts';

const FORMAT = 'skipwire/clipboard@1';

const ClipboardContent = z.strictObject({
  format: z.literal(FORMAT),
  nodes: z.record(NodeId, GraphNode),
  blocks: z.record(BlockId, BlockDefinition).default({}),
  frames: z.record(MarkId, Frame).optional(),
  notes: z.record(MarkId, Note).optional(),
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

/**
 * Nodes and marks of a scope as text, with the blocks they use and with what lies in the frames. Wires from nodes outside
 * are kept: a paste decides about them.
 */
export function copyText(document: SkipwireDocument, scope: Scope, keys: readonly string[]): string {
  const graph = graphOf(document, scope);
  const wanted = new Set<string>(keys);
  for (const key of wanted) {
    const mark = parseMark(key);
    if (mark?.kind === 'frame') for (const member of frameMembers(graph, mark.id, document.blocks)) wanted.add(member);
  }
  const nodes: Record<NodeId, GraphNode> = {};
  const frames: Record<MarkId, Frame> = {};
  const notes: Record<MarkId, Note> = {};
  for (const key of wanted) {
    const mark = parseMark(key);
    const node = mark === undefined ? graph.nodes[key as NodeId] : undefined;
    if (node !== undefined) nodes[key as NodeId] = node;
    else if (mark?.kind === 'frame') Object.assign(frames, { [mark.id]: graph.frames?.[mark.id] });
    else if (mark?.kind === 'note') Object.assign(notes, { [mark.id]: graph.notes?.[mark.id] });
  }
  const blocks: Record<BlockId, BlockDefinition> = {};
  collectBlocks(document, { nodes }, blocks);
  const content: ClipboardContent = { format: FORMAT, nodes, blocks };
  if (Object.keys(frames).length > 0) content.frames = frames;
  if (Object.keys(notes).length > 0) content.notes = notes;
  return JSON.stringify(content, null, 2);
}

/** Reads clipboard text; `undefined` when it is something else, which is no mistake. */
export function readClipboard(text: string): ClipboardContent | undefined {
  if (text.length > 16_000_000 || !text.includes(FORMAT)) return undefined;
  try {
    const parsed = ClipboardContent.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    const { nodes, frames = {}, notes = {} } = parsed.data;
    return [nodes, frames, notes].some((record) => Object.keys(record).length > 0) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export interface PastePlan {
  readonly nodes: Record<NodeId, GraphNode>;
  readonly blocks: Record<BlockId, BlockDefinition>;
  readonly frames: Record<MarkId, Frame>;
  readonly notes: Record<MarkId, Note>;
}

/** Frames or notes under free ids at their new places. */
function moveMarks<Placed extends Frame | Note>(
  graph: Graph,
  base: 'frame' | 'note',
  marks: Readonly<Record<string, Placed>> = {},
  offset: Point,
): Record<MarkId, Placed> {
  const moved: Record<MarkId, Placed> = {};
  for (const mark of Object.values(marks)) {
    const id = freshMarkId(graph, base, new Set(Object.keys(moved)));
    moved[id] = { ...mark, position: snap({ x: mark.position.x + offset.x, y: mark.position.y + offset.y }) };
  }
  return moved;
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
      if (present === undefined || sameContent(present, definition)) break;
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
      const via = source.via?.map(({ x, y }) => ({ x: x + offset.x, y: y + offset.y }));
      if (inside !== undefined)
        inputs[port] = { node: inside, port: source.port, ...(via === undefined ? {} : { via }) };
      else if (outer && graph.nodes[source.node] !== undefined) inputs[port] = { node: source.node, port: source.port };
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
  const frames = moveMarks(graph, 'frame', content.frames, offset);
  return { nodes, blocks, frames, notes: moveMarks(graph, 'note', content.notes, offset) };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/[-_ ]?\d+$/, '').slice(0, 56);
  for (let number = 2; ; number++) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** What is selected as clipboard text, or `undefined` when nothing is. */
export function copySelection(): string | undefined {
  const { selection, selectedMarks } = uiStore.getState();
  const { scope, graph } = editedScope();
  const marks = [...selectedMarks].filter((key) => parseMark(key)?.kind !== 'waypoint');
  const present = [...[...selection].filter((id) => graph.nodes[id] !== undefined), ...marks];
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
  const { nodes, frames = {}, notes = {} } = content;
  const positions = [...Object.values(nodes), ...Object.values(frames), ...Object.values(notes)].map(
    ({ position }) => position,
  );
  const middle = {
    x: (Math.min(...positions.map(({ x }) => x)) + Math.max(...positions.map(({ x }) => x))) / 2,
    y: (Math.min(...positions.map(({ y }) => y)) + Math.max(...positions.map(({ y }) => y))) / 2,
  };
  return pasteContent(content, at === null ? { x: 40, y: 80 } : { x: at.x - middle.x, y: at.y - middle.y }, outer);
}

function pasteContent(content: ClipboardContent, offset: Point, outer: boolean): { readonly reason: string | null } {
  const document = currentDocument();
  const { scope } = editedScope();
  const plan = planPaste(document, scope, content, offset, outer);
  const merged = { ...document, blocks: { ...document.blocks, ...plan.blocks } };
  for (const node of Object.values(plan.nodes)) {
    if (scope !== null && 'block' in node && usesBlock(merged, node.block, scope)) {
      return { reason: 'A block cannot be pasted into itself.' };
    }
  }
  const [frames, notes] = [Object.entries(plan.frames), Object.entries(plan.notes)];
  gesture('Paste', () => {
    dispatch(adoptBlocks, { blocks: plan.blocks });
    dispatch(pasteNodes, { scope, nodes: plan.nodes });
    for (const [id, frame] of frames) dispatch(addFrame, { scope, id: id as MarkId, frame });
    for (const [id, note] of notes) dispatch(addNote, { scope, id: id as MarkId, note });
  });
  select(
    Object.keys(plan.nodes) as NodeId[],
    [],
    [...frames.map(([id]) => markKey('frame', id as MarkId)), ...notes.map(([id]) => markKey('note', id as MarkId))],
  );
  return { reason: null };
}

/** Copies what is selected to a place at that distance, fed by what feeds the originals. */
export function cloneSelection(offset: Point): void {
  const text = copySelection();
  const content = text === undefined ? undefined : readClipboard(text);
  if (content !== undefined) gesture('Duplicate', () => pasteContent(content, offset, true));
}

/** Copies the selected nodes beside themselves, fed by what feeds the originals. */
export function duplicate(): void {
  const text = copySelection();
  if (text !== undefined) pasteText(text, null, true);
}
