import { freshNodeId, nodesOf } from '../document/graphs.ts';
import {
  ParameterValue,
  type Endpoint,
  type Graph,
  type NodeId,
  type OpNode,
  type SkipwireDocument,
} from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { isExpression } from '../infer/resolveParameters.ts';
import { walkInstances, type OpInstance } from './walkInstances.ts';
import { zeroNodes } from './zeroNodes.ts';

const COLUMN = 220;
const ROW = 110;

/** The parameters of an op as they came out in its block: expressions have become values. */
function literals({ inferred }: OpInstance): Record<string, ParameterValue> {
  const given = 'op' in inferred.node ? inferred.node.parameters : {};
  const resolved: Readonly<Record<string, unknown>> = inferred.parameters ?? {};
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const open = Array.isArray(value) ? value.some(isExpression) : isExpression(value);
      return [name, open ? ParameterValue.parse(resolved[name]) : value];
    }),
  );
}

/** Columns by the longest way from an input, in rows that keep the whole about as wide as a screen. */
function placeInRows(graph: Graph, order: readonly NodeId[]): void {
  const ranks = new Map<NodeId, number>();
  const columns: NodeId[][] = [];
  for (const id of order) {
    const node = graph.nodes[id];
    if (node === undefined) continue;
    const before = Object.values(node.inputs).map((wire) => ranks.get(wire.node) ?? 0);
    const rank = before.length === 0 ? 0 : Math.max(...before) + 1;
    ranks.set(id, rank);
    (columns[rank] ??= []).push(id);
  }
  const perRow = Math.max(8, Math.ceil(Math.sqrt(columns.length * 2)));
  let top = 0;
  for (let start = 0; start < columns.length; start += perRow) {
    const row = columns.slice(start, start + perRow);
    row.forEach((column, x) =>
      column.forEach((id, y) => {
        const node = graph.nodes[id];
        if (node !== undefined) node.position = { x: x * COLUMN, y: top + y * ROW };
      }),
    );
    top += Math.max(...row.map((column) => column.length)) * ROW + 2 * ROW;
  }
}

/**
 * A copy of a document without blocks: every op of every repetition is a node at the root; what was bypassed is left out,
 * and in place of what was muted a muted Input gives the zeros. Nodes are called after the way they had, `stage2-3-conv1` for `stage2[3].conv1`; weights keep their shapes. Throws when the document has errors: ask
 * `inferDocument` first.
 */
export function expandDocument(document: SkipwireDocument): SkipwireDocument {
  const graph: Graph = { nodes: {} };
  const order: NodeId[] = [];
  const taken = new Set<string>();
  const zeros: NodeId[] = [];
  const add = (path: string, node: Pick<OpNode, 'op' | 'parameters' | 'inputs' | 'muted' | 'frozen'>): NodeId => {
    const id = freeId(graph, path, taken);
    taken.add(id);
    order.push(id);
    graph.nodes[id] = { ...node, position: { x: 0, y: 0 } };
    return id;
  };
  walkInstances<Endpoint>(document, inferDocument(document).root, {
    visit(instance, inputs) {
      const id = add(instance.path, {
        op: instance.op,
        parameters: literals(instance),
        inputs: Object.fromEntries(Object.entries(inputs).map(([port, from]) => [port, { ...from }])),
        ...(instance.frozen && { frozen: true }),
      });
      return Object.fromEntries(Object.keys(instance.inferred.outputs).map((port) => [port, { node: id, port }]));
    },
    zeros({ path, type }) {
      let before: Endpoint | undefined;
      for (const { op, parameters, muted, port } of zeroNodes(type)) {
        const inputs: OpNode['inputs'] = before === undefined ? {} : { input: before };
        const node = add(path, { op, parameters: { ...parameters }, inputs, ...(muted && { muted }) });
        zeros.push(node);
        before = { node, port };
      }
      if (before === undefined) throw new Error(`Nothing gives zeros for "${path}"`);
      return before;
    },
  });
  // Zeros that nobody takes are not drawn.
  for (const id of zeros.reverse()) if (!isUsed(graph, id)) Reflect.deleteProperty(graph.nodes, id);
  placeInRows(graph, order);
  const { bookmarks: _bookmarks, ...rest } = document;
  return { ...rest, name: `${document.name} (expanded)`.slice(0, 120), graph, blocks: {} };
}

function isUsed(graph: Graph, id: NodeId): boolean {
  return nodesOf(graph).some(([, { inputs }]) => Object.values(inputs).some(({ node }) => node === id));
}

/** An id that reads like the path: `stage2-3-conv1` for `stage2[3].conv1`. */
function freeId(graph: Graph, path: string, taken: ReadonlySet<string>): NodeId {
  const plain = path.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const id = /^[A-Za-z]/.test(plain) ? plain : `node-${plain}`;
  return id.length <= 60 && !taken.has(id) ? (id as NodeId) : freshNodeId(graph, id, taken);
}
