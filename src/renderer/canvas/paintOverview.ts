import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { NODE_WIDTH, portY } from './nodeGeometry.ts';
import { wirePath, wirePathThrough, type Box, type Point } from './routeWire.ts';

/** Room for wires that go round the outermost cards. */
const MARGIN = 160;
/** The picture is this sharp: what one sees at the zoom where it takes over, and no more than memory allows. */
const SHARPNESS = 0.3;
const MAXIMUM_PIXELS = 12_000_000;
const MAXIMUM_SIDE = 8192;

/** Below these zooms cards cannot be told apart anyway: a picture takes the place of so many nodes. */
export function usesOverview(zoom: number, count: number): boolean {
  return (zoom < 0.15 && count > 150) || (zoom < 0.3 && count > 1500);
}

/** The part of the canvas that the picture covers. */
export function overviewBounds(nodes: readonly CanvasNode[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { position, height = 0 } of nodes) {
    left = Math.min(left, position.x);
    top = Math.min(top, position.y);
    right = Math.max(right, position.x + NODE_WIDTH);
    bottom = Math.max(bottom, position.y + height);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [left - MARGIN, top - MARGIN];
  return { x, y, width: right + MARGIN - x, height: bottom + MARGIN - y };
}

/** The card at a point of the canvas, the last drawn first. */
export function cardAt(nodes: readonly CanvasNode[], { x, y }: Point): CanvasNode | undefined {
  return nodes.findLast(
    ({ position, height = 0 }) =>
      x >= position.x && x <= position.x + NODE_WIDTH && y >= position.y && y <= position.y + height,
  );
}

function portPlace(node: CanvasNode, port: string | null | undefined, side: 'inputs' | 'outputs'): Point {
  const { position, data } = node;
  const ports = data.view[side];
  const index = Math.max(0, ports.indexOf(port ?? ''));
  const x = side === 'inputs' ? position.x : position.x + NODE_WIDTH;
  return { x, y: position.y + portY(index, ports.length, data.view.height) };
}

function wireLine(wire: CanvasWire, cards: ReadonlyMap<string, CanvasNode>): string | undefined {
  const [source, target] = [cards.get(wire.source), cards.get(wire.target)];
  if (source === undefined || target === undefined || wire.data === undefined) return undefined;
  const from = portPlace(source, wire.sourceHandle, 'outputs');
  const to = portPlace(target, wire.targetHandle, 'inputs');
  const { via, lane } = wire.data.view;
  return (via === null ? wirePath(from, to, lane) : wirePathThrough(from, via, to)).d;
}

/** Paints cards and wires without words, in the colours of the theme. */
export function paintOverview(
  canvas: HTMLCanvasElement,
  nodes: readonly CanvasNode[],
  wires: readonly CanvasWire[],
): void {
  const bounds = overviewBounds(nodes);
  const wanted = SHARPNESS * window.devicePixelRatio;
  const largest = Math.sqrt(MAXIMUM_PIXELS / Math.max(1, bounds.width * bounds.height));
  const scale = Math.min(wanted, largest, MAXIMUM_SIDE / Math.max(1, bounds.width, bounds.height));
  canvas.width = Math.ceil(bounds.width * scale);
  canvas.height = Math.ceil(bounds.height * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(`--color-${name}`);
  context.scale(scale, scale);
  context.translate(-bounds.x, -bounds.y);

  const cards = new Map(nodes.map((node) => [node.id, node]));
  for (const skip of [false, true]) {
    const lines = wires.flatMap((wire) => (wire.data?.view.skip === skip ? (wireLine(wire, cards) ?? []) : []));
    context.strokeStyle = colour(skip ? 'skip' : 'wire');
    context.lineWidth = skip ? 9 : 6;
    context.stroke(new Path2D(lines.join(' ')));
  }
  const surface = colour('surface');
  for (const { position, selected, data } of nodes) {
    const { family, height, problem } = data.view;
    const tint = colour(family === 'unknown' ? 'ink-muted' : `family-${family}`);
    const box = [position.x, position.y, NODE_WIDTH, height] as const;
    context.fillStyle = surface;
    context.fillRect(...box);
    context.globalAlpha = 0.4;
    context.fillStyle = tint;
    context.fillRect(...box);
    context.globalAlpha = 1;
    context.fillRect(position.x, position.y, 24, height);
    if (selected !== true && problem?.severity !== 'error') continue;
    context.lineWidth = 12;
    context.strokeStyle = colour(selected === true ? 'focus' : 'danger');
    context.strokeRect(...box);
  }
}
