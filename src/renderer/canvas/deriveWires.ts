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
import { skipWires, wireId } from './skipWires.ts';

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
}

/** A wire, or in a comparison one that is not there any more. */
export type CanvasWire = Edge<{ view: WireView }, 'wire' | 'removed'>;

export interface WireSources {
  readonly graph: Graph;
  readonly inferred: InferredGraph | undefined;
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly selectedWires: ReadonlySet<string>;
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

/** A wire longer than to the next column may have nodes in its way; such wires get a lane round them. */
function routeWires(graph: Graph, blocks: Readonly<Record<string, BlockDefinition>>): Map<string, number> {
  const placed = new Map<NodeId, Placed>();
  for (const [id, node] of nodesOf(graph)) placed.set(id, place(node, blocks));
  const sorted = [...placed.values()].map(({ box }) => box).sort((a, b) => a.x - b.x);
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
        backwards.set(wireId(id, port), freeLane(...ends, sorted));
        continue;
      }
      if (to.x - from.x < NODE_WIDTH) continue;
      const between = sorted.filter(
        (box) => box !== origin.box && box !== target.box && box.x < to.x && box.x + box.width > from.x,
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
interface WireBasis {
  readonly node: GraphNode;
  readonly origin: GraphNode;
  readonly source: Endpoint;
  readonly blocks: object;
  readonly type: TensorType | undefined;
  readonly skip: boolean;
  readonly lane: number | null;
  readonly silent: boolean;
  readonly error: string | null;
  readonly selected: boolean;
}

function sameBasis(a: WireBasis, b: WireBasis): boolean {
  return (
    a.node === b.node &&
    a.origin === b.origin &&
    a.source === b.source &&
    a.blocks === b.blocks &&
    a.type === b.type &&
    a.skip === b.skip &&
    a.lane === b.lane &&
    a.silent === b.silent &&
    a.error === b.error &&
    a.selected === b.selected
  );
}

/** A function that derives React Flow edges and returns the same object for every wire that looks the same as last time. */
export function createWireDeriver(): (sources: WireSources) => CanvasWire[] {
  let before = new Map<string, { readonly basis: WireBasis; readonly wire: CanvasWire | undefined }>();
  return ({ graph, inferred, blocks, diagnostics, selectedWires }) => {
    const skips = skipWires(graph);
    const lanes = lanesOf(graph, blocks);
    const errors = errorsByWire(graph, diagnostics);
    const now: typeof before = new Map();
    for (const [target, node] of nodesOf(graph)) {
      for (const [port, source] of Object.entries(node.inputs)) {
        const origin = graph.nodes[source.node];
        const id = wireId(target, port);
        // A wire whose end does not exist cannot be drawn; the node tells of it.
        if (origin === undefined) continue;
        const basis: WireBasis = {
          node,
          origin,
          source,
          blocks,
          type: inferred?.nodes.get(source.node)?.outputs[source.port],
          skip: skips.has(id),
          lane: lanes.get(id) ?? null,
          silent: inferred?.nodes.get(source.node)?.muted === true,
          error: errors.get(id) ?? null,
          selected: selectedWires.has(id),
        };
        const known = before.get(id);
        if (known !== undefined && sameBasis(known.basis, basis)) now.set(id, known);
        else now.set(id, { basis, wire: wireOf(id, target, port, basis, blocks, known?.wire) });
      }
    }
    before = now;
    const wires: CanvasWire[] = [];
    for (const { wire } of now.values()) if (wire !== undefined) wires.push(wire);
    return wires;
  };
}

/** The edge of a wire: the known one when it looks the same, `undefined` when a port it ends at does not exist. */
function wireOf(
  id: string,
  target: NodeId,
  port: string,
  { node, origin, source, type, skip, lane, silent, error, selected }: WireBasis,
  blocks: Readonly<Record<string, BlockDefinition>>,
  known: CanvasWire | undefined,
): CanvasWire | undefined {
  if (!portsOf(origin, blocks).outputs.includes(source.port)) return undefined;
  if (!portsOf(node, blocks).inputs.includes(port)) return undefined;
  const view: WireView = {
    shape: type === undefined ? '' : formatShape(type),
    longShape: type === undefined ? '' : describeShape(type),
    skip,
    lane,
    via: node.inputs[port]?.via ?? null,
    silent,
    error,
  };
  const ariaLabel = [
    `${skip ? 'Skip wire' : 'Wire'} from ${nameOf(source.node, origin)} to ${nameOf(target, node)}`,
    view.longShape,
    silent ? 'zeros' : '',
    error ?? '',
  ]
    .filter((word) => word !== '')
    .join(', ');
  const sameEnds = known?.source === source.node && known.sourceHandle === source.port && known.selected === selected;
  if (sameEnds && known.ariaLabel === ariaLabel && known.data !== undefined && sameWire(known.data.view, view))
    return known;
  return {
    id,
    type: 'wire',
    source: source.node,
    sourceHandle: source.port,
    target,
    targetHandle: port,
    selected,
    data: { view },
    ariaLabel,
    ...(skip ? { zIndex: 1 } : {}),
  };
}

function sameWire(a: WireView, b: WireView): boolean {
  return (
    a.shape === b.shape &&
    a.longShape === b.longShape &&
    a.skip === b.skip &&
    a.lane === b.lane &&
    a.via === b.via &&
    a.silent === b.silent &&
    a.error === b.error
  );
}
