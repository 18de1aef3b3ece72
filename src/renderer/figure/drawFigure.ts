import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Graph, MarkColour, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { createWireDeriver, type WireView } from '../canvas/deriveWires.ts';
import { NODE_WIDTH, portY } from '../canvas/nodeGeometry.ts';
import { viewNode, type NodeView } from '../canvas/nodeView.ts';
import { wirePath, wirePathThrough, type Point } from '../canvas/routeWire.ts';
import { wireEnd } from '../canvas/skipWires.ts';
import { extentOf, frameFigure, parsePath, type Figure, type Shape } from './figure.ts';
import { figureColour, tint } from './figureColours.ts';
import { fitText, textWidth } from './helvetica.ts';

/** What a figure is drawn from. */
export interface FigureSources {
  readonly graph: Graph;
  readonly inferred: InferredGraph | undefined;
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  /** The nodes to draw; all when left out. */
  readonly only?: ReadonlySet<NodeId>;
  /** Whether wires carry their shapes. */
  readonly shapes: boolean;
}

const MARGIN = 16;
const INSET = 10;
const NOTHING: ReadonlySet<never> = new Set();
/** The names of the theme's colours for frames. */
const MARKS: Readonly<Record<MarkColour, string>> = {
  grey: 'ink-faint',
  blue: 'family-convolution',
  green: 'success',
  amber: 'warning',
  red: 'danger',
  violet: 'family-normalization',
};
const BRACKET = { distance: 7, height: 6 } as const;

interface Placed {
  readonly view: NodeView;
  readonly at: Point;
}

function text(
  at: Point,
  words: string,
  size: number,
  options: { bold?: boolean; middle?: boolean; colour: string },
): Shape {
  const { bold = false, middle = false, colour } = options;
  return { kind: 'text', at, text: words, size, bold, anchor: middle ? 'middle' : 'start', colour };
}

/** The bracket over a repeated block with how often it is chained. */
function bracket({ view, at }: Placed): Shape[] {
  if (view.family !== 'block' || view.repeat === 1) return [];
  const colour = figureColour('ink');
  const foot = at.y - BRACKET.distance;
  const top = foot - BRACKET.height;
  const times = typeof view.repeat === 'number' ? String(view.repeat) : view.repeat.replace(/^=\s*/, '');
  return [
    {
      kind: 'path',
      from: { x: at.x, y: foot },
      segments: [
        { kind: 'line', to: { x: at.x, y: top } },
        { kind: 'line', to: { x: at.x + NODE_WIDTH, y: top } },
        { kind: 'line', to: { x: at.x + NODE_WIDTH, y: foot } },
      ],
      stroke: colour,
      width: 1,
      arrow: false,
      dashed: false,
    },
    text({ x: at.x + NODE_WIDTH / 2, y: top - 5 }, `×${times}`, 13, { bold: true, middle: true, colour }),
  ];
}

function card({ view, at }: Placed): Shape[] {
  const colour = figureColour(`family-${view.family}`);
  const room = NODE_WIDTH - 2 * INSET;
  const named = view.name !== view.title && !/-\d+$/.test(view.name);
  const lines = [
    { ...fitText(view.title, room, 13, 10, true), bold: true, colour: figureColour('ink') },
    ...(view.summary === ''
      ? []
      : [{ ...fitText(view.summary, room, 11, 8.5), bold: false, colour: figureColour('ink-muted') }]),
    ...(named ? [{ ...fitText(view.name, room, 10, 8), bold: false, colour }] : []),
  ];
  const step = 14;
  const first = at.y + view.height / 2 - ((lines.length - 1) * step) / 2 + 4.5;
  return [
    {
      kind: 'box',
      name: view.id,
      x: at.x,
      y: at.y,
      width: NODE_WIDTH,
      height: view.height,
      radius: 6,
      fill: view.muted ? tint(figureColour('ink-muted'), 0.1) : tint(colour, 0.1),
      stroke: colour,
      dashed: view.bypassed || view.muted,
    },
    ...lines.map((line, index) =>
      text({ x: at.x + NODE_WIDTH / 2, y: first + index * step }, line.text, line.size, {
        bold: line.bold,
        middle: true,
        colour: line.colour,
      }),
    ),
  ];
}

function portPoint({ view, at }: Placed, port: string, side: 'inputs' | 'outputs'): Point {
  const ports = view[side];
  const y = at.y + portY(Math.max(0, ports.indexOf(port)), ports.length, view.height);
  return { x: side === 'inputs' ? at.x : at.x + NODE_WIDTH, y };
}

function wire(from: Point, to: Point, { skip, lane, via, shape }: WireView, showShape: boolean): Shape[] {
  const colour = figureColour(skip ? 'accent' : 'ink-muted');
  const { d, label, side } = via === null ? wirePath(from, to, lane) : wirePathThrough(from, via, to);
  const path: Shape = {
    kind: 'path',
    ...parsePath(d),
    stroke: colour,
    width: skip ? 2 : 1.4,
    arrow: true,
    dashed: false,
  };
  if (!showShape || shape === '') return [path];
  const short = to.x - from.x > 0 && to.x - from.x < textWidth(shape, 9) + 14;
  const y = label.y + (short ? 24 : side === 'below' ? 12 : -5);
  return [path, text({ x: label.x, y }, shape, 9, { middle: true, colour: skip ? colour : figureColour('ink-muted') })];
}

/** Draws a graph as it lies on the canvas, in the manner of papers: plain cards, skips as arcs, repeats as brackets. */
export function drawFigure({ graph, inferred, blocks, only, shapes: showShapes }: FigureSources): Figure {
  const placed = new Map<NodeId, Placed>();
  for (const [id, node] of nodesOf(graph)) {
    if (only !== undefined && !only.has(id)) continue;
    const view = viewNode(id, node, inferred?.nodes.get(id), blocks, []);
    placed.set(id, { view, at: node.position });
  }
  const deriver = createWireDeriver();
  const wires = deriver.derive({ graph, inferred, blocks, diagnostics: [], selectedWires: NOTHING });
  deriver.publish();
  const lines = wires.flatMap(({ id, source, sourceHandle }): Shape[] => {
    const { node, port } = wireEnd(id);
    const [from, to] = [placed.get(source as NodeId), placed.get(node)];
    const view = deriver.views.get(id);
    if (from === undefined || to === undefined || view === undefined) return [];
    const ends = [portPoint(from, sourceHandle ?? '', 'outputs'), portPoint(to, port, 'inputs')] as const;
    return wire(...ends, view, showShapes);
  });
  const frames = only === undefined ? Object.values(graph.frames ?? {}) : [];
  const areas = frames.flatMap(({ title, colour, position, size }): Shape[] => {
    const stroke = figureColour(MARKS[colour]);
    const box = { kind: 'box', name: title, ...position, ...size, radius: 8 } as const;
    return [
      { ...box, fill: tint(stroke, 0.06), stroke: tint(stroke, 0.6), dashed: true },
      text({ x: position.x + 8, y: position.y + 16 }, title, 12, { bold: true, colour: stroke }),
    ];
  });
  const cards = [...placed.values()].flatMap((one) => [...card(one), ...bracket(one)]);
  return frameFigure([...areas, ...lines, ...cards], MARGIN);
}

/** Whether anything can be seen in a figure. */
export function isEmptyFigure({ shapes }: Figure): boolean {
  const { left, right } = extentOf(shapes);
  return shapes.length === 0 || right === left;
}
