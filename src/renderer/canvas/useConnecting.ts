import { useReactFlow, type Connection, type FinalConnectionState, type OnConnectStartParams } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Endpoint, NodeId } from '../../graph-engine/document/schema.ts';
import { currentDocument } from '../store/documentStore.ts';
import { shownScope } from '../store/scope.ts';
import { showToast } from '../ui/Toast.tsx';
import { canvasStore, IDLE, setMode, useCanvas } from './canvasStore.ts';
import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { canConnect, completeWire, validTargets, type OpenWire } from './dropRules.ts';
import { connectWire, cutWire, moveWire } from './editing.ts';
import { isEmptyCanvas, nodeAt, pointOf, type PortHit } from './hitTest.ts';
import { GRID, NODE_HEIGHT } from './nodeGeometry.ts';
import type { Point } from './routeWire.ts';
import { wireEnd } from './skipWires.ts';

/** Ports on the wrong side count as the node itself. */
function fitting(hit: PortHit, open: OpenWire): PortHit {
  const wanted = open.side === 'output' ? 'input' : 'output';
  return hit.side === wanted ? hit : { node: hit.node };
}

function judge(open: OpenWire, hit: PortHit): { wire?: { from: Endpoint; to: Endpoint }; refusal: string | null } {
  const { graph } = shownScope();
  const wire = completeWire(graph, open, fitting(hit, open), currentDocument().blocks);
  if (wire === undefined) {
    const reason = open.side === 'output' ? 'This node has no inputs.' : 'This node has no outputs.';
    return { refusal: hit.node === open.node ? null : reason };
  }
  const verdict = canConnect(graph, wire.from, wire.to);
  if (verdict.ok) return { wire, refusal: null };
  return { refusal: hit.node === open.node ? null : verdict.reason };
}

/** Drawing wires and moving them by an end: what React Flow needs, in terms of the document. */
export function useConnecting(root: React.RefObject<HTMLDivElement | null>) {
  const flow = useReactFlow<CanvasNode, CanvasWire>();
  /** The wire whose end was grabbed. */
  const moving = useRef<Endpoint | null>(null);
  const connecting = useCanvas((state) => state.mode.kind === 'connecting');

  useEffect(() => {
    if (!connecting) return;
    const onMove = (event: PointerEvent): void => {
      const { mode } = canvasStore.getState();
      if (mode.kind !== 'connecting') return;
      const hit = nodeAt({ x: event.clientX, y: event.clientY });
      const target = hit === undefined || hit.node === mode.open.node ? null : hit.node;
      const refusal = hit === undefined ? null : judge(mode.open, hit).refusal;
      if (target !== mode.target || refusal !== mode.refusal) setMode({ ...mode, target, refusal });
    };
    window.addEventListener('pointermove', onMove);
    return () => window.removeEventListener('pointermove', onMove);
  }, [connecting]);

  const onConnectStart = useCallback((_event: MouseEvent | TouchEvent, params: OnConnectStartParams) => {
    if (params.nodeId === null || params.handleId === null || params.handleType === null) return;
    const open: OpenWire = {
      node: params.nodeId as NodeId,
      port: params.handleId,
      side: params.handleType === 'source' ? 'output' : 'input',
    };
    const { graph } = shownScope();
    const valid = validTargets(graph, open, currentDocument().blocks);
    setMode({ kind: 'connecting', open, valid, target: null, refusal: null });
  }, []);

  const openSearch = useCallback(
    (point: Point, open: OpenWire) => {
      const corner = root.current?.getBoundingClientRect();
      const at = flow.screenToFlowPosition(point);
      setMode({
        kind: 'searching',
        screen: { x: point.x - (corner?.left ?? 0), y: point.y - (corner?.top ?? 0) },
        // The new node's port comes to lie at the pointer, not its corner.
        at: { x: open.side === 'output' ? at.x + GRID : at.x - 170, y: at.y - NODE_HEIGHT / 2 },
        open,
        onWire: null,
        behindSelection: false,
      });
    },
    [flow, root],
  );

  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { mode } = canvasStore.getState();
      const old = moving.current;
      moving.current = null;
      setMode(IDLE);
      if (mode.kind !== 'connecting') return;
      const { open } = mode;
      const point = pointOf(event);
      // React Flow finds ports that are near; what is under the pointer counts otherwise.
      const near = state.isValid === true ? state.toHandle : null;
      const hit: PortHit | undefined =
        typeof near?.id === 'string'
          ? { node: near.nodeId as NodeId, port: near.id, side: near.type === 'target' ? 'input' : 'output' }
          : nodeAt(point);
      if (hit !== undefined) {
        const { wire, refusal } = judge(open, hit);
        if (wire !== undefined) {
          const verdict = old === null ? connectWire(wire.from, wire.to) : moveWire(old, wire.from, wire.to);
          if (!verdict.ok) showToast({ tone: 'danger', title: 'Not connected', description: verdict.reason });
        } else if (refusal !== null) showToast({ tone: 'danger', title: 'Not connected', description: refusal });
        return;
      }
      if (!isEmptyCanvas(point)) return;
      if (old !== null) cutWire(old);
      else openSearch(point, open);
    },
    [openSearch],
  );

  const onReconnectStart = useCallback((_event: React.MouseEvent, wire: CanvasWire) => {
    moving.current = wireEnd(wire.id);
  }, []);

  const isValidConnection = useCallback(({ source, sourceHandle, target, targetHandle }: CanvasWire | Connection) => {
    if (typeof sourceHandle !== 'string' || typeof targetHandle !== 'string') return false;
    const from = { node: source as NodeId, port: sourceHandle };
    const to = { node: target as NodeId, port: targetHandle };
    return canConnect(shownScope().graph, from, to).ok;
  }, []);

  return useMemo(
    () => ({
      onConnectStart,
      onConnectEnd,
      onReconnectStart,
      isValidConnection,
      // Its presence makes ends of wires grabbable; the work is done when the gesture ends.
      onReconnect: () => undefined,
    }),
    [onConnectStart, onConnectEnd, onReconnectStart, isValidConnection],
  );
}
