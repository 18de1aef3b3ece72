import type { Node } from '@xyflow/react';
import { nodesOf } from '../../../graph-engine/document/graphs.ts';
import { rememberByWiring } from '../../../graph-engine/document/sameWiring.ts';
import type { Graph, MarkColour, MarkId, NodeId } from '../../../graph-engine/document/schema.ts';
import type { Box, Point } from '../routeWire.ts';
import { wireId } from '../skipWires.ts';
import { markBox } from './frameMembers.ts';
import { markKey, waypointKey } from './markKeys.ts';

export type FrameNode = Node<{ readonly title: string; readonly colour: MarkColour }, 'frame'>;
export type NoteNode = Node<{ readonly text: string; readonly colour: MarkColour }, 'note'>;
export type WaypointNode = Node<{ readonly wire: string }, 'waypoint'>;
export type MarkNode = FrameNode | NoteNode | WaypointNode;

export interface MarkSources {
  readonly graph: Graph;
  readonly selectedMarks: ReadonlySet<string>;
  /** Places during a drag. */
  readonly moved: ReadonlyMap<string, Point> | null;
  /** The frame or note whose edge is being dragged. */
  readonly resized: { readonly key: string; readonly box: Box } | null;
}

/** Height of the bar a frame is held by. */
export const FRAME_TITLE_HEIGHT = 26;
export const WAYPOINT_SIZE = 12;

function sized(box: Box): Pick<Node, 'position' | 'width' | 'height' | 'measured'> {
  const { x, y, width, height } = box;
  return { position: { x, y }, width, height, measured: { width, height } };
}

function same(a: MarkNode, b: MarkNode): boolean {
  return (
    a.selected === b.selected &&
    a.position.x === b.position.x &&
    a.position.y === b.position.y &&
    a.width === b.width &&
    a.height === b.height &&
    JSON.stringify(a.data) === JSON.stringify(b.data)
  );
}

/** The first line of a note, without the signs of a heading. */
export function firstLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')[0]
      ?.replace(/^#+\s*/, '')
      .slice(0, 60) ?? ''
  );
}

/** Wires that are led through points; few are. */
const ledWires = rememberByWiring((graph: Graph) => {
  const led: { readonly target: NodeId; readonly wire: string; readonly via: readonly Point[] }[] = [];
  for (const [target, { inputs }] of nodesOf(graph))
    for (const port in inputs) {
      const via = inputs[port]?.via ?? [];
      if (via.length > 0) led.push({ target, wire: wireId(target, port), via });
    }
  return led;
});

function deriveAll({ graph, selectedMarks, moved, resized }: MarkSources): MarkNode[] {
  const placed = (key: string, box: Box): Box =>
    resized?.key === key ? resized.box : { ...box, ...(moved?.get(key) ?? {}) };
  const marks: MarkNode[] = [];
  // Larger frames first: a small one inside stays on top.
  const frames = Object.entries(graph.frames ?? {}).sort(
    ([, a], [, b]) => b.size.width * b.size.height - a.size.width * a.size.height,
  );
  for (const [id, frame] of frames) {
    const key = markKey('frame', id as MarkId);
    marks.push({
      id: key,
      type: 'frame',
      ...sized(placed(key, markBox(frame))),
      selected: selectedMarks.has(key),
      data: { title: frame.title, colour: frame.colour },
      dragHandle: '.sw-frame-title',
      zIndex: -1,
      connectable: false,
      // Wires and cards inside stay reachable; the bar takes the pointer back.
      style: { pointerEvents: 'none' },
      ariaLabel: `Frame ${frame.title}`,
    });
  }
  for (const [id, note] of Object.entries(graph.notes ?? {})) {
    const key = markKey('note', id as MarkId);
    marks.push({
      id: key,
      type: 'note',
      ...sized(placed(key, markBox(note))),
      selected: selectedMarks.has(key),
      data: { text: note.text, colour: note.colour },
      connectable: false,
      ariaLabel: `Note ${firstLine(note.text)}`,
    });
  }
  const half = WAYPOINT_SIZE / 2;
  for (const { target, wire, via } of ledWires(graph)) {
    via.forEach((point, index) => {
      const key = waypointKey(wire, index);
      const { x, y } = moved?.get(key) ?? point;
      marks.push({
        id: key,
        type: 'waypoint',
        ...sized({ x: x - half, y: y - half, width: WAYPOINT_SIZE, height: WAYPOINT_SIZE }),
        selected: selectedMarks.has(key),
        data: { wire },
        zIndex: 2,
        connectable: false,
        ariaLabel: `Point of the wire to ${target}`,
      });
    });
  }
  return marks;
}

/** A function that derives React Flow nodes for frames, notes and points of wires, the same objects for what is unchanged. */
export function createMarkDeriver(): (sources: MarkSources) => readonly MarkNode[] {
  let before = new Map<string, MarkNode>();
  let marks: readonly MarkNode[] = [];
  return (sources) => {
    const now = deriveAll(sources).map((mark) => {
      const known = before.get(mark.id);
      return known !== undefined && same(known, mark) ? known : mark;
    });
    if (now.length === marks.length && now.every((mark, index) => mark === marks[index])) return marks;
    before = new Map(now.map((mark) => [mark.id, mark]));
    marks = now;
    return marks;
  };
}
