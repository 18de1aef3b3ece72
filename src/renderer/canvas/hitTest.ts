import type { NodeId } from '../../graph-engine/document/schema.ts';
import { overviewHitAt } from './overview/overviewHits.ts';
import type { Point } from './routeWire.ts';

export interface PortHit {
  readonly node: NodeId;
  /** Absent when the card was hit and not one of its ports. */
  readonly port?: string;
  readonly side?: 'input' | 'output';
}

/** The node or port that is drawn at a point of the window. */
export function nodeAt({ x, y }: Point): PortHit | undefined {
  const element = document.elementFromPoint(x, y);
  const port = element?.closest<HTMLElement>('.react-flow__handle');
  const [portNode, handle] = [port?.dataset['nodeid'], port?.dataset['handleid']];
  if (port !== null && port !== undefined && portNode !== undefined && handle !== undefined) {
    return { node: portNode as NodeId, port: handle, side: port.classList.contains('target') ? 'input' : 'output' };
  }
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
  return undefined;
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
