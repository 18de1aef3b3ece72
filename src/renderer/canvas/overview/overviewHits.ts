import type { Box, Point } from '../routeWire.ts';
import type { WireTrace } from '../strokes.ts';

/** Something that is painted, with its place in the window. */
export interface OverviewHit {
  /** The id of a node, or the key of a mark. */
  readonly key: string;
  readonly isCard: boolean;
  readonly name: string;
  readonly box: Box;
}

/** How others find what is painted: nothing of it is an element of the page. All places are points of the window. */
export interface OverviewHits {
  hitAt(point: Point): OverviewHit | undefined;
  /** The id of the wire that passes by. */
  wireAt(point: Point): string | undefined;
  /** Every wire as a chain of points. */
  traces(): readonly WireTrace[];
}

let shown: OverviewHits | undefined;

/** Lets others find what is painted. The answer takes it back. */
export function provideOverviewHits(hits: OverviewHits): () => void {
  shown = hits;
  return () => {
    if (shown === hits) shown = undefined;
  };
}

/** What the overview shows at a point of the window; nothing while cards are drawn as such. */
export function overviewHitAt(point: Point): OverviewHit | undefined {
  return shown?.hitAt(point);
}

/** The wire that the overview shows at a point of the window; nothing while wires are drawn as such. */
export function overviewWireAt(point: Point): string | undefined {
  return shown?.wireAt(point);
}

/** The wires that the overview shows; none while wires are drawn as such. */
export function overviewTraces(): readonly WireTrace[] {
  return shown?.traces() ?? [];
}
