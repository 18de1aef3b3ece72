import type { HeatMap } from '../../heatmap/heatMapTypes.ts';
import type { CanvasNode } from '../deriveNodes.ts';
import type { CanvasWire, WireView } from '../deriveWires.ts';
import { FRAME_TITLE_HEIGHT, type MarkNode } from '../marks/deriveMarks.ts';
import { waypointKey } from '../marks/markKeys.ts';
import { NODE_WIDTH, portY } from '../nodeGeometry.ts';
import type { NodeView } from '../nodeView.ts';
import { wirePath, wirePathThrough, type Box, type Point } from '../routeWire.ts';
import type { Views } from '../views.ts';

/** Everything that is seen from far away. */
export interface OverviewScene {
  readonly cards: readonly CanvasNode[];
  readonly wires: readonly CanvasWire[];
  readonly marks: readonly MarkNode[];
  readonly cardViews: Views<NodeView>;
  readonly wireViews: Views<WireView>;
  readonly heat: HeatMap | undefined;
}

/** Below these zooms cards cannot be told apart anyway: a picture takes the place of so many nodes. */
export function usesOverview(zoom: number, count: number): boolean {
  return (zoom < 0.15 && count > 150) || (zoom < 0.3 && count > 1500);
}

/** Room for wires that go round the outermost cards. */
const MARGIN = 160;

/** Where a card or a mark lies. */
export function boxOf({ position, width = NODE_WIDTH, height = 0 }: CanvasNode | MarkNode): Box {
  return { x: position.x, y: position.y, width, height };
}

/** The part of the canvas that things take, with room for their wires. */
export function boundsOf(things: readonly (CanvasNode | MarkNode)[], margin = MARGIN): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const thing of things) {
    const { x, y, width, height } = boxOf(thing);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
}

function contains({ x, y, width, height }: Box, point: Point, reach = 0): boolean {
  return point.x >= x - reach && point.x <= x + width + reach && point.y >= y - reach && point.y <= y + height + reach;
}

/** Pixels round a point of a wire in which it is taken. */
const REACH = 6;

/** Height of the titles of frames, in units of the canvas: they stand above, where they can be read from far away. */
export const TITLE_LETTERS = 90;

/** What a frame is held by: its bar and its title, at least as high as a pointer needs it. */
export function titleBar(frame: MarkNode, zoom: number): Box {
  const { x, y, width } = boxOf(frame);
  const above = Math.max(TITLE_LETTERS * 1.2, 14 / zoom);
  return { x, y: y - above, width, height: above + FRAME_TITLE_HEIGHT };
}

/** The topmost thing at a point of the canvas: a point of a wire, a card, a note, or a frame by its bar. */
export function thingAt(scene: OverviewScene, point: Point, zoom: number): CanvasNode | MarkNode | undefined {
  const { cards, marks } = scene;
  return (
    marks.findLast((mark) => mark.type === 'waypoint' && contains(boxOf(mark), point, REACH / zoom)) ??
    cards.findLast((card) => contains(boxOf(card), point)) ??
    marks.findLast((mark) => mark.type === 'note' && contains(boxOf(mark), point)) ??
    marks.findLast((mark) => mark.type === 'frame' && contains(titleBar(mark, zoom), point))
  );
}

/** What a rectangle touches; of frames those that lie wholly in it. */
export function thingsIn({ cards, marks }: OverviewScene, area: Box): readonly (CanvasNode | MarkNode)[] {
  const touches = (box: Box): boolean =>
    box.x < area.x + area.width &&
    box.x + box.width > area.x &&
    box.y < area.y + area.height &&
    box.y + box.height > area.y;
  const isInside = (box: Box): boolean =>
    contains(area, box) && contains(area, { x: box.x + box.width, y: box.y + box.height });
  const isTaken = (thing: CanvasNode | MarkNode): boolean =>
    thing.type === 'frame' ? isInside(boxOf(thing)) : touches(boxOf(thing));
  return [...cards.filter(isTaken), ...marks.filter(isTaken)];
}

function portPlace(
  card: CanvasNode,
  port: string | null | undefined,
  ports: readonly string[],
  isInput: boolean,
): Point {
  const { x, y, width, height } = boxOf(card);
  const index = Math.max(0, ports.indexOf(port ?? ''));
  return { x: isInput ? x : x + width, y: y + portY(index, ports.length, height) };
}

/** The way of a wire from port to port. */
export interface WireWay {
  readonly from: Point;
  readonly to: Point;
  readonly view: WireView;
}

/** The way of a wire; `undefined` while an end of it is not there. */
export function wayOf(
  { cardViews, wireViews }: OverviewScene,
  wire: CanvasWire,
  cards: ReadonlyMap<string, CanvasNode>,
): WireWay | undefined {
  const [source, target] = [cards.get(wire.source), cards.get(wire.target)];
  const view = wireViews.get(wire.id);
  if (source === undefined || target === undefined || view === undefined) return undefined;
  const from = portPlace(source, wire.sourceHandle, cardViews.get(wire.source)?.outputs ?? [], false);
  const to = portPlace(target, wire.targetHandle, cardViews.get(wire.target)?.inputs ?? [], true);
  return { from, to, view };
}

/** The line of a wire, led through `via`; `undefined` while an end of it is not there. */
export function lineOf(
  scene: OverviewScene,
  wire: CanvasWire,
  cards: ReadonlyMap<string, CanvasNode>,
  inHand: ReadonlyMap<string, Point>,
): string | undefined {
  const way = wayOf(scene, wire, cards);
  if (way === undefined) return undefined;
  const { from, to, view } = way;
  if (view.via === null) return wirePath(from, to, view.lane).d;
  const via = view.via.map((point, index) => inHand.get(waypointKey(wire.id, index)) ?? point);
  return wirePathThrough(from, via, to).d;
}
