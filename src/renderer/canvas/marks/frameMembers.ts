import { nodesOf } from '../../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Frame, Graph, GraphNode, MarkId, Note } from '../../../graph-engine/document/schema.ts';
import { NODE_WIDTH, nodeHeight } from '../nodeGeometry.ts';
import { portsOf } from '../nodeView.ts';
import type { Box, Point } from '../routeWire.ts';
import { wireId } from '../skipWires.ts';
import { markKey, waypointKey } from './markKeys.ts';

type Blocks = Readonly<Record<string, BlockDefinition>>;

/** The room a node's card takes. */
export function cardBox(node: GraphNode, blocks: Blocks): Box {
  const { inputs, outputs } = portsOf(node, blocks);
  return { ...node.position, width: NODE_WIDTH, height: nodeHeight(inputs.length, outputs.length) };
}

/** The room a frame or a note takes. */
export function markBox({ position, size }: Frame | Note): Box {
  return { ...position, ...size };
}

function contains(outer: Box, { x, y }: Point): boolean {
  return x >= outer.x && x <= outer.x + outer.width && y >= outer.y && y <= outer.y + outer.height;
}

function middle({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Everything that can be moved on the canvas, by its key, with its place. */
export function placesOf(graph: Graph, keys: Iterable<string>): Map<string, Point> {
  const wanted = new Set(keys);
  const places = new Map<string, Point>();
  for (const [id, node] of nodesOf(graph)) {
    if (wanted.has(id)) places.set(id, node.position);
    for (const [port, wire] of Object.entries(node.inputs)) {
      wire.via?.forEach((point, index) => {
        const key = waypointKey(wireId(id, port), index);
        if (wanted.has(key)) places.set(key, point);
      });
    }
  }
  for (const [id, { position }] of Object.entries(graph.frames ?? {})) {
    const key = markKey('frame', id as MarkId);
    if (wanted.has(key)) places.set(key, position);
  }
  for (const [id, { position }] of Object.entries(graph.notes ?? {})) {
    const key = markKey('note', id as MarkId);
    if (wanted.has(key)) places.set(key, position);
  }
  return places;
}

/** What lies in a frame: cards and notes by their middles, points of wires, and frames that are wholly inside. */
export function frameMembers(graph: Graph, id: MarkId, blocks: Blocks): readonly string[] {
  const frame = graph.frames?.[id];
  if (frame === undefined) return [];
  const box = markBox(frame);
  const members: string[] = [];
  for (const [node, { inputs }] of nodesOf(graph)) {
    const card = graph.nodes[node];
    if (card !== undefined && contains(box, middle(cardBox(card, blocks)))) members.push(node);
    for (const [port, { via = [] }] of Object.entries(inputs)) {
      via.forEach((point, index) => {
        if (contains(box, point)) members.push(waypointKey(wireId(node, port), index));
      });
    }
  }
  for (const [note, it] of Object.entries(graph.notes ?? {})) {
    if (contains(box, middle(markBox(it)))) members.push(markKey('note', note as MarkId));
  }
  for (const [other, it] of Object.entries(graph.frames ?? {})) {
    const inner = markBox(it);
    const end = { x: inner.x + inner.width, y: inner.y + inner.height };
    if (
      other !== id &&
      contains(box, inner) &&
      contains(box, end) &&
      inner.width * inner.height < box.width * box.height
    )
      members.push(markKey('frame', other as MarkId));
  }
  return members;
}

/** Room between a frame and what it is drawn round; its title stands above. */
export const FRAME_PADDING = 24;
export const FRAME_TITLE = 30;

/** The smallest frame round boxes; `undefined` round nothing. */
export function frameRound(boxes: readonly Box[]): Pick<Frame, 'position' | 'size'> | undefined {
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map(({ x }) => x)) - FRAME_PADDING;
  const top = Math.min(...boxes.map(({ y }) => y)) - FRAME_PADDING - FRAME_TITLE;
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + FRAME_PADDING;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + FRAME_PADDING;
  return { position: { x: left, y: top }, size: { width: right - left, height: bottom - top } };
}
