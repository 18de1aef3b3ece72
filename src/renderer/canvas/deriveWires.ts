import type { Edge } from '@xyflow/react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { describeShape, formatShape, type TensorType } from '../../graph-engine/core/shape.ts';
import { nameOf, nodesOf } from '../../graph-engine/document/graphs.ts';
import { samePlaces, sameWiring } from '../../graph-engine/document/sameWiring.ts';
import type { BlockDefinition, Endpoint, Graph, GraphNode, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { sortGraph } from '../../graph-engine/infer/sortGraph.ts';
import { indexBoxes, type BoxIndex } from './boxIndex.ts';
import { changedSince } from './changedSince.ts';
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

/** Lanes that are nearer to each other count as one. */
const LANE_WIDTH = 40;

/** Lanes that lie within each other's span are drawn apart, the longest outside. */
function nest(routes: readonly Route[]): Map<string, number> {
  const lanes = new Map<string, number>();
  const byLane = new Map<number, Route[]>();
  const bandOf = ({ lane }: Route): number => Math.floor(lane / LANE_WIDTH);
  for (const route of routes) {
    const band = byLane.get(bandOf(route));
    if (band === undefined) byLane.set(bandOf(route), [route]);
    else band.push(route);
  }
  for (const route of routes) {
    const above = route.lane < Math.min(route.from.y, route.to.y);
    const band = bandOf(route);
    let depth = 0;
    for (const other of [band - 1, band, band + 1].flatMap((near) => byLane.get(near) ?? [])) {
      const inside = other.from.x >= route.from.x && other.to.x <= route.to.x;
      const shorter = other.to.x - other.from.x < route.to.x - route.from.x;
      if (inside && shorter && Math.abs(other.lane - route.lane) < LANE_WIDTH) depth += 1;
    }
    lanes.set(route.id, route.lane + (above ? -1 : 1) * Math.min(depth, 12) * NESTED_DISTANCE);
  }
  return lanes;
}

interface Detour {
  readonly id: NodeId;
  readonly port: string;
  readonly source: Endpoint;
}

/** Wires that may have to go round cards: told by where their ends stand, because nearly all lead to the next column. */
function findDetours(graph: Graph): readonly Detour[] {
  const found: Detour[] = [];
  for (const [id, { inputs, position }] of nodesOf(graph))
    for (const port in inputs) {
      const source = inputs[port];
      if (source === undefined || source.via !== undefined) continue;
      const origin = graph.nodes[source.node];
      if (origin === undefined) continue;
      const length = position.x - origin.position.x - NODE_WIDTH;
      if (length < 0 || length >= NODE_WIDTH) found.push({ id, port, source });
    }
  return found;
}

function* boxesOf(placed: ReadonlyMap<NodeId, Placed>): Generator<Box> {
  for (const { box } of placed.values()) yield box;
}

/** Room above and below a lane in which cards are in its way, and more. */
const LANE_ROOM = 40;

/** Cards that begin between the ends of a wire or a card before, at the heights between the ends and so much above and below. */
function boxesBeside(from: Point, to: Point, index: BoxIndex, reach: number): Box[] {
  const room = reach + LANE_ROOM;
  const [top, bottom] = [Math.min(from.y, to.y) - room, Math.max(from.y, to.y) + room];
  return index.starting(from.x - NODE_WIDTH, to.x, top, bottom);
}

/** Looks for a free lane near the wire first, and farther away only when there is none: cards far off are not in its way. */
function nearestLane(from: Point, to: Point, index: BoxIndex, isBetween: (box: Box) => boolean): number {
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  for (let reach = 200; ; reach *= 4) {
    const lane = freeLane(from, to, boxesBeside(from, to, index, reach).filter(isBetween));
    const isAll = top - reach < index.top && bottom + reach > index.bottom;
    if (isAll || (lane > top - reach && lane < bottom + reach)) return lane;
  }
}

/** A wire longer than to the next column may have nodes in its way; such wires get a lane round them. */
function routeWires(graph: Graph, blocks: Readonly<Record<string, BlockDefinition>>): Map<string, number> {
  const detours = findDetours(graph);
  if (detours.length === 0) return new Map();
  const placed = new Map<NodeId, Placed>();
  for (const [id, node] of nodesOf(graph)) placed.set(id, place(node, blocks));
  const index = indexBoxes(boxesOf(placed));
  const routes: Route[] = [];
  const backwards = new Map<string, number>();
  for (const { id, port, source } of detours) {
    const [origin, target] = [placed.get(source.node), placed.get(id)];
    if (origin === undefined || target === undefined) continue;
    if (routes.length + backwards.size >= MAXIMUM_ROUTED) break;
    const from = portAt(origin, source.port, 'outputs');
    const to = portAt(target, port, 'inputs');
    if (to.x < from.x) {
      const ends: [Point, Point] = [
        { x: to.x, y: from.y },
        { x: from.x, y: to.y },
      ];
      backwards.set(
        wireId(id, port),
        nearestLane(...ends, index, () => true),
      );
      continue;
    }
    const isBetween = (box: Box): boolean =>
      box !== origin.box && box !== target.box && box.x + box.width > from.x && box.x < to.x;
    if (!isObstructed(from, to, boxesBeside(from, to, index, 0).filter(isBetween))) continue;
    routes.push({ id: wireId(id, port), from, to, lane: nearestLane(from, to, index, isBetween) });
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
interface Known {
  readonly basis: Basis;
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
  const wires: Listed[] = [];
  for (const port in node.inputs) {
    const source = node.inputs[port];
    if (source !== undefined) wires.push({ id: wireId(target, port), port, source });
  }
  if (Object.isFrozen(node)) listedWires.set(node, { target, wires });
  return wires;
}

/** What wires are derived from, with what follows from it for all of them. */
interface Context extends WireSources {
  readonly skips: ReadonlySet<string>;
  readonly lanes: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, string>;
}

/** A function that derives React Flow edges and keeps what did not change: React then draws only what did. */
export function createWireDeriver(): WireDeriver {
  const views = createViews<WireView>();
  const data = { views };
  const known = new Map<string, Known>();
  const unpublished = new Set<string>();
  let wires: CanvasWire[] = [];
  let last: Context | undefined;

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
    const wire = view === undefined ? undefined : wireOf(target, listed, basis, data, view, old?.wire);
    return { basis, view, wire };
  }

  /** Of the sources as they are now, the wire that ends somewhere; nothing when its other end does not exist. */
  function look(target: NodeId, node: GraphNode, listed: Listed, context: Context): Known | undefined {
    const { graph, inferred, blocks, selectedWires, skips, lanes, errors } = context;
    const { id, source } = listed;
    const origin = graph.nodes[source.node];
    // A wire whose end does not exist cannot be drawn; the node tells of it.
    if (origin === undefined) return undefined;
    const facts = inferred?.nodes.get(source.node);
    const type = facts?.outputs[source.port];
    const silent = facts?.muted === true;
    const skip = skips.has(id);
    const lane = lanes.get(id) ?? null;
    const error = errors.get(id) ?? null;
    const selected = selectedWires.has(id);
    const old = known.get(id);
    const before = old?.basis;
    // Compared one by one: of thousands of wires an edit concerns a few.
    if (
      before?.node === node &&
      before.origin === origin &&
      before.blocks === blocks &&
      before.type === type &&
      before.skip === skip &&
      before.lane === lane &&
      before.silent === silent &&
      before.error === error &&
      before.selected === selected
    )
      return old;
    const one = make(target, listed, { node, origin, blocks, type, skip, lane, silent, error, selected }, blocks, old);
    known.set(id, one);
    return one;
  }

  function deriveAll(context: Context): void {
    const { graph } = context;
    const now: CanvasWire[] = [];
    let [same, count] = [true, 0];
    for (const [target, node] of nodesOf(graph)) {
      for (const listed of wiresTo(target, node)) {
        const one = look(target, node, listed, context);
        if (one === undefined) continue;
        count += 1;
        if (one.wire === undefined) continue;
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
  }

  /** After an edit that leaves the wiring as it is: the wires at changed nodes alone. False when React Flow must be told. */
  function deriveChanged(changed: ReadonlySet<NodeId>, context: Context): boolean {
    const { graph } = context;
    const { feeds } = sortGraph(graph);
    const seen = new Set<NodeId>(changed);
    for (const id of changed) for (const target of feeds.get(id) ?? []) seen.add(target);
    for (const target of seen) {
      const node = graph.nodes[target];
      if (node === undefined) return false;
      for (const listed of wiresTo(target, node)) {
        const wire = known.get(listed.id)?.wire;
        if (look(target, node, listed, context)?.wire !== wire) return false;
      }
    }
    return true;
  }

  return {
    views,
    derive(sources) {
      const { graph, inferred, blocks, diagnostics, selectedWires } = sources;
      const context = {
        ...sources,
        skips: skipWires(graph),
        lanes: lanesOf(graph, blocks),
        errors: errorsByWire(graph, diagnostics),
      };
      const isSame =
        last?.blocks === blocks &&
        last.diagnostics === diagnostics &&
        last.selectedWires === selectedWires &&
        last.skips === context.skips &&
        last.lanes === context.lanes;
      const changed = isSame ? changedSince(last, { graph, inferred }) : undefined;
      if (changed === undefined || !deriveChanged(changed, context)) deriveAll(context);
      last = context;
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
