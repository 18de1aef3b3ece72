import type { Box, Point } from '../routeWire.ts';

/** Something that is painted, with its place in the window. */
export interface OverviewHit {
  /** The id of a node, or the key of a mark. */
  readonly key: string;
  readonly isCard: boolean;
  readonly name: string;
  readonly box: Box;
}

let look: ((point: Point) => OverviewHit | undefined) | undefined;

/** Lets others find what is painted: nothing of it is an element of the page. The answer takes it back. */
export function provideOverviewHits(hitAt: (point: Point) => OverviewHit | undefined): () => void {
  look = hitAt;
  return () => {
    if (look === hitAt) look = undefined;
  };
}

/** What the overview shows at a point of the window; nothing while cards are drawn as such. */
export function overviewHitAt(point: Point): OverviewHit | undefined {
  return look?.(point);
}
