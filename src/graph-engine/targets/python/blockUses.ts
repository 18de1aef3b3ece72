import { BLOCK_INPUT, BLOCK_OUTPUT } from '../../document/blockPorts.ts';
import type { BlockDefinition, BlockId, Graph, SkipwireDocument } from '../../document/schema.ts';
import type { InferredGraph, InferredNode } from '../../infer/inferredGraph.ts';
import { opNamed } from '../../ops/index.ts';

/** One use of a graph: the root, or one repetition of a block node. */
export interface Use {
  readonly graph: Graph;
  readonly inferred: InferredGraph;
  /** What the block's parameters are here. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The blocks of a document and how they are used in it. */
export interface BlockUses {
  definitionOf(block: BlockId): BlockDefinition;
  /** The repetitions of a block node; none for an op. */
  usesOf(node: InferredNode): readonly Use[];
  /** Every block that is used, with all its uses; each comes after those inside it. */
  all(root: Use): readonly (readonly [BlockId, readonly Use[]])[];
}

/** Tells one use from another: equal ones are written once. */
export function keyOf(use: Use): string {
  return `${idOf(use.inferred)} ${JSON.stringify(use.parameters)}`;
}

/** Looks at a document's blocks. */
export function createBlockUses(document: SkipwireDocument): BlockUses {
  function definitionOf(block: BlockId): BlockDefinition {
    const definition = document.blocks[block];
    if (definition === undefined) throw new Error(`There is no block "${block}"`);
    return definition;
  }

  function usesOf(node: InferredNode): readonly Use[] {
    if (!('block' in node.node)) return [];
    const { graph } = definitionOf(node.node.block);
    const instances = node.instances ?? [];
    return instances.map((inferred, index) => ({
      graph,
      inferred,
      parameters: { ...node.parameters, index, repeat: instances.length },
    }));
  }

  /** Every use of every block, by what tells it from others. */
  function collect(use: Use, into: Map<BlockId, Map<string, Use>>): void {
    for (const node of nodesIn(use)) {
      if (!('block' in node.node) || node.bypassed || node.muted) continue;
      const { block } = node.node;
      const uses = into.get(block) ?? new Map<string, Use>();
      into.set(block, uses);
      for (const inner of usesOf(node)) {
        const key = keyOf(inner);
        if (uses.has(key)) continue;
        uses.set(key, inner);
        collect(inner, into);
      }
    }
  }

  /** Blocks so that each comes after those inside it. */
  function innerFirst(wanted: Iterable<BlockId>, ordered = new Set<BlockId>()): ReadonlySet<BlockId> {
    for (const block of wanted) {
      if (ordered.has(block)) continue;
      const inside = Object.values(definitionOf(block).graph.nodes).flatMap((node) =>
        'block' in node ? [node.block] : [],
      );
      innerFirst(inside, ordered);
      ordered.add(block);
    }
    return ordered;
  }

  return {
    definitionOf,
    usesOf,
    all(root) {
      const found = new Map<BlockId, Map<string, Use>>();
      collect(root, found);
      return [...innerFirst(found.keys())].flatMap((block) => {
        const uses = found.get(block);
        return uses === undefined ? [] : [[block, [...uses.values()]] as const];
      });
    },
  };
}

/** The nodes of a graph in the order of data flow. */
export function nodesIn(use: Use): readonly InferredNode[] {
  return use.inferred.order.flatMap((id) => use.inferred.nodes.get(id) ?? []);
}

/** The family of an op; nothing for blocks and their ports. */
export function familyOf({ node }: InferredNode): string | undefined {
  return 'op' in node && node.op !== BLOCK_INPUT && node.op !== BLOCK_OUTPUT ? opNamed(node.op)?.family : undefined;
}

/** Whether a node becomes source of its own: inputs and ports are arguments and results. */
export function isWritten(node: InferredNode): boolean {
  if ('block' in node.node) return true;
  const family = familyOf(node);
  return family !== undefined && family !== 'input' && family !== 'output';
}

/** Whether the first input passes through: bypassed, or repeated no times. */
export function isPassed(node: InferredNode | undefined): boolean {
  return (
    node === undefined || (!node.muted && (node.bypassed || ('block' in node.node && node.instances?.length === 0)))
  );
}

const ids = new WeakMap<InferredGraph, number>();
let lastId = 0;

/** A number for each inferred graph; equal instances are the same object. */
function idOf(graph: InferredGraph): number {
  const known = ids.get(graph);
  if (known !== undefined) return known;
  ids.set(graph, ++lastId);
  return lastId;
}
