import { Position, type Node, type NodeHandle } from '@xyflow/react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Graph, GraphNode, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph, InferredNode } from '../../graph-engine/infer/inferredGraph.ts';
import { changedSince } from './changedSince.ts';
import { NODE_WIDTH, PORT_SIZE, portY } from './nodeGeometry.ts';
import { sameList, sameView, viewNode, type NodeView } from './nodeView.ts';
import { createViews, type Views } from './views.ts';

/** A card, or in a comparison one that is not there any more. What it says is in the views, under its id. */
export type CanvasNode = Node<{ readonly views: Views<NodeView> }, 'card' | 'removed'>;

/** What the nodes of the canvas are derived from. */
export interface NodeSources {
  readonly graph: Graph;
  readonly inferred: InferredGraph | undefined;
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  /** Diagnostics of this scope: `at.path` is relative to it. */
  readonly diagnostics: readonly Diagnostic[];
  readonly selection: ReadonlySet<NodeId>;
  /** Positions during a drag; nothing of it is in the document before the drag ends. */
  readonly moved: ReadonlyMap<string, { readonly x: number; readonly y: number }> | null;
}

/** Derives the cards of a canvas again and again. */
export interface NodeDeriver {
  /** React Flow's nodes: the same objects, and the same list, while places, sizes, ports and selection are the same. */
  derive(sources: NodeSources): CanvasNode[];
  /** Hands out what the cards say since `derive`; not while React renders, because cards that are drawn follow at once. */
  publish(): void;
  readonly views: Views<NodeView>;
}

const handlesByPorts = new Map<string, NodeHandle[]>();

/** Where wires end at a card: one list for all cards with the same ports. */
function handles({ inputs, outputs, height }: NodeView): NodeHandle[] {
  const key = `${height} ${inputs.join()} ${outputs.join()}`;
  const known = handlesByPorts.get(key);
  if (known !== undefined) return known;
  const made = makeHandles(inputs, outputs, height);
  // Few kinds of cards are in a network; forgetting costs nothing but making them again.
  if (handlesByPorts.size >= MAXIMUM_KINDS) handlesByPorts.clear();
  handlesByPorts.set(key, made);
  return made;
}

const MAXIMUM_KINDS = 500;

function makeHandles(inputs: readonly string[], outputs: readonly string[], height: number): NodeHandle[] {
  const half = PORT_SIZE / 2;
  const size = { width: PORT_SIZE, height: PORT_SIZE };
  return [
    ...inputs.map((id, index): NodeHandle => {
      const y = portY(index, inputs.length, height) - half;
      return { id, type: 'target', position: Position.Left, x: -half, y, ...size };
    }),
    ...outputs.map((id, index): NodeHandle => {
      const y = portY(index, outputs.length, height) - half;
      return { id, type: 'source', position: Position.Right, x: NODE_WIDTH - half, y, ...size };
    }),
  ];
}

/** Diagnostics by the node of this scope that they are on or inside. */
export function groupByNode(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const id = diagnostic.at.path[0] ?? diagnostic.at.node;
    if (id === undefined) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [diagnostic]);
    else group.push(diagnostic);
  }
  return groups;
}

/** What a view was made from; while all of it is the same object, so is the view. */
interface Basis {
  readonly node: GraphNode;
  readonly facts: InferredNode | undefined;
  readonly blocks: NodeSources['blocks'];
  readonly problems: readonly Diagnostic[];
}

const NO_PROBLEMS: readonly Diagnostic[] = [];

function sameBasis(
  a: Basis,
  node: GraphNode,
  facts: InferredNode | undefined,
  blocks: object,
  problems: readonly Diagnostic[],
): boolean {
  return (
    a.node === node &&
    a.facts === facts &&
    (a.blocks === blocks || !('block' in node)) &&
    a.problems.length === problems.length &&
    a.problems.every((problem, index) => problem.message === problems[index]?.message)
  );
}

interface Known extends Basis {
  readonly view: NodeView;
  readonly card: CanvasNode;
}

function cardOf(
  view: NodeView,
  position: { readonly x: number; readonly y: number },
  selected: boolean,
  known: Known | undefined,
  data: CanvasNode['data'],
): CanvasNode {
  const samePorts =
    known !== undefined && sameList(known.view.inputs, view.inputs) && sameList(known.view.outputs, view.outputs);
  const raised = view.problem !== null;
  if (
    samePorts &&
    known.card.selected === selected &&
    known.card.position.x === position.x &&
    known.card.position.y === position.y &&
    (known.view.problem !== null) === raised
  )
    return known.card;
  return {
    id: view.id,
    type: 'card',
    position: { x: position.x, y: position.y },
    selected,
    width: NODE_WIDTH,
    height: view.height,
    measured: { width: NODE_WIDTH, height: view.height },
    handles: handles(view),
    data,
    ariaLabel: view.label,
    ...(raised ? { zIndex: 1 } : {}),
  };
}

type Problems = ReturnType<typeof groupByNode>;

/** A function that derives React Flow nodes and keeps what did not change: React then draws only what did. */
export function createNodeDeriver(): NodeDeriver {
  const views = createViews<NodeView>();
  const data = { views };
  const known = new Map<NodeId, Known>();
  const unpublished = new Set<NodeId>();
  let cards: CanvasNode[] = [];
  let last: NodeSources | undefined;

  /** The card of a node as the sources are now. */
  function look(id: NodeId, node: GraphNode, sources: NodeSources, problems: Problems): CanvasNode {
    const { inferred, blocks, selection, moved } = sources;
    const old = known.get(id);
    const facts = inferred?.nodes.get(id);
    const found = problems.get(id) ?? NO_PROBLEMS;
    const position = moved?.get(id) ?? node.position;
    let view = old?.view;
    if (old === undefined || view === undefined || !sameBasis(old, node, facts, blocks, found)) {
      const made = viewNode(id, node, facts, blocks, found);
      if (view === undefined || !sameView(view, made)) {
        view = made;
        unpublished.add(id);
      }
    }
    const card = cardOf(view, position, selection.has(id), old, data);
    if (old?.card !== card || old.view !== view || old.node !== node || old.facts !== facts)
      known.set(id, { node, facts, blocks, problems: found, view, card });
    return card;
  }

  function deriveAll(sources: NodeSources): void {
    const { graph } = sources;
    const problems = groupByNode(sources.diagnostics);
    const entries = nodesOf(graph);
    const now: CanvasNode[] = [];
    let same = entries.length === cards.length;
    for (const [id, node] of entries) {
      const card = look(id, node, sources, problems);
      if (card !== cards[now.length]) same = false;
      now.push(card);
    }
    if (known.size > entries.length)
      for (const id of known.keys()) {
        if (graph.nodes[id] !== undefined) continue;
        known.delete(id);
        unpublished.add(id);
      }
    if (!same) cards = now;
  }

  /** After an edit that leaves the wiring as it is: the changed nodes alone. False when React Flow must be told. */
  function deriveChanged(changed: ReadonlySet<NodeId>, sources: NodeSources): boolean {
    const problems = groupByNode(sources.diagnostics);
    for (const id of changed) {
      const node = sources.graph.nodes[id];
      const card = known.get(id)?.card;
      if (node === undefined || look(id, node, sources, problems) !== card) return false;
    }
    return true;
  }

  return {
    views,
    derive(sources) {
      const isSame =
        last?.blocks === sources.blocks &&
        last.diagnostics === sources.diagnostics &&
        last.selection === sources.selection &&
        last.moved === sources.moved;
      const changed = isSame ? changedSince(last, sources) : undefined;
      if (changed === undefined || !deriveChanged(changed, sources)) deriveAll(sources);
      last = sources;
      return cards;
    },
    publish() {
      for (const id of unpublished) views.set(id, known.get(id)?.view);
      unpublished.clear();
    },
  };
}
