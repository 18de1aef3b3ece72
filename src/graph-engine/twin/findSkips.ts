import { liveSource, residualAdds, type ResidualAdd } from '../advice/residualAdds.ts';
import type { Scope } from '../document/graphs.ts';
import type { Endpoint, NodeId } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';

/** Why an Add stays in a plain twin. */
export type ReasonToStay = 'no-skip' | 'muted' | 'either-side';

/** An Add of the drawing, however often it is used. */
export interface DrawnAdd {
  readonly scope: Scope;
  readonly id: NodeId;
  /** How often the network has it, everything unfolded. */
  readonly times: number;
  /** What is left of the sum without its skip, or why the Add stays. */
  readonly rest: Endpoint | ReasonToStay;
}

/** What joins values in a network. */
export interface Joins {
  readonly adds: readonly DrawnAdd[];
  /** Concatenations, everything unfolded. */
  readonly concatenations: number;
}

interface Sighting {
  readonly scope: Scope;
  readonly id: NodeId;
  times: number;
  rest: Endpoint | undefined;
  /** Where the flow goes when the Add is passed by. */
  first: Endpoint | undefined;
  isMuted: boolean;
  isBypassed: boolean;
  isEither: boolean;
}

/** The Adds and concatenations of a network, at every depth. */
export function findJoins(root: InferredGraph): Joins {
  const seen = new Map<string, Sighting>();
  let concatenations = 0;
  const visit = (graph: InferredGraph, scope: Scope): void => {
    const skips = new Map(residualAdds(graph).map((residual) => [residual.add.id, residual]));
    for (const node of graph.nodes.values()) {
      if ('block' in node.node) {
        for (const instance of node.instances ?? []) visit(instance, node.node.block);
      } else if (node.node.op === 'add') {
        const key = `${scope ?? ''}/${node.id}`;
        const before = seen.get(key) ?? unseen(scope, node);
        seen.set(key, before);
        look(before, graph, node, skips.get(node.id));
      } else if (node.node.op === 'concatenate' && !node.bypassed && !node.muted) concatenations += 1;
    }
  };
  visit(root, null);
  const adds = [...seen.values()].filter(({ times, isMuted }) => times > 0 || isMuted);
  return { adds: adds.map(judge), concatenations };
}

function unseen(scope: Scope, { id, node }: InferredNode): Sighting {
  const first = node.inputs['a'];
  return { scope, id, times: 0, rest: undefined, first, isMuted: false, isBypassed: false, isEither: false };
}

/** Takes one instance of an Add into account. */
function look(known: Sighting, graph: InferredGraph, node: InferredNode, residual: ResidualAdd | undefined): void {
  if (node.muted) known.isMuted = true;
  else if (node.bypassed) known.isBypassed = true;
  else {
    known.times += 1;
    const rest = residual === undefined ? undefined : withoutSkip(graph, residual);
    if (rest === undefined) return;
    if (known.rest !== undefined && !isSame(known.rest, rest)) known.isEither = true;
    known.rest = rest;
  }
}

function judge({ scope, id, times, rest, first, isMuted, isBypassed, isEither }: Sighting): DrawnAdd {
  // Passed by in some places, its first input goes on there: the same must go on in the others.
  const parts = isBypassed && rest !== undefined && first !== undefined && !isSame(first, rest);
  if (rest === undefined) return { scope, id, times, rest: isMuted ? 'muted' : 'no-skip' };
  if (isMuted) return { scope, id, times, rest: 'muted' };
  return { scope, id, times, rest: isEither || parts ? 'either-side' : rest };
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.node === b.node && a.port === b.port;
}

/**
 * What goes on when the skip is gone: the branch. Of a highway, x + t · (h − x), it is h: there the branch takes the skip off
 * again (Srivastava et al. 2015, arXiv 1505.00387, compare with plain networks of h alone).
 */
function withoutSkip(graph: InferredGraph, { add, skipPort, branchPort }: ResidualAdd): Endpoint | undefined {
  const [branch, skip] = [add.node.inputs[branchPort], add.node.inputs[skipPort]];
  if (branch === undefined || skip === undefined) return undefined;
  const carried = liveSource(graph, skip);
  const gated = graph.nodes.get(liveSource(graph, branch).node);
  if (gated !== undefined && isOp(gated, 'multiply')) {
    for (const factor of Object.values(gated.node.inputs)) {
      const difference = graph.nodes.get(liveSource(graph, factor).node);
      if (difference === undefined || !isOp(difference, 'subtract')) continue;
      const { a: transformed, b: taken } = difference.node.inputs;
      if (transformed !== undefined && taken !== undefined && isSame(liveSource(graph, taken), carried))
        return transformed;
    }
  }
  return branch;
}

function isOp({ node }: InferredNode, op: string): boolean {
  return 'op' in node && node.op === op;
}
