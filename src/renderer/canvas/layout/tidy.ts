import { moveNodes } from '../../../graph-engine/document/commands/editNode.ts';
import { editFrame } from '../../../graph-engine/document/commands/frames.ts';
import { editNote } from '../../../graph-engine/document/commands/notes.ts';
import { setWaypoints } from '../../../graph-engine/document/commands/waypoints.ts';
import type { NodeId } from '../../../graph-engine/document/schema.ts';
import { sortGraph } from '../../../graph-engine/infer/sortGraph.ts';
import { afterFrame } from '../../store/afterFrame.ts';
import { currentDocument, dispatch, gesture, largeGesture } from '../../store/documentStore.ts';
import { editedScope } from '../../store/scope.ts';
import { focusOn, uiStore } from '../../store/uiStore.ts';
import { setArranging } from '../canvasStore.ts';
import { NODE_WIDTH, nodeHeight } from '../nodeGeometry.ts';
import { portsOf } from '../nodeView.ts';
import { FRAME_PADDING, FRAME_TITLE } from '../marks/frameMembers.ts';
import type { LayoutRequest } from './layoutFrames.ts';
import type { LayoutDirection, LayoutPositions } from './layoutGraph.ts';
import { framesOf, refit } from './refit.ts';

const DEADLINE_MILLISECONDS = 10_000;
/** So many nodes take longer than a frame to be moved and shown. */
const LARGE = 150;

/** Ends the layout that is being computed without an answer. */
let giveUp: (() => void) | undefined;

/** Gives up the layout that is being computed; false when there is none. */
export function cancelTidy(): boolean {
  const isRunning = giveUp !== undefined;
  giveUp?.();
  return isRunning;
}

/** The positions; nothing when it was given up. */
function compute(request: LayoutRequest): Promise<LayoutPositions | undefined> {
  cancelTidy();
  const worker = new Worker(new URL('./layoutWorker.ts', import.meta.url), { type: 'module' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let own: () => void = () => undefined;
  return new Promise<LayoutPositions | undefined>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error('It takes too long; select fewer nodes.')), DEADLINE_MILLISECONDS);
    worker.addEventListener('message', (event: MessageEvent<LayoutPositions>) => resolve(event.data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    own = () => resolve(undefined);
    giveUp = own;
    setArranging(true);
    worker.postMessage(request);
  }).finally(() => {
    clearTimeout(timer);
    worker.terminate();
    if (giveUp !== own) return;
    giveUp = undefined;
    setArranging(false);
  });
}

function cornerOf(points: readonly { readonly x: number; readonly y: number }[]): { x: number; y: number } {
  return { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) };
}

/**
 * Arranges the selected nodes (two or more), or all of the shown scope, in layers: one step of undo. Frames stay round their
 * nodes; notes and points of wires go along. Nodes on a cycle stay where they are. Returns why it could not be done, or null.
 */
export async function tidy(direction: LayoutDirection): Promise<string | null> {
  const { scope, graph } = editedScope();
  const { selection } = uiStore.getState();
  const { order } = sortGraph(graph);
  const chosen = selection.size > 1 ? order.filter((id) => selection.has(id)) : order;
  const wanted = new Set<NodeId>(chosen);
  const { blocks } = currentDocument();
  const nodes = chosen.flatMap((id) => {
    const node = graph.nodes[id];
    if (node === undefined) return [];
    const ports = portsOf(node, blocks);
    const sources = Object.values(node.inputs).flatMap((source) => (wanted.has(source.node) ? [source.node] : []));
    return [{ id, width: NODE_WIDTH, height: nodeHeight(ports.inputs.length, ports.outputs.length), sources }];
  });
  if (nodes.length < 2) return null;
  const frames = framesOf(graph, wanted, blocks).filter((frame) => frame.nodes.length + frame.frames.length > 0);
  let positions: LayoutPositions | undefined;
  try {
    positions = await compute({ nodes, direction, frames, padding: FRAME_PADDING, title: FRAME_TITLE });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (positions === undefined) return null;
  const now = editedScope();
  // Edits made meanwhile win: another scope is left alone, and what is gone is not moved.
  if (now.scope !== scope) return null;
  const corner = cornerOf(chosen.flatMap((id) => graph.nodes[id]?.position ?? []));
  const start = cornerOf(Object.values(positions));
  const present = Object.entries(positions)
    .filter(([id]) => now.graph.nodes[id as NodeId] !== undefined)
    .map(([id, { x, y }]) => [id, { x: x - start.x + corner.x, y: y - start.y + corner.y }] as const);
  const places = Object.fromEntries(present);
  const follow = refit(now.graph, places, blocks);
  const arrange = (): void => {
    dispatch(moveNodes, { scope, positions: places });
    for (const { to, via } of follow.waypoints) dispatch(setWaypoints, { scope, to, via });
    for (const { id, position } of follow.notes) dispatch(editNote, { scope, id, changes: { position } });
    for (const { id, place } of follow.frames) dispatch(editFrame, { scope, id, changes: place });
  };
  if (present.length < LARGE) gesture('Arrange', arrange);
  else await largeGesture('Arrange', arrange, afterFrame);
  // In a frame of its own: the cards are at their places before the canvas sets off.
  await afterFrame();
  focusOn('all');
  return null;
}
