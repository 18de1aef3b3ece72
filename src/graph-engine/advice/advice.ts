import type { Diagnostic } from '../core/diagnostic.ts';
import type { OpFamily } from '../core/opDefinition.ts';
import type { Scope } from '../document/graphs.ts';
import type { Graph, NodeId, SkipwireDocument } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';

/** Something legal that trains worse than it could, with the paper that says so. */
export interface Advice extends Diagnostic {
  readonly severity: 'advice';
  /** The paper. */
  readonly source: string;
  /** Equal for the same advice about the same thing: what a dismissal remembers. */
  readonly key: string;
}

/** A block node that is being looked into, and the graph it stands in. */
export interface OuterNode {
  readonly scope: Scope;
  readonly node: InferredNode;
  readonly graph: Graph;
}

/** The place that rules look at: one instance of one graph. */
export interface AdviceScope {
  readonly document: SkipwireDocument;
  readonly scope: Scope;
  readonly graph: Graph;
  readonly inferred: InferredGraph;
  /** The block node this is the inside of; nothing at the root. */
  readonly outer: OuterNode | undefined;
  /** How many residual connections the whole network has whose sum goes straight into an activation. */
  readonly activatedAdds: number;
}

/** What a rule found, before it has a place. */
export interface Finding {
  /** The node it is about. */
  readonly node: NodeId;
  readonly message: string;
  readonly fixes?: Advice['fixes'];
}

/** One piece of knowledge about training: one file, one paper. */
export interface AdviceRule {
  readonly code: string;
  readonly source: string;
  check(scope: AdviceScope): readonly Finding[];
}

/** The family of a node, `block` for a block. */
export function familyOf({ node }: InferredNode): OpFamily | 'block' | undefined {
  return 'op' in node ? opNamed(node.op)?.family : 'block';
}

/** Whether a node is of a family, or a block that has such an op inside. */
export function holdsFamily(node: InferredNode, family: OpFamily): boolean {
  if (node.bypassed || node.muted) return false;
  if ('op' in node.node) return familyOf(node) === family;
  return (node.instances ?? []).some((instance) =>
    [...instance.nodes.values()].some((one) => holdsFamily(one, family)),
  );
}
