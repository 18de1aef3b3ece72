import type { Edge } from '@xyflow/react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { describeShape, formatShape, type TensorType } from '../../graph-engine/core/shape.ts';
import { nameOf, nodesOf } from '../../graph-engine/document/graphs.ts';
import { samePlaces, sameWiring } from '../../graph-engine/document/sameWiring.ts';
import type { BlockDefinition, Endpoint, Graph, GraphNode, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { NODE_WIDTH, nodeHeight, portY } from './nodeGeometry.ts';
import { portsOf } from './nodeView.ts';
import { freeLane, isObstructed, type Box, type Point } from './routeWire.ts';
import { skipWires, wireEnd, wireId } from './skipWires.ts';
import { createViews, type Views } from './views.ts';

/** Everything a wire shows. */
export interface WireView {
  /** `32×32×16`; empty while unknown. */
  readonly shape: string;
  /** The shape with its axes named, for the tooltip. */
  readonly longShape: string;
  readonly skip: boolean;
  /** Height of the lane of a wire that goes round other nodes, `null` for a direct curve. */
  readonly lane: number | null;
  /** Points the user leads it through. */
  readonly via: readonly Point[] | null;
  /** Zeros flow through it, from a muted node. */
  readonly silent: boolean;
  /** Why the input it feeds is in contradiction. */
  readonly error: string | null;
  /** All of it in words, for those who do not see it. */
  readonly label: string;
}

/** A wire, or in a comparison one that is not there any more. What it shows is in the views, under its id. */
export type CanvasWire = Edge<{ readonly views: Views<WireView> }, 'wire' | 'removed'>;

export interface WireSources {
  readonly graph: Graph;
  readonly inferred: InferredGraph | undefined;
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly selectedWires: ReadonlySet<string>;
}

/** Derives the wires of a canvas again and again. */
export interface WireDeriver {
  /** React Flow's edges: the same objects, and the same list, while ends, kind and selection are the same. */
  derive(sources: WireSources): CanvasWire[];
  /** Hands out what the wires show since `derive`; not while React renders, because wires that are drawn follow at once. */
  publish(): void;
  readonly views: Views<WireView>;
}

const MAXIMUM_ROUTED = 600;
const NESTED_DISTANCE = 16;

interface Placed {
  readonly box: Box;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function place(node: GraphNode, blocks: Readonly<Record<string, BlockDefinition>>): Placed {
  const { inputs, outputs } = portsOf(node, blocks);
  const height = nodeHeight(inputs.length, outputs.length);
  return { box: { ...node.position, width: NODE_WIDTH, height }, inputs, outputs };
}

function portAt(placed: Placed, port: string, side: 'inputs' | 'outputs'): Point {
  const ports = placed[side];
  const index = Math.max(0, ports.indexOf(port));
  const { x, y, width, height } = placed.box;
  return { x: side === 'inputs' ? x : x + width, y: y + portY(index, ports.length, height) };
}

interface Route {
  readonly id: string;
  readonly from: Point;
  readonly to: Point;
  readonly lane: number;
}

/** Lanes that lie within each other's span are drawn apart, the longest outside. */
function nest(routes: readonly Route[]): Map<string, number> {
  const lanes = new Map<string, number>();
  for (const route of routes) {
    const above = route.lane < Math.min(route.from.y, route.to.y);
    let depth = 0;
    for (const other of routes) {
      const inside = other.from.x >= route.from.x && other.to.x <= route.to.x;
      const shorter = other.to.x - other.from.x < route.to.x - route.from.x;
      if (inside && shorter && Math.abs(other.lane - route.lane) < 40) depth += 1;
    }
    lanes.set(route.id, route.lane + (above ? -1 : 1) * Math.min(depth, 12) * NESTED_DISTANCE);
  }
  return lanes;
}

/** Where in a list sorted by its left side the boxes begin that start at `x` or behind it. */
function firstFrom(boxes: readonly Box[], x: number): number {
  let [from, to] = [0, boxes.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((boxes[middle]?.x ?? Infinity) < x) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A wire longer than to the next column may have nodes in its way; such wires get a lane round them. */
function routeWires(graph: Graph, blocks: Readonly<Record<string, BlockDefinition>>): Map<string, number> {
  const placed = new Map<NodeId, Placed>();
  for (const [id, node] of nodesOf(graph)) placed.set(id, place(node, blocks));
  const sorted = [...placed.values()].map(({ box }) => box).sort((a, b) => a.x - b.x);
  /** Cards that begin from one place to another; all are equally wide. */
  const starting = (from: number, to: number): Box[] => sorted.slice(firstFrom(sorted, from), firstFrom(sorted, to));
  const routes: Route[] = [];
  const backwards = new Map<string, number>();
  for (const [id, node] of nodesOf(graph)) {
    const target = placed.get(id);
    if (target === undefined) continue;
    for (const [port, source] of Object.entries(node.inputs)) {
      const origin = placed.get(source.node);
      if (source.via !== undefined || origin === undefined || routes.length + backwards.size >= MAXIMUM_ROUTED)
        continue;
      const from = portAt(origin, source.port, 'outputs');
      const to = portAt(target, port, 'inputs');
      if (to.x < from.x) {
        const ends: [Point, Point] = [
          { x: to.x, y: from.y },
          { x: from.x, y: to.y },
        ];
        backwards.set(wireId(id, port), freeLane(...ends, starting(to.x - NODE_WIDTH, from.x)));
        continue;
      }
      if (to.x - from.x < NODE_WIDTH) continue;
      const between = starting(from.x - NODE_WIDTH, to.x).filter(
        (box) => box !== origin.box && box !== target.box && box.x + box.width > from.x,
      );
      if (between.length === 0 || !isObstructed(from, to, between)) continue;
      routes.push({ id: wireId(id, port), from, to, lane: freeLane(from, to, between) });
    }
  }
  return new Map([...nest(routes), ...backwards]);
}

let lastRoutes:
  { readonly graph: Graph; readonly blocks: object; readonly lanes: ReadonlyMap<string, number> } | undefined;

/** Ways round cards follow from places and wires alone: an edit of a parameter leaves them as they are. */
function lanesOf(graph: Graph, blocks: Readonly<Record<string, BlockDefinition>>): ReadonlyMap<string, number> {
  const last = lastRoutes;
  const isSame =
    last?.blocks === blocks && Object.isFrozen(graph) && sameWiring(last.graph, graph) && samePlaces(last.graph, graph);
  const lanes = isSame ? last.lanes : routeWires(graph, blocks);
  lastRoutes = { graph, blocks, lanes };
  return lanes;
}

/** Whether a diagnostic is about what flows into a node, not about the node itself. */
function isAboutInputs({ severity, code, at }: Diagnostic): boolean {
  if (severity !== 'error' || at.path.length > 0 || at.parameter !== undefined || code === 'graph/missing-input')
    return false;
  return at.port !== undefined || code === 'graph/cycle' || code.startsWith('shape/');
}

/** Contradictions by the wire they are about; one without a port is about every wire of the node. */
function errorsByWire(graph: Graph, diagnostics: readonly Diagnostic[]): Map<string, string> {
  const errors = new Map<string, string>();
  for (const diagnostic of diagnostics) {
    const { at, message } = diagnostic;
    if (at.node === undefined || !isAboutInputs(diagnostic)) continue;
    const inputs = graph.nodes[at.node as NodeId]?.inputs ?? {};
    for (const port of Object.keys(inputs)) {
      if (at.port === undefined || at.port === port) errors.set(wireId(at.node, port), message);
    }
  }
  return errors;
}

/** What a wire was made from; while all of it is the same, so is the wire. */
interface Basis {
  readonly node: GraphNode;
  readonly origin: GraphNode;
  readonly blocks: object;
  readonly type: TensorType | undefined;
  readonly skip: boolean;
  readonly lane: number | null;
  readonly silent: boolean;
  readonly error: string | null;
  readonly selected: boolean;
}

/** A wire that is drawn; without a view when a port it ends at does not exist. */
interface Known extends Basis {
  readonly view: WireView | undefined;
  readonly wire: CanvasWire | undefined;
}

interface Listed {
  readonly id: string;
  readonly port: string;
  readonly source: Endpoint;
}

const listedWires = new WeakMap<GraphNode, { readonly target: NodeId; readonly wires: readonly Listed[] }>();

/** The wires that end at a node. */
function wiresTo(target: NodeId, node: GraphNode): readonly Listed[] {
  const known = listedWires.get(node);
  if (known?.target === target) return known.wires;
  const wires = Object.entries(node.inputs).map(([port, source]) => ({ id: wireId(target, port), port, source }));
  if (Object.isFrozen(node)) listedWires.set(node, { target, wires });
  return wires;
}

/** A function that derives React Flow edges and keeps what did not change: React then draws only what did. */
export function createWireDeriver(): WireDeriver {
  const views = createViews<WireView>();
  const data = { views };
  const known = new Map<string, Known>();
  const unpublished = new Set<string>();
  let wires: CanvasWire[] = [];

  function make(
    target: NodeId,
    listed: Listed,
    basis: Basis,
    blocks: WireSources['blocks'],
    old: Known | undefined,
  ): Known {
    const made = viewWire(target, listed, basis, blocks);
    const view = made !== undefined && old?.view !== undefined && sameWire(old.view, made) ? old.view : made;
    if (view !== old?.view) unpublished.add(listed.id);
    return {
      ...basis,
      view,
      wire: view === undefined ? undefined : wireOf(target, listed, basis, data, view, old?.wire),
    };
  }

  return {
    views,
    derive({ graph, inferred, blocks, diagnostics, selectedWires }) {
      const skips = skipWires(graph);
      const lanes = lanesOf(graph, blocks);
      const errors = errorsByWire(graph, diagnostics);
      const now: CanvasWire[] = [];
      let [same, count] = [true, 0];
      for (const [target, node] of nodesOf(graph)) {
        for (const listed of wiresTo(target, node)) {
          const { id, source } = listed;
          const origin = graph.nodes[source.node];
          // A wire whose end does not exist cannot be drawn; the node tells of it.
          if (origin === undefined) continue;
          const facts = inferred?.nodes.get(source.node);
          const type = facts?.outputs[source.port];
          const silent = facts?.muted === true;
          const skip = skips.has(id);
          const lane = lanes.get(id) ?? null;
          const error = errors.get(id) ?? null;
          const selected = selectedWires.has(id);
          const old = known.get(id);
          // Compared one by one: of thousands of wires an edit concerns a few.
          let one = old;
          if (
            old?.node !== node ||
            old.origin !== origin ||
            old.blocks !== blocks ||
            old.type !== type ||
            old.skip !== skip ||
            old.lane !== lane ||
            old.silent !== silent ||
            old.error !== error ||
            old.selected !== selected
          ) {
            one = make(
              target,
              listed,
              { node, origin, blocks, type, skip, lane, silent, error, selected },
              blocks,
              old,
            );
            known.set(id, one);
          }
          count += 1;
          if (one?.wire === undefined) continue;
          if (one.wire !== wires[now.length]) same = false;
          now.push(one.wire);
        }
      }
      if (known.size > count)
        for (const id of known.keys()) {
          const { node, port } = wireEnd(id);
          const source = graph.nodes[node]?.inputs[port];
          if (source !== undefined && graph.nodes[source.node] !== undefined) continue;
          known.delete(id);
          unpublished.add(id);
        }
      if (!same || now.length !== wires.length) wires = now;
      return wires;
    },
    publish() {
      for (const id of unpublished) views.set(id, known.get(id)?.view);
      unpublished.clear();
    },
  };
}

/** What a wire shows; `undefined` when a port it ends at does not exist. */
function viewWire(
  target: NodeId,
  { port, source }: Listed,
  { node, origin, type, skip, lane, silent, error }: Basis,
  blocks: WireSources['blocks'],
): WireView | undefined {
  if (!portsOf(origin, blocks).outputs.includes(source.port)) return undefined;
  if (!portsOf(node, blocks).inputs.includes(port)) return undefined;
  const longShape = type === undefined ? '' : describeShape(type);
  const ends = `${skip ? 'Skip wire' : 'Wire'} from ${nameOf(source.node, origin)} to ${nameOf(target, node)}`;
  return {
    shape: type === undefined ? '' : formatShape(type),
    longShape,
    skip,
    lane,
    via: node.inputs[port]?.via ?? null,
    silent,
    error,
    label: [ends, longShape, silent ? 'zeros' : '', error ?? ''].filter((word) => word !== '').join(', '),
  };
}

function wireOf(
  target: NodeId,
  { id, port, source }: Listed,
  { skip, selected }: Basis,
  data: CanvasWire['data'],
  { label }: WireView,
  known: CanvasWire | undefined,
): CanvasWire {
  const zIndex = skip ? 1 : 0;
  const sameEnds = known?.source === source.node && known.sourceHandle === source.port;
  if (sameEnds && known.selected === selected && known.zIndex === zIndex) return known;
  return {
    id,
    type: 'wire',
    source: source.node,
    sourceHandle: source.port,
    target,
    targetHandle: port,
    selected,
    ...(data === undefined ? {} : { data }),
    ariaLabel: label,
    zIndex,
  };
}

function sameWire(a: WireView, b: WireView): boolean {
  return (Object.keys(a) as (keyof WireView)[]).every((key) => a[key] === b[key]);
}
