import type { Point } from './routeWire.ts';

/** What commands can ask of the canvas that is on the screen. */
export interface CanvasView {
  fit(ids: 'all' | ReadonlySet<string>): void;
  /** Opens the search for something to add, into a wire if one is given; `null` puts it behind the selection. */
  openSearch(screen: Point | null, onWire?: string | null): void;
  zoomTo(zoom: number): void;
  zoomIn(): void;
  zoomOut(): void;
  toggleMinimap(): void;
  /** The place of the document under the pointer, or in the middle of the canvas. */
  place(): Point;
  /** Where the canvas looks: the place in its middle, and the zoom. */
  look(): { readonly centre: Point; readonly zoom: number };
  lookAt(centre: Point, zoom: number): void;
}

let shown: CanvasView | undefined;

/** Announces the canvas that is on the screen; the answer takes it back. */
export function provideCanvasView(view: CanvasView): () => void {
  shown = view;
  return () => {
    if (shown === view) shown = undefined;
  };
}

/** The canvas that is on the screen. */
export function canvasView(): CanvasView | undefined {
  return shown;
}
