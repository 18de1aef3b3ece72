import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { documentStore } from '../store/documentStore.ts';
import type { OpenWire } from './dropRules.ts';
import type { Guide } from './guides.ts';
import type { Point } from './routeWire.ts';

/**
 * `cut` takes off wires, `reroute` puts a point on them, `join` adds an Add of two nodes, `wire` connects two, `rewire` takes
 * all wires of a port to another one.
 */
export type StrokeTool = 'cut' | 'reroute' | 'join' | 'wire' | 'rewire';

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
  /** The pointer draws a line that does something to what it crosses or joins. */
  | {
      readonly kind: 'stroke';
      readonly tool: StrokeTool;
      /** Points of the window. */
      readonly points: readonly Point[];
      /** What it would act on now: wires that are crossed, or nodes that are joined. */
      readonly hits: ReadonlySet<string>;
    }
  /** Escape ends a drag that React Flow still believes in, until the button is released. */
  | { readonly kind: 'aborted' };

export interface CanvasState {
  readonly mode: CanvasMode;
  /** The wire that a dragged node or palette item would go into. */
  readonly wireUnderDrag: string | null;
  /** The frame or note whose text is being typed. */
  readonly typing: string | null;
  /** Points of wires that follow a drag, by their keys. */
  readonly waypointsInHand: ReadonlyMap<string, Point> | null;
  /** Lines that a dragged card stands on. */
  readonly guides: readonly Guide[];
  /** Whether dragged things go to the grid. */
  readonly snaps: boolean;
  /** Whether the search for what is in the network is open. */
  readonly finding: boolean;
  /** Whether a layout is being computed. */
  readonly arranging: boolean;
  /** The node for which an input is chosen that it shall feed. */
  readonly wiringFrom: NodeId | null;
}

export const IDLE: CanvasMode = { kind: 'idle' };

const NO_GUIDES: readonly Guide[] = [];

export const canvasStore = createStore<CanvasState>()(() => ({
  mode: IDLE,
  wireUnderDrag: null,
  typing: null,
  waypointsInHand: null,
  guides: NO_GUIDES,
  snaps: true,
  finding: false,
  arranging: false,
  wiringFrom: null,
}));

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

/** Lets the text of a frame or note be typed; `null` ends it. */
export function editText(typing: string | null): void {
  canvasStore.setState({ typing });
}

/** Lets points of wires follow a drag. */
export function setWaypointsInHand(waypointsInHand: ReadonlyMap<string, Point> | null): void {
  if (canvasStore.getState().waypointsInHand !== waypointsInHand) canvasStore.setState({ waypointsInHand });
}

/** Shows lines that a dragged card stands on. */
export function setGuides(guides: readonly Guide[]): void {
  const shown = guides.length === 0 ? NO_GUIDES : guides;
  if (canvasStore.getState().guides !== shown) canvasStore.setState({ guides: shown });
}

/** Lets dragged things go to the grid, or anywhere. */
export function toggleSnap(): void {
  canvasStore.setState(({ snaps }) => ({ snaps: !snaps }));
}

/** Says that a layout is being computed, or no more. */
export function setArranging(arranging: boolean): void {
  canvasStore.setState({ arranging });
}

/** Opens or closes the search for what is in the network. */
export function openFind(finding: boolean): void {
  canvasStore.setState({ finding });
}

/** Lets an input be chosen that a node shall feed; `null` ends it. */
export function wireFrom(wiringFrom: NodeId | null): void {
  canvasStore.setState({ wiringFrom });
}

// Another document is shown: whatever was going on belonged to the old one.
documentStore.subscribe((state, before) => {
  if (state.generation !== before.generation)
    canvasStore.setState({
      mode: IDLE,
      wireUnderDrag: null,
      typing: null,
      waypointsInHand: null,
      guides: NO_GUIDES,
      finding: false,
      wiringFrom: null,
    });
});
