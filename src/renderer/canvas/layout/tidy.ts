import { moveNodes } from '../../../graph-engine/document/commands/editNode.ts';
import type { NodeId } from '../../../graph-engine/document/schema.ts';
import { sortGraph } from '../../../graph-engine/infer/sortGraph.ts';
import { currentDocument, dispatch } from '../../store/documentStore.ts';
import { editedScope } from '../../store/scope.ts';
import { focusOn, uiStore } from '../../store/uiStore.ts';
import { nodeHeight } from '../nodeGeometry.ts';
import { portsOf } from '../nodeView.ts';
import type { LayoutDirection, LayoutPositions, LayoutRequest } from './layoutGraph.ts';

const DEADLINE_MILLISECONDS = 10_000;

let running: Worker | undefined;

/** Gives up the layout that is being computed. */
export function cancelTidy(): void {
  running?.terminate();
  running = undefined;
}

function compute(request: LayoutRequest): Promise<LayoutPositions> {
  cancelTidy();
  const worker = new Worker(new URL('./layoutWorker.ts', import.meta.url), { type: 'module' });
  running = worker;
  return new Promise<LayoutPositions>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('It takes too long; select fewer nodes.')), DEADLINE_MILLISECONDS);
    worker.addEventListener('message', (event: MessageEvent<LayoutPositions>) => {
      clearTimeout(timer);
      resolve(event.data);
    });
    worker.addEventListener('error', (event) => {
      clearTimeout(timer);
      reject(new Error(event.message));
    });
    worker.postMessage(request);
  }).finally(() => {
    worker.terminate();
    if (running === worker) running = undefined;
  });
}

function cornerOf(points: readonly { readonly x: number; readonly y: number }[]): { x: number; y: number } {
  return { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) };
}

/**
 * Arranges the selected nodes (two or more), or all of the shown scope, in layers: one step of undo. Nodes on a cycle stay
 * where they are. Returns why it could not be done, or null.
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
    return [{ id, height: nodeHeight(ports.inputs.length, ports.outputs.length), sources }];
  });
  if (nodes.length < 2) return null;
  let positions: LayoutPositions;
  try {
    positions = await compute({ nodes, direction });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const now = editedScope();
  // Edits made meanwhile win: another scope is left alone, and what is gone is not moved.
  if (now.scope !== scope) return null;
  const corner = cornerOf(chosen.flatMap((id) => graph.nodes[id]?.position ?? []));
  const start = cornerOf(Object.values(positions));
  const present = Object.entries(positions)
    .filter(([id]) => now.graph.nodes[id as NodeId] !== undefined)
    .map(([id, { x, y }]) => [id, { x: x - start.x + corner.x, y: y - start.y + corner.y }] as const);
  dispatch(moveNodes, { scope, positions: Object.fromEntries(present) });
  focusOn('all');
  return null;
}
