import type { NodeId } from '../../graph-engine/document/schema.ts';
import { overviewHitAt, overviewWireAt } from './overview/overviewHits.ts';
import type { Point } from './routeWire.ts';

export interface PortHit {
  readonly node: NodeId;
  /** Absent when the card was hit and not one of its ports. */
  readonly port?: string;
  readonly side?: 'input' | 'output';
}

function portOf(element: Element | null): PortHit | undefined {
  const port = element?.closest<HTMLElement>('.react-flow__handle');
  const [node, handle] = [port?.dataset['nodeid'], port?.dataset['handleid']];
  if (port === null || port === undefined || node === undefined || handle === undefined) return undefined;
  return { node: node as NodeId, port: handle, side: port.classList.contains('target') ? 'input' : 'output' };
}

/** The port at a point of the window, under whatever lies above it: ends of wires cover the ports they lead to. */
export function portAt({ x, y }: Point): PortHit | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const port = portOf(element);
    if (port !== undefined) return port;
  }
  return undefined;
}

/** The node or port that is drawn at a point of the window. */
export function nodeAt({ x, y }: Point): PortHit | undefined {
  const element = document.elementFromPoint(x, y);
  const port = portOf(element);
  if (port !== undefined) return port;
  const id = element?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
  if (id !== undefined) return { node: id as NodeId };
  const painted = element?.classList.contains('react-flow__pane') === true ? overviewHitAt({ x, y }) : undefined;
  return painted?.isCard === true ? { node: painted.key as NodeId } : undefined;
}

/** The wire that is drawn at a point of the window, under whatever lies above it. */
export function wireAt({ x, y }: Point): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest<HTMLElement>('.react-flow__edge')?.dataset['id'];
    if (id !== undefined) return id;
  }
  return isEmptyCanvas({ x, y }) ? overviewWireAt({ x, y }) : undefined;
}

/** Whether a point of the window shows the empty canvas. */
export function isEmptyCanvas({ x, y }: Point): boolean {
  const element = document.elementFromPoint(x, y);
  return element !== null && element.classList.contains('react-flow__pane');
}

/** The point of a mouse or touch event. */
export function pointOf(event: MouseEvent | TouchEvent): Point {
  if ('clientX' in event) return { x: event.clientX, y: event.clientY };
  const touch = event.changedTouches[0];
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}
