import type { MarkColour, NodeId } from '../../../graph-engine/document/schema.ts';
import type { CanvasNode } from '../deriveNodes.ts';
import type { CanvasWire } from '../deriveWires.ts';
import { firstLine, type MarkNode } from '../marks/deriveMarks.ts';
import { parseMark } from '../marks/markKeys.ts';
import type { Box, Point } from '../routeWire.ts';
import { wireId } from '../skipWires.ts';
import { boxOf, lineOf, titleBar, TITLE_LETTERS, type OverviewScene } from './overviewScene.ts';

/** The picture is this sharp: what one sees at the zoom where it takes over, and no more than memory allows. */
const SHARPNESS = 0.3;
const MAXIMUM_PIXELS = 12_000_000;
const MAXIMUM_SIDE = 8192;
/** Strokes and letters that can be seen from far away, in units of the canvas. */
const STROKE = { wire: 6, skip: 9, mark: 6, selected: 14 } as const;
const SMALLEST_LETTERS = 24;
const WAYPOINT_RADIUS = 13;

/** Colours of the theme where a canvas lies. */
interface Palette {
  colour(name: string): string;
  mark(name: MarkColour): string;
  heat(level: number): string;
}

function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const known = new Map<string, string>();
  const read = (name: string): string => {
    const value = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, value);
    return value;
  };
  return {
    colour: (name) => read(`--color-${name}`),
    mark: (name) => read(`--mark-${name}`),
    heat: (level) =>
      `color-mix(in srgb, ${read('--heat')} calc(${level} * ${read('--heat-step')}), ${read('--color-surface')})`,
  };
}

/** What is in the hand, and painted over the picture instead of in it. */
export interface InHand {
  readonly places: ReadonlyMap<string, Point>;
  /** Wires that are led through points in the hand. */
  readonly led: ReadonlySet<string>;
}

/** What is in the hand during a drag. */
export function inHandOf(moved: ReadonlyMap<string, Point> | null): InHand {
  const marks = [...(moved?.keys() ?? [])].flatMap((key) => parseMark(key) ?? []);
  const led = marks.flatMap((mark) => (mark.kind === 'waypoint' ? [wireId(mark.to.node, mark.to.port)] : []));
  return { places: moved ?? new Map(), led: new Set(led) };
}

/** Whether a wire follows something in the hand. */
function follows(wire: CanvasWire, { places, led }: InHand): boolean {
  return places.has(wire.source) || places.has(wire.target) || led.has(wire.id);
}

/** Gives a canvas the size of an area and a context in units of the drawing. */
function contextFor(canvas: HTMLCanvasElement, area: Box): CanvasRenderingContext2D | null {
  const wanted = SHARPNESS * window.devicePixelRatio;
  const largest = Math.sqrt(MAXIMUM_PIXELS / Math.max(1, area.width * area.height));
  const scale = Math.min(wanted, largest, MAXIMUM_SIDE / Math.max(1, area.width, area.height));
  canvas.width = Math.ceil(area.width * scale);
  canvas.height = Math.ceil(area.height * scale);
  const context = canvas.getContext('2d');
  context?.scale(scale, scale);
  context?.translate(-area.x, -area.y);
  return context;
}

function writeIn(context: CanvasRenderingContext2D, words: string, { x, y, width, height }: Box, colour: string): void {
  const size = Math.min(TITLE_LETTERS, height * 0.7);
  if (size < SMALLEST_LETTERS || words === '') return;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.fillStyle = colour;
  context.font = `600 ${size}px sans-serif`;
  context.textBaseline = 'top';
  context.fillText(words, x + size * 0.4, y + size * 0.25);
  context.restore();
}

function paintMark(context: CanvasRenderingContext2D, mark: MarkNode, palette: Palette): void {
  const box = boxOf(mark);
  const { x, y, width, height } = box;
  if (mark.type === 'waypoint') {
    context.fillStyle = palette.colour('wire');
    context.beginPath();
    context.arc(x + width / 2, y + height / 2, WAYPOINT_RADIUS, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  const tint = palette.mark(mark.data.colour);
  context.fillStyle = tint;
  context.globalAlpha = mark.type === 'frame' ? 0.09 : 0.22;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 0.7;
  context.strokeStyle = tint;
  context.lineWidth = STROKE.mark;
  context.strokeRect(x, y, width, height);
  context.globalAlpha = 1;
  if (mark.type === 'note') writeIn(context, firstLine(mark.data.text), box, palette.colour('ink'));
  else writeIn(context, mark.data.title, titleBar(mark, Infinity), palette.colour('ink'));
}

function paintCard(context: CanvasRenderingContext2D, card: CanvasNode, scene: OverviewScene, palette: Palette): void {
  const { x, y, width, height } = boxOf(card);
  const view = scene.cardViews.get(card.id);
  const family = view?.family ?? 'unknown';
  const tint = palette.colour(family === 'unknown' ? 'ink-muted' : `family-${family}`);
  const heat = scene.heat?.values.get(card.id as NodeId);
  context.fillStyle = heat === undefined ? palette.colour('surface') : palette.heat(heat.level);
  context.fillRect(x, y, width, height);
  context.fillStyle = tint;
  if (heat === undefined) {
    context.globalAlpha = view?.bypassed === true || view?.muted === true ? 0.15 : 0.4;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
  }
  context.fillRect(x, y, 24, height);
  if (heat !== undefined && heat.level > 0) {
    // Colour is not the only sign: the bar is as long as the share.
    context.fillStyle = palette.colour('ink');
    context.fillRect(x, y + height - 14, width * Math.max(heat.share, 0.02), 14);
  }
  if (view?.problem?.severity !== 'error') return;
  context.lineWidth = 12;
  context.strokeStyle = palette.colour('danger');
  context.strokeRect(x, y, width, height);
}

function paintWires(
  context: CanvasRenderingContext2D,
  scene: OverviewScene,
  wires: readonly CanvasWire[],
  palette: Palette,
  places: InHand['places'],
): void {
  const cards = new Map(scene.cards.map((card) => [card.id, card]));
  for (const skip of [false, true]) {
    const lines = wires.flatMap((wire) =>
      scene.wireViews.get(wire.id)?.skip === skip ? (lineOf(scene, wire, cards, places) ?? []) : [],
    );
    context.strokeStyle = palette.colour(skip ? 'skip' : 'wire');
    context.lineWidth = skip ? STROKE.skip : STROKE.wire;
    context.stroke(new Path2D(lines.join(' ')));
  }
}

/** Paints frames, wires, notes and cards without their small print, in the colours of the theme, but for what is in the hand. */
export function paintScene(canvas: HTMLCanvasElement, scene: OverviewScene, area: Box, inHand: InHand): void {
  const context = contextFor(canvas, area);
  if (context === null) return;
  const palette = paletteOf(canvas);
  const still = inHand.places.size === 0;
  const marks = still ? scene.marks : scene.marks.filter(({ id }) => !inHand.places.has(id));
  const cards = still ? scene.cards : scene.cards.filter(({ id }) => !inHand.places.has(id));
  for (const mark of marks) if (mark.type === 'frame') paintMark(context, mark, palette);
  const wires = still ? scene.wires : scene.wires.filter((wire) => !follows(wire, inHand));
  paintWires(context, scene, wires, palette, inHand.places);
  for (const mark of marks) if (mark.type === 'note') paintMark(context, mark, palette);
  for (const card of cards) paintCard(context, card, scene, palette);
  for (const mark of marks) if (mark.type === 'waypoint') paintMark(context, mark, palette);
}

function isMark(thing: CanvasNode | MarkNode): thing is MarkNode {
  return parseMark(thing.id) !== undefined;
}

/** What is marked over the picture. */
export interface Highlights {
  readonly selected: readonly (CanvasNode | MarkNode)[];
  readonly selectedWires: readonly CanvasWire[];
  readonly hovered: CanvasNode | MarkNode | undefined;
  readonly inHand: readonly (CanvasNode | MarkNode)[];
}

/** Paints what is selected, under the pointer or in the hand: as much work as there is of it, however large the network is. */
export function paintHighlights(
  canvas: HTMLCanvasElement,
  scene: OverviewScene,
  area: Box,
  { selected, selectedWires, hovered, inHand }: Highlights,
  hand: InHand,
): void {
  const context = contextFor(canvas, area);
  if (context === null) return;
  const palette = paletteOf(canvas);
  for (const thing of inHand) if (isMark(thing) && thing.type === 'frame') paintMark(context, thing, palette);
  const followers = hand.places.size === 0 ? [] : scene.wires.filter((wire) => follows(wire, hand));
  if (followers.length > 0) paintWires(context, scene, followers, palette, hand.places);
  for (const thing of inHand) {
    if (isMark(thing)) {
      if (thing.type !== 'frame') paintMark(context, thing, palette);
    } else paintCard(context, thing, scene, palette);
  }
  const cards = new Map(selectedWires.length === 0 ? [] : scene.cards.map((card) => [card.id, card]));
  const lines = selectedWires.flatMap((wire) => lineOf(scene, wire, cards, hand.places) ?? []);
  context.strokeStyle = palette.colour('focus');
  context.lineWidth = STROKE.selected;
  if (lines.length > 0) context.stroke(new Path2D(lines.join(' ')));
  const outline = (thing: CanvasNode | MarkNode, room: number): void => {
    const { x, y, width, height } = boxOf(thing);
    context.strokeRect(x - room, y - room, width + 2 * room, height + 2 * room);
  };
  for (const thing of selected) outline(thing, thing.type === 'waypoint' ? 8 : 0);
  if (hovered === undefined) return;
  context.strokeStyle = palette.colour('ink');
  context.lineWidth = STROKE.selected / 2;
  outline(hovered, STROKE.selected);
}
