import type { Box, Point } from '../routeWire.ts';
import type { WireTrace } from '../strokes.ts';
import { lineOf, wayOf, type OverviewScene, type WireWay } from './overviewScene.ts';

/** Pixels from a wire at which it is taken. */
const REACH = 6;
/** Stretches that a wire is taken for: from far away it is short. */
const STRETCHES = 8;
const NOTHING_IN_HAND: ReadonlyMap<string, Point> = new Map();

/** Room that contains the line of a wire. */
function roomOf({ from, to, view }: WireWay): Box {
  const points = [from, to, ...(view.via ?? [])];
  const xs = points.map(({ x }) => x);
  const ys = [...points.map(({ y }) => y), ...(view.lane === null ? [] : [view.lane])];
  // How far a wire that turns back reaches out of its ports.
  const margin = 24 + (to.x < from.x ? Math.sqrt(from.x - to.x) * 8 : 0) + (view.via === null ? 0 : 200);
  const [left, top] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  return { x: left, y: top, width: Math.max(...xs) + margin - left, height: Math.max(...ys) + margin - top };
}

let pen: CanvasRenderingContext2D | null | undefined;

/** The topmost wire that passes by a point of the canvas. */
export function wireAt(scene: OverviewScene, point: Point, zoom: number): string | undefined {
  pen ??= document.createElement('canvas').getContext('2d');
  if (pen === null) return undefined;
  const reach = REACH / zoom;
  pen.lineWidth = 2 * reach;
  const cards = new Map(scene.cards.map((card) => [card.id, card]));
  for (const wire of scene.wires.toReversed()) {
    const way = wayOf(scene, wire, cards);
    if (way === undefined) continue;
    const { x, y, width, height } = roomOf(way);
    const isNear =
      point.x >= x - reach && point.x <= x + width + reach && point.y >= y - reach && point.y <= y + height + reach;
    const line = isNear ? lineOf(scene, wire, cards, NOTHING_IN_HAND) : undefined;
    if (line !== undefined && pen.isPointInStroke(new Path2D(line), point.x, point.y)) return wire.id;
  }
  return undefined;
}

/** Every wire as a chain of points of the canvas. */
export function traceLines(scene: OverviewScene): readonly WireTrace[] {
  const cards = new Map(scene.cards.map((card) => [card.id, card]));
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  return scene.wires.flatMap((wire) => {
    const line = lineOf(scene, wire, cards, NOTHING_IN_HAND);
    if (line === undefined) return [];
    path.setAttribute('d', line);
    const length = path.getTotalLength();
    const points = Array.from({ length: STRETCHES + 1 }, (_, index): Point => {
      const { x, y } = path.getPointAtLength((length * index) / STRETCHES);
      return { x, y };
    });
    return [{ id: wire.id, points }];
  });
}
