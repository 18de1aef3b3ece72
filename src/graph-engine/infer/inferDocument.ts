import type { Diagnostic } from '../core/diagnostic.ts';
import { freezeDeep } from '../document/freezeDeep.ts';
import { nameOf, nodeOf, nodesOf } from '../document/graphs.ts';
import { rememberByWiring } from '../document/sameWiring.ts';
import type { Graph, GraphNode, NodeId, SkipwireDocument } from '../document/schema.ts';
import { opNamed } from '../ops/index.ts';
import type { InferredGraph, InferredNode, Totals } from './inferredGraph.ts';
import { changedInferred } from './changedInference.ts';
import { inferGraph } from './inferGraph.ts';
import { sortGraph } from './sortGraph.ts';

/** Everything that is derived from a document. */
export interface InferredDocument {
  readonly root: InferredGraph;
  readonly diagnostics: readonly Diagnostic[];
  readonly totals: Totals;
}

const cache = new WeakMap<SkipwireDocument, InferredDocument>();

/**
 * Infers shapes, weights, costs and diagnostics of a whole document. Freezes the document: results are remembered by the
 * identity of what did not change, so inferring after an edit costs only the edit.
 */
export function inferDocument(document: SkipwireDocument): InferredDocument {
  const known = cache.get(document);
  if (known !== undefined) return known;
  freezeDeep(document);
  const { inferred: root } = inferGraph(document.graph, {
    blocks: document.blocks,
    stack: [],
    scope: null,
    values: {},
    inputs: {},
  });
  const whole = checkWhole(document.graph, root);
  // The same list while nothing is said anew: what is shown of it need not be shown again.
  const diagnostics = whole.length === 0 ? root.diagnostics : [...root.diagnostics, ...whole];
  const result = { root, diagnostics, totals: root.totals };
  cache.set(document, result);
  return result;
}

/** The graph that is shown inside the given block nodes (ids from the root), with `instance` of the innermost; `undefined` when the way is gone. */
export function inferredScope(
  document: InferredDocument,
  path: readonly NodeId[],
  instance = 0,
): InferredGraph | undefined {
  let graph: InferredGraph | undefined = document.root;
  for (const [depth, id] of path.entries()) {
    const instances: readonly InferredGraph[] | undefined = graph?.nodes.get(id)?.instances;
    graph = instances?.[depth === path.length - 1 ? Math.min(instance, instances.length - 1) : 0];
  }
  return graph;
}

/** Where the network begins and ends, and what does not lead there. */
interface Ends {
  readonly hasInput: boolean;
  readonly hasOutput: boolean;
  readonly reached: ReadonlySet<NodeId>;
  readonly unused: readonly NodeId[];
}

/** What begins and ends the network; muted ends do not count, and through a muted node nothing leads anywhere. */
function findEnds(graph: Graph, muted: ReadonlySet<NodeId>): Ends {
  // What is on a cycle is told of there.
  const families = sortGraph(graph).order.map((id) => (muted.has(id) ? undefined : familyOf(nodeOf(graph, id))));
  const reached = new Set<NodeId>();
  const pending = nodesOf(graph).flatMap(([id, node]) => (familyOf(node) === 'output' ? [id] : []));
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    if (muted.has(id)) continue;
    for (const source of Object.values(graph.nodes[id]?.inputs ?? {})) pending.push(source.node);
  }
  const unused = nodesOf(graph).flatMap(([id]) => (reached.has(id) ? [] : [id]));
  return { hasInput: families.includes('input'), hasOutput: families.includes('output'), reached, unused };
}

const NOTHING: ReadonlySet<NodeId> = new Set();

let lastMuted: { readonly root: InferredGraph; readonly muted: ReadonlySet<NodeId> } | undefined;

/** The muted nodes of a graph; after an edit only the nodes that changed are looked at. */
function mutedIn(root: InferredGraph): ReadonlySet<NodeId> {
  const changed = changedInferred(lastMuted?.root, root);
  const muted = new Set(changed === undefined ? [] : lastMuted?.muted);
  for (const id of changed ?? root.nodes.keys())
    if (root.nodes.get(id)?.muted === true) muted.add(id);
    else muted.delete(id);
  // In the order of the network, whatever was muted first.
  const inOrder = muted.size < 2 ? muted : new Set(root.order.filter((id) => muted.has(id)));
  lastMuted = { root, muted: inOrder };
  return inOrder;
}
const endsOf = rememberByWiring((graph: Graph) => findEnds(graph, NOTHING));

function familyOf(node: GraphNode): string | undefined {
  return 'op' in node ? opNamed(node.op)?.family : undefined;
}

/** Rules that only the root graph has: data comes in, a loss comes out, nothing hangs loose. */
function checkWhole(graph: Graph, root: InferredGraph): Diagnostic[] {
  if (root.nodes.size === 0)
    return [
      {
        code: 'graph/empty',
        severity: 'warning',
        at: { path: [] },
        message: 'The network is empty. Start with an Input.',
      },
    ];
  const diagnostics: Diagnostic[] = [];
  const muted = mutedIn(root);
  const wired = endsOf(graph);
  const { hasInput, hasOutput, reached } = muted.size === 0 ? wired : findEnds(graph, muted);
  const { unused } = wired;
  if (!hasInput) {
    diagnostics.push({
      code: 'graph/no-input',
      severity: 'error',
      at: { path: [] },
      message: 'The network has no Input, so no data can come in.',
    });
  }
  if (!hasOutput) diagnostics.push(missingOutput(graph, [...root.nodes.values()]));
  else {
    for (const id of unused) {
      diagnostics.push({
        code: 'graph/unused',
        severity: 'warning',
        at: { path: [], node: id },
        message: `"${nameOf(id, nodeOf(graph, id))}" does not lead to an output, so it takes no part in training.`,
      });
    }
    if (muted.size > 0) diagnostics.push(...idleBehindMutes(graph, muted, reached, new Set(unused)));
  }
  return diagnostics;
}

const MAXIMUM_NAMED = 4;

/** What feeds nothing but muted nodes, told at these: it was meant, and is easily forgotten. */
function idleBehindMutes(
  graph: Graph,
  muted: ReadonlySet<NodeId>,
  reached: ReadonlySet<NodeId>,
  unused: ReadonlySet<NodeId>,
): Diagnostic[] {
  return [...muted].flatMap((node): Diagnostic[] => {
    if (!reached.has(node)) return [];
    const idle = new Set<NodeId>();
    const pending = Object.values(nodeOf(graph, node).inputs).map((source) => source.node);
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (idle.has(id) || reached.has(id) || unused.has(id) || graph.nodes[id] === undefined) continue;
      idle.add(id);
      for (const source of Object.values(nodeOf(graph, id).inputs)) pending.push(source.node);
    }
    if (idle.size === 0) return [];
    const names = [...idle].slice(0, MAXIMUM_NAMED).map((id) => `"${nameOf(id, nodeOf(graph, id))}"`);
    const more = idle.size > names.length ? ` and ${idle.size - names.length} more` : '';
    const lead = idle.size === 1 ? 'leads nowhere else, so it takes' : 'lead nowhere else, so they take';
    return [
      {
        code: 'graph/muted',
        severity: 'warning',
        at: { path: [], node },
        message: `"${nameOf(node, nodeOf(graph, node))}" is muted: zeros come out of it. ${names.join(', ')}${more} ${lead} no part in training.`,
      },
    ];
  });
}

function missingOutput(graph: Graph, inferred: readonly InferredNode[]): Diagnostic {
  const sources = new Set(
    nodesOf(graph).flatMap(([, node]) => Object.values(node.inputs).map((source) => source.node)),
  );
  const ends = inferred.filter((node) => !sources.has(node.id) && Object.keys(node.outputs).length > 0);
  const [end] = ends;
  const port = end === undefined ? undefined : Object.keys(end.outputs)[0];
  const isVector = end !== undefined && port !== undefined && end.outputs[port]?.axes.length === 1;
  const fixable = ends.length === 1 && end !== undefined && port !== undefined && isVector;
  return {
    code: 'graph/no-output',
    severity: 'error',
    at: { path: [], ...(ends.length === 1 && end !== undefined ? { node: end.id } : {}) },
    message:
      'The network has no Output, so there is nothing to learn. Put a Classification output behind the last layer.',
    ...(fixable
      ? {
          fixes: [
            {
              label: `Add a classification output after "${nameOf(end.id, nodeOf(graph, end.id))}"`,
              command: 'appendOutput',
              arguments: { scope: null, from: { node: end.id, port } },
            },
          ],
        }
      : {}),
  };
}
