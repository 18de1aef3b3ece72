import type { Endpoint, MarkId } from '../../../graph-engine/document/schema.ts';
import { wireEnd } from '../skipWires.ts';

/** What lies on the canvas beside nodes and wires, by the name React Flow knows it under. */
export type Mark =
  | { readonly kind: 'frame'; readonly id: MarkId }
  | { readonly kind: 'note'; readonly id: MarkId }
  | { readonly kind: 'waypoint'; readonly to: Endpoint; readonly index: number };

/** The key of a frame or a note. No node id has a colon. */
export function markKey(kind: 'frame' | 'note', id: MarkId): string {
  return `${kind}:${id}`;
}

/** The key of a point that a wire is led through. */
export function waypointKey(wire: string, index: number): string {
  return `via:${wire}:${index}`;
}

/** Reads a key; `undefined` when it is a node's id. */
export function parseMark(key: string): Mark | undefined {
  const [kind, first = '', port = '', index = ''] = key.split(':');
  if (kind === 'frame' || kind === 'note') return { kind, id: first as MarkId };
  if (kind === 'via') return { kind: 'waypoint', to: wireEnd(`${first}:${port}`), index: Number(index) };
  return undefined;
}
