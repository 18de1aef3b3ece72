import { moveNodes } from '../../../graph-engine/document/commands/editNode.ts';
import { addFrame, editFrame, removeFrames } from '../../../graph-engine/document/commands/frames.ts';
import { addNote, editNote, removeNotes } from '../../../graph-engine/document/commands/notes.ts';
import { setWaypoints } from '../../../graph-engine/document/commands/waypoints.ts';
import { freshMarkId } from '../../../graph-engine/document/graphs.ts';
import type { Endpoint, Graph, MarkColour, MarkId } from '../../../graph-engine/document/schema.ts';
import { currentDocument, dispatch, gesture } from '../../store/documentStore.ts';
import { editedScope } from '../../store/scope.ts';
import { select, uiStore } from '../../store/uiStore.ts';
import { editText } from '../canvasStore.ts';
import { snap } from '../placeNode.ts';
import type { Box, Point } from '../routeWire.ts';
import { wireEnd } from '../skipWires.ts';
import { cardBox, frameMembers, frameRound, markBox } from './frameMembers.ts';
import { markKey, parseMark, waypointKey } from './markKeys.ts';

/** Boxes of nodes, frames and notes, by their keys. */
function boxesOf(graph: Graph, keys: Iterable<string>): readonly Box[] {
  const { blocks } = currentDocument();
  return [...keys].flatMap((key) => {
    const mark = parseMark(key);
    const node = mark === undefined ? graph.nodes[key as keyof typeof graph.nodes] : undefined;
    if (node !== undefined) return [cardBox(node, blocks)];
    const placed =
      mark?.kind === 'frame' ? graph.frames?.[mark.id] : mark?.kind === 'note' ? graph.notes?.[mark.id] : undefined;
    return placed === undefined ? [] : [markBox(placed)];
  });
}

/** Draws a frame round what is selected and lets its title be typed; nothing when nothing is selected. */
export function frameSelection(): boolean {
  const { scope, graph } = editedScope();
  const { selection, selectedMarks } = uiStore.getState();
  const place = frameRound(boxesOf(graph, [...selection, ...selectedMarks]));
  if (place === undefined) return false;
  const id = freshMarkId(graph, 'frame');
  dispatch(addFrame, { scope, id, frame: { title: 'Frame', colour: 'grey', ...place } });
  select([], [], [markKey('frame', id)]);
  editText(markKey('frame', id));
  return true;
}

/** Makes frames as large as what lies in them. */
export function fitFrames(ids: readonly MarkId[]): void {
  const { scope, graph } = editedScope();
  const { blocks } = currentDocument();
  gesture('Fit frame', () => {
    for (const id of ids) {
      const place = frameRound(boxesOf(graph, frameMembers(graph, id, blocks)));
      if (place !== undefined) dispatch(editFrame, { scope, id, changes: place });
    }
  });
}

/** Puts a note on the canvas and lets its text be typed. */
export function addNoteAt(at: Point): void {
  const { scope, graph } = editedScope();
  const id = freshMarkId(graph, 'note');
  const note = { text: '', colour: 'amber' as const, position: snap(at), size: { width: 220, height: 120 } };
  dispatch(addNote, { scope, id, note });
  select([], [], [markKey('note', id)]);
  editText(markKey('note', id));
}

/** Changes the title of a frame or the text of a note. */
export function setMarkText(key: string, text: string): void {
  const { scope, graph } = editedScope();
  const mark = parseMark(key);
  if (mark?.kind === 'frame' && graph.frames?.[mark.id] !== undefined)
    dispatch(editFrame, { scope, id: mark.id, changes: { title: text.slice(0, 120) } });
  else if (mark?.kind === 'note' && graph.notes?.[mark.id] !== undefined)
    dispatch(editNote, { scope, id: mark.id, changes: { text: text.slice(0, 8000) } });
}

/** Changes the colour of frames and notes. */
export function setMarkColour(keys: Iterable<string>, colour: MarkColour): void {
  const { scope } = editedScope();
  gesture('Change colour', () => {
    for (const key of keys) {
      const mark = parseMark(key);
      if (mark?.kind === 'frame') dispatch(editFrame, { scope, id: mark.id, changes: { colour } });
      else if (mark?.kind === 'note') dispatch(editNote, { scope, id: mark.id, changes: { colour } });
    }
  });
}

/** Gives a frame or a note another place and size. */
export function resizeMark(key: string, box: Box): void {
  const { scope } = editedScope();
  const mark = parseMark(key);
  const changes = { position: { x: box.x, y: box.y }, size: { width: box.width, height: box.height } };
  if (mark?.kind === 'frame') dispatch(editFrame, { scope, id: mark.id, changes });
  else if (mark?.kind === 'note') dispatch(editNote, { scope, id: mark.id, changes });
}

/** Takes frames, notes and points of wires away; part of the running gesture. */
export function removeMarks(keys: Iterable<string>): void {
  const { scope, graph } = editedScope();
  const frames: MarkId[] = [];
  const notes: MarkId[] = [];
  const points = new Map<string, { readonly to: Endpoint; readonly gone: Set<number> }>();
  for (const key of keys) {
    const mark = parseMark(key);
    if (mark?.kind === 'frame' && graph.frames?.[mark.id] !== undefined) frames.push(mark.id);
    else if (mark?.kind === 'note' && graph.notes?.[mark.id] !== undefined) notes.push(mark.id);
    else if (mark?.kind === 'waypoint') {
      const wire = `${mark.to.node}:${mark.to.port}`;
      const known = points.get(wire);
      if (known === undefined) points.set(wire, { to: mark.to, gone: new Set([mark.index]) });
      else known.gone.add(mark.index);
    }
  }
  if (frames.length > 0) dispatch(removeFrames, { scope, ids: frames });
  if (notes.length > 0) dispatch(removeNotes, { scope, ids: notes });
  for (const { to, gone } of points.values()) {
    const via = editedScope().graph.nodes[to.node]?.inputs[to.port]?.via;
    if (via !== undefined) dispatch(setWaypoints, { scope, to, via: via.filter((_, index) => !gone.has(index)) });
  }
}

/** Puts nodes and marks where a drag left them; part of the running gesture. */
export function placeAll(places: ReadonlyMap<string, Point>): void {
  const { scope, graph } = editedScope();
  const nodes: Record<string, Point> = {};
  for (const [key, { x, y }] of places) if (Object.hasOwn(graph.nodes, key)) nodes[key] = { x, y };
  dispatch(moveNodes, { scope, positions: nodes });
  for (const [key, { x, y }] of places) {
    const mark = parseMark(key);
    if (mark?.kind === 'frame' && graph.frames?.[mark.id] !== undefined)
      dispatch(editFrame, { scope, id: mark.id, changes: { position: { x, y } } });
    else if (mark?.kind === 'note' && graph.notes?.[mark.id] !== undefined)
      dispatch(editNote, { scope, id: mark.id, changes: { position: { x, y } } });
    else if (mark?.kind === 'waypoint') {
      const via = editedScope().graph.nodes[mark.to.node]?.inputs[mark.to.port]?.via;
      if (via?.[mark.index] === undefined) continue;
      dispatch(setWaypoints, {
        scope,
        to: mark.to,
        via: via.map((old, index) => (index === mark.index ? { x, y } : old)),
      });
    }
  }
}

/** Where a new point goes among those a wire has: between the two it lies closest to. */
export function waypointIndex(ends: readonly Point[], at: Point): number {
  let best = 0;
  let shortest = Infinity;
  for (let index = 0; index + 1 < ends.length; index++) {
    const [from, to] = [ends[index], ends[index + 1]];
    if (from === undefined || to === undefined) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const detour = Math.hypot(at.x - from.x, at.y - from.y) + Math.hypot(to.x - at.x, to.y - at.y) - length;
    if (detour < shortest) [best, shortest] = [index, detour];
  }
  return best;
}

/** Leads the selected wires through the middle between their ends, to be dragged from there. */
export function addWaypointToSelection(): boolean {
  const { graph } = editedScope();
  const { blocks } = currentDocument();
  const wires = [...uiStore.getState().selectedWires];
  gesture('Reroute wires', () => {
    for (const wire of wires) {
      const to = wireEnd(wire);
      const target = graph.nodes[to.node];
      const origin = graph.nodes[target?.inputs[to.port]?.node ?? to.node];
      if (target === undefined || origin === undefined) continue;
      const [start, end] = [cardBox(origin, blocks), cardBox(target, blocks)];
      addWaypoint(wire, { x: (start.x + start.width + end.x) / 2, y: (start.y + end.y) / 2 - 60 });
    }
  });
  return wires.length > 0;
}

/** Leads a wire through a point of the canvas. */
export function addWaypoint(wire: string, at: Point): void {
  const { scope, graph } = editedScope();
  const { blocks } = currentDocument();
  const to = wireEnd(wire);
  const target = graph.nodes[to.node];
  const source = target?.inputs[to.port];
  const origin = source === undefined ? undefined : graph.nodes[source.node];
  if (target === undefined || source === undefined || origin === undefined) return;
  const via = source.via ?? [];
  if (via.length >= 16) return;
  const [start, end] = [cardBox(origin, blocks), cardBox(target, blocks)];
  const from = { x: start.x + start.width, y: start.y + start.height / 2 };
  const index = waypointIndex([from, ...via, { x: end.x, y: end.y + end.height / 2 }], at);
  dispatch(setWaypoints, { scope, to, via: via.toSpliced(index, 0, snap(at)) });
  select([], [], [waypointKey(wire, index)]);
}
