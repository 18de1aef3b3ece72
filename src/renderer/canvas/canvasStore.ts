import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { documentStore } from '../store/documentStore.ts';
import type { OpenWire } from './dropRules.ts';
import type { Point } from './routeWire.ts';

/** What the user is in the middle of on the canvas: one gesture at a time. */
export type CanvasMode =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'connecting';
      readonly open: OpenWire;
      readonly valid: ReadonlySet<NodeId>;
      /** The node or port under the pointer and why it is refused. */
      readonly target: NodeId | null;
      readonly refusal: string | null;
    }
  | {
      readonly kind: 'searching';
      /** Where the box opens, in pixels from the canvas' corner. */
      readonly screen: Point;
      /** Where the chosen node goes. */
      readonly at: Point;
      readonly open: OpenWire | null;
      readonly onWire: string | null;
      /** Whether the chosen node goes behind the selection rather than to `at`. */
      readonly behindSelection: boolean;
    }
  /** Escape ends a drag that React Flow still believes in, until the button is released. */
  | { readonly kind: 'aborted' };

export interface CanvasState {
  readonly mode: CanvasMode;
  /** The wire that a dragged node or palette item would go into. */
  readonly wireUnderDrag: string | null;
}

export const IDLE: CanvasMode = { kind: 'idle' };

export const canvasStore = createStore<CanvasState>()(() => ({ mode: IDLE, wireUnderDrag: null }));

/** Reads the canvas' gesture state in a component. */
export function useCanvas<T>(selector: (state: CanvasState) => T): T {
  return useStore(canvasStore, selector);
}

/** Goes to another mode. */
export function setMode(mode: CanvasMode): void {
  canvasStore.setState({ mode });
}

/** Marks the wire that a drop would go into. */
export function setWireUnderDrag(wireUnderDrag: string | null): void {
  if (canvasStore.getState().wireUnderDrag !== wireUnderDrag) canvasStore.setState({ wireUnderDrag });
}

// Another document is shown: whatever was going on belonged to the old one.
documentStore.subscribe((state, before) => {
  if (state.generation !== before.generation) canvasStore.setState({ mode: IDLE, wireUnderDrag: null });
});
