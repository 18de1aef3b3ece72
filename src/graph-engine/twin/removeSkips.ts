import { nodesOf } from '../document/graphs.ts';
import type { Endpoint, Graph, GraphNode, NodeId, OpNode, Wire } from '../document/schema.ts';
import { isExpression } from '../infer/resolveParameters.ts';
import { opNamed } from '../ops/index.ts';

/**
 * What weighs a branch against its skip and means nothing without it: α of ReZero and LayerScale begin at nearly zero and would
 * let nothing through, a dropped path would drop the sample itself, a half step is half of nothing.
 */
const WEIGHING: ReadonlySet<string> = new Set(['scale', 'multiplyBy', 'dropPath']);
/** What the weighing ops may stand before: it hands on what came in, value by value. */
const HANDING_ON: ReadonlySet<string> = new Set(['normalization', 'regularization']);
const INITIAL_SCALE = 'initialScale';

/** A graph without skips, and what became of the ends of its branches. */
export interface GraphWithoutSkips {
  readonly graph: Graph;
  /** Ops that went because they weigh a branch. */
  readonly weighing: readonly { readonly id: NodeId; readonly op: string }[];
  /** Normalizations that began at zero, to begin as the skip, and begin at one now. */
  readonly begun: readonly NodeId[];
}

interface Wires {
  /** How many wires leave each node. */
  readonly leaving: ReadonlyMap<NodeId, number>;
}

function wiresOf(graph: Graph): Wires {
  const leaving = new Map<NodeId, number>();
  for (const [, { inputs }] of nodesOf(graph))
    for (const { node } of Object.values(inputs)) leaving.set(node, (leaving.get(node) ?? 0) + 1);
  return { leaving };
}

/**
 * Lets what follows each Add take what is left of its sum, and takes out what fed nothing but skips. `scalesOf` tells the
 * values that `initialScale` of a node comes to.
 */
export function removeSkips(
  graph: Graph,
  adds: ReadonlyMap<NodeId, Endpoint>,
  scalesOf: (id: NodeId) => ReadonlySet<unknown>,
): GraphWithoutSkips {
  const { leaving } = wiresOf(graph);
  const passed = new Map<NodeId, Endpoint>(adds);
  const weighing: { readonly id: NodeId; readonly op: string }[] = [];
  const begun: NodeId[] = [];
  for (const rest of adds.values()) {
    for (let at = rest; ;) {
      const node = graph.nodes[at.node];
      const ahead = node?.inputs['input'];
      if (node === undefined || ahead === undefined || !('op' in node) || leaving.get(at.node) !== 1) break;
      if (node.muted !== undefined || passed.has(at.node)) break;
      if (WEIGHING.has(node.op)) {
        passed.set(at.node, ahead);
        weighing.push({ id: at.node, op: node.op });
      } else if (!HANDING_ON.has(opNamed(node.op)?.family ?? '')) break;
      else if (beginsAtZero(node, scalesOf(at.node))) begun.push(at.node);
      at = ahead;
    }
  }
  const nodes: Record<NodeId, GraphNode> = {};
  for (const [id, node] of nodesOf(graph)) {
    if (passed.has(id)) continue;
    nodes[id] = { ...node, inputs: rewired(node.inputs, passed) };
  }
  for (const id of begun) {
    const node = nodes[id];
    if (node === undefined) continue;
    const { [INITIAL_SCALE]: _zero, ...parameters } = node.parameters;
    nodes[id] = { ...node, parameters };
  }
  removeIdle(nodes, graph, leaving);
  return { graph: { ...graph, nodes }, weighing, begun };
}

/** Whether a normalization begins at zero, or can be told to; other values are somebody's choice. */
function beginsAtZero({ parameters }: OpNode, scales: ReadonlySet<unknown>): boolean {
  const given = parameters[INITIAL_SCALE];
  if (given === undefined || ![...scales].every((scale) => scale === 0 || scale === 1)) return false;
  return isExpression(given) || scales.has(0);
}

function rewired(inputs: GraphNode['inputs'], passed: ReadonlyMap<NodeId, Endpoint>): Record<string, Wire> {
  const wires: Record<string, Wire> = {};
  for (const [port, wire] of Object.entries(inputs)) {
    let from: Endpoint = wire;
    for (let next = passed.get(from.node); next !== undefined; next = passed.get(from.node)) from = next;
    wires[port] = from === wire ? wire : { node: from.node, port: from.port };
  }
  return wires;
}

/** Takes out what fed something before and feeds nothing now. Ends of networks and blocks stay: they are what others see. */
function removeIdle(nodes: Record<NodeId, GraphNode>, before: Graph, fedBefore: ReadonlyMap<NodeId, number>): void {
  const { leaving: counted } = wiresOf({ ...before, nodes });
  const leaving = new Map(counted);
  const pending = [...fedBefore.keys()].filter((id) => nodes[id] !== undefined && !leaving.has(id));
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = nodes[id];
    if (node === undefined || ('op' in node && opNamed(node.op)?.family === 'input')) continue;
    delete nodes[id];
    for (const { node: source } of Object.values(node.inputs)) {
      const rest = (leaving.get(source) ?? 0) - 1;
      leaving.set(source, rest);
      if (rest <= 0) pending.push(source);
    }
  }
}
