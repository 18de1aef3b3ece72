import { Position, type Node, type NodeHandle } from '@xyflow/react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Graph, GraphNode, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { NODE_WIDTH, PORT_SIZE, portY } from './nodeGeometry.ts';
import { sameView, viewNode, type NodeView } from './nodeView.ts';

/** A card, or in a comparison one that is not there any more. */
export type CanvasNode = Node<{ view: NodeView }, 'card' | 'removed'>;

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

function handles(view: NodeView): NodeHandle[] {
  const half = PORT_SIZE / 2;
  const size = { width: PORT_SIZE, height: PORT_SIZE };
  return [
    ...view.inputs.map((id, index): NodeHandle => {
      const y = portY(index, view.inputs.length, view.height) - half;
      return { id, type: 'target', position: Position.Left, x: -half, y, ...size };
    }),
    ...view.outputs.map((id, index): NodeHandle => {
      const y = portY(index, view.outputs.length, view.height) - half;
      return { id, type: 'source', position: Position.Right, x: NODE_WIDTH - half, y, ...size };
    }),
  ];
}

function describe(view: NodeView): string {
  const parts = [
    view.name,
    view.title === view.name ? '' : view.title,
    view.repeat === 1 ? '' : `${view.repeat} times`,
    view.summary,
    view.outputShape === null ? '' : `output ${view.outputShape}`,
    view.muted ? 'muted' : view.bypassed ? 'bypassed' : '',
    view.problem === null ? '' : `${view.problem.severity}: ${view.problem.message}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
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

/** What a card was made from; while all of it is the same object, so is the card. */
interface Basis {
  readonly node: GraphNode;
  readonly blocks: object | undefined;
  readonly parameters: object | undefined;
  readonly outputs: object | undefined;
  readonly totals: object | undefined;
  readonly problems: readonly Diagnostic[];
}

const NO_PROBLEMS: readonly Diagnostic[] = [];

function sameBasis(a: Basis, b: Basis): boolean {
  return (
    a.node === b.node &&
    a.blocks === b.blocks &&
    a.parameters === b.parameters &&
    a.outputs === b.outputs &&
    a.totals === b.totals &&
    a.problems.length === b.problems.length &&
    a.problems.every((problem, index) => problem.message === b.problems[index]?.message)
  );
}

/**
 * A function that derives React Flow nodes and returns the same object for every node that looks the same as last time:
 * React then draws only what changed.
 */
export function createNodeDeriver(): (sources: NodeSources) => CanvasNode[] {
  let before = new Map<NodeId, CanvasNode>();
  let bases = new Map<NodeId, Basis>();
  return ({ graph, inferred, blocks, diagnostics, selection, moved }) => {
    const problems = groupByNode(diagnostics);
    const now = new Map<NodeId, CanvasNode>();
    const nowBases = new Map<NodeId, Basis>();
    for (const [id, node] of nodesOf(graph)) {
      const facts = inferred?.nodes.get(id);
      const basis: Basis = {
        node,
        blocks: 'block' in node ? blocks : undefined,
        parameters: facts?.parameters,
        outputs: facts?.outputs,
        totals: facts?.totals,
        problems: problems.get(id) ?? NO_PROBLEMS,
      };
      nowBases.set(id, basis);
      const known = before.get(id);
      const old = bases.get(id);
      const unchanged = known !== undefined && old !== undefined && sameBasis(old, basis);
      const view = unchanged ? known.data.view : viewNode(id, node, facts, blocks, basis.problems);
      const position = moved?.get(id) ?? node.position;
      const selected = selection.has(id);
      const sameLook = known !== undefined && (unchanged || sameView(known.data.view, view));
      const samePlace = known?.position.x === position.x && known.position.y === position.y;
      if (known !== undefined && sameLook && samePlace && known.selected === selected) {
        now.set(id, known);
        continue;
      }
      now.set(id, {
        id,
        type: 'card',
        position: { x: position.x, y: position.y },
        selected,
        width: NODE_WIDTH,
        height: view.height,
        measured: { width: NODE_WIDTH, height: view.height },
        handles: sameLook ? known.handles : handles(view),
        data: sameLook ? known.data : { view },
        ariaLabel: describe(view),
        ...(view.problem === null ? {} : { zIndex: 1 }),
      });
    }
    before = now;
    bases = nowBases;
    return [...now.values()];
  };
}
