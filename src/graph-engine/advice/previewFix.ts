import { produce } from 'immer';
import type { Diagnostic, Fix } from '../core/diagnostic.ts';
import { formatShape } from '../core/shape.ts';
import { commandNamed } from '../document/commands/index.ts';
import { graphOf, nameOf, nodesOf, type Scope } from '../document/graphs.ts';
import type { BlockId, Graph, GraphNode, NodeId, SkipwireDocument } from '../document/schema.ts';
import { inferDocument, inferredScope } from '../infer/inferDocument.ts';
import type { InferredNode, Totals } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';

/** A node that a fix would add, change or remove. */
export interface PreviewedNode {
  readonly scope: Scope;
  readonly id: NodeId;
  readonly name: string;
  readonly title: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly node: GraphNode;
  /** What comes out of it then; nothing for one that is removed or not known. */
  readonly shape: string | undefined;
}

/** What would be different after a fix. */
export interface FixPreview {
  /** The document after the fix. */
  readonly document: SkipwireDocument;
  readonly nodes: readonly PreviewedNode[];
  readonly before: Totals;
  readonly after: Totals;
  /** Errors that would be gone, and that would be new. */
  readonly solved: readonly Diagnostic[];
  readonly raised: readonly Diagnostic[];
  /** Shapes at the looked-at place that would become known or different: `sum: ? → 16×16×32`. */
  readonly shapes: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

function scopesOf(document: SkipwireDocument): readonly Scope[] {
  return [null, ...(Object.keys(document.blocks) as BlockId[])];
}

function titleOf(node: GraphNode, document: SkipwireDocument): string {
  if ('op' in node) return opNamed(node.op)?.documentation.title ?? node.op;
  return document.blocks[node.block]?.name ?? node.block;
}

function shapeOf(node: InferredNode | undefined): string | undefined {
  const [output] = Object.values(node?.outputs ?? {});
  return output === undefined ? undefined : formatShape(output);
}

function problemKey({ at, code, message }: Diagnostic): string {
  return JSON.stringify([at, code, message]);
}

/** Tries a fix on a copy and tells what it would do. `path` are the block nodes one would look at it through. */
export function previewFix(document: SkipwireDocument, fix: Fix, path: readonly NodeId[] = []): FixPreview {
  const command = commandNamed(fix.command);
  const fixed = produce(document, (draft) => command.run(draft, fix.arguments));
  const [before, after] = [inferDocument(document), inferDocument(fixed)];
  const [here, there] = [inferredScope(before, path), inferredScope(after, path)];

  const nodes = scopesOf(fixed).flatMap((scope): PreviewedNode[] => {
    const old: Graph =
      scope === null || document.blocks[scope] !== undefined ? graphOf(document, scope) : { nodes: {} };
    const now = graphOf(fixed, scope);
    if (old === now) return [];
    const one = (id: NodeId, node: GraphNode, change: PreviewedNode['change']): PreviewedNode => ({
      scope,
      id,
      name: nameOf(id, node),
      title: titleOf(node, fixed),
      change,
      node,
      shape: change === 'removed' ? undefined : shapeOf(there?.nodes.get(id)),
    });
    return [
      ...nodesOf(now).flatMap(([id, node]) => {
        if (old.nodes[id] === undefined) return [one(id, node, 'added')];
        return old.nodes[id] === node ? [] : [one(id, node, 'changed')];
      }),
      ...nodesOf(old).flatMap(([id, node]) => (now.nodes[id] === undefined ? [one(id, node, 'removed')] : [])),
    ];
  });

  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const [errors, left] = [before.diagnostics.filter(isError), after.diagnostics.filter(isError)];
  const [oldKeys, newKeys] = [new Set(errors.map(problemKey)), new Set(left.map(problemKey))];
  const shapes = [...(there?.nodes.values() ?? [])].flatMap((node) => {
    const was = here?.nodes.get(node.id);
    const [old, now] = [shapeOf(was), shapeOf(node)];
    if (was === undefined || old === now || now === undefined) return [];
    return [{ name: node.name, before: old ?? '?', after: now }];
  });
  return {
    document: fixed,
    nodes,
    before: before.totals,
    after: after.totals,
    solved: errors.filter((one) => !newKeys.has(problemKey(one))),
    raised: left.filter((one) => !oldKeys.has(problemKey(one))),
    shapes,
  };
}
