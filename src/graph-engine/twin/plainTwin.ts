import type { Problem, Result } from '../core/diagnostic.ts';
import { fail, ok } from '../core/diagnostic.ts';
import { graphOf, nodesOf, type Scope } from '../document/graphs.ts';
import type { BlockDefinition, BlockId, Bookmark, Endpoint, NodeId, SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredGraph } from '../infer/inferredGraph.ts';
import { dropIdleParameters } from './dropIdleParameters.ts';
import { findJoins, type DrawnAdd, type Joins, type ReasonToStay } from './findSkips.ts';
import { removeSkips } from './removeSkips.ts';

/** A network without the skips of another, and what became of them. */
export interface PlainTwin {
  readonly document: SkipwireDocument;
  /** Skip connections that are gone, everything unfolded. */
  readonly removed: number;
  /** The kinds of ops that went with them because they weigh a branch against its skip, such as `dropPath`. */
  readonly weighing: readonly string[];
  /** Whether normalizations that began at zero begin at one now. */
  readonly begun: boolean;
  /** What joins values still, everything unfolded, and why. */
  readonly left: readonly { readonly why: ReasonToStay | 'concatenation'; readonly count: number }[];
  /** Parameters of the network and of its twin. */
  readonly parameters: { readonly before: number; readonly after: number };
}

/** Why there is no twin, and what to do. */
export interface TwinRefusal extends Problem {
  readonly remedy: string;
}

/**
 * The same network without its shortcuts, the control of experiments on residual connections (He et al. 2015,
 * arXiv 1512.03385, section 4.1): every Add that joins a branch with its skip makes way for the branch, and what fed the skip
 * alone goes. Names of nodes, settings and the seed stay, so that both draw the same weights and train on the same batches.
 * Concatenations stay: what follows them is made for the channels of both sides.
 */
export function plainTwin(document: SkipwireDocument): Result<PlainTwin, TwinRefusal> {
  const before = inferDocument(document);
  const error = before.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    const place = [...error.at.path, ...(error.at.node === undefined ? [] : [error.at.node])].join(' › ');
    return refuse({
      code: 'twin/errors',
      message: `"${document.name}" has mistakes, and a twin would have them too.`,
      expected: 'a network without errors',
      received: `${place === '' ? '' : `${place}: `}${error.message}`,
      remedy: 'Mend it first.',
    });
  }
  let [twin, removed] = [document, 0];
  let joins = findJoins(before.root);
  const weighing = new Set<string>();
  const changed = new Set<BlockId>();
  let begun = false;
  // Without one skip, another may show: of two ways that were equally long one is shorter now.
  for (let found = skipsOf(joins); found.length > 0; found = skipsOf(joins)) {
    removed += found.reduce((sum, { times }) => sum + times, 0);
    for (const [scope, adds] of byScope(found)) {
      const scales = initialScales(inferDocument(twin).root, scope);
      const done = removeSkips(graphOf(twin, scope), adds, (id) => scales.get(id) ?? new Set());
      for (const { op } of done.weighing) weighing.add(op);
      begun ||= done.begun.some((id) => scales.get(id)?.has(0) === true);
      twin = withGraph(twin, scope, done.graph);
      if (scope !== null) changed.add(scope);
    }
    joins = findJoins(inferDocument(twin).root);
  }
  if (removed === 0) return refuse(withoutSkips(document, joins));
  twin = named(dropIdleParameters(withoutIdleBlocks(twin, document), document), document, changed, removed);
  const [total, after] = [before.totals.parameters, inferDocument(twin).totals.parameters];
  return ok({
    document: twin,
    removed,
    weighing: [...weighing],
    begun,
    left: leftOf(joins),
    parameters: { before: total, after },
  });
}

function refuse(refusal: TwinRefusal): Result<never, TwinRefusal> {
  return { ...fail(refusal), error: refusal };
}

function withoutSkips({ name }: SkipwireDocument, joins: Joins): TwinRefusal {
  const { concatenations: stacked } = joins;
  const concatenated = stacked === 0 ? [] : [counted(stacked, 'concatenation')];
  const others = joins.adds.reduce((sum, { times }) => sum + times, 0);
  const added = others === 0 ? [] : [`${counted(others, 'Add')} without a skip`];
  const stays =
    stacked === 0
      ? ': it is plain already.'
      : '. Concatenations stay in a plain twin: what follows them is made for the channels of both sides.';
  return {
    code: 'twin/no-skips',
    message: `"${name}" has no skip connection that an Add closes${stays}`,
    expected: 'an Add of a branch and its skip',
    received: [...concatenated, ...added].join(' and ') || 'no Add',
    remedy: 'Draw a skip round some layers and add both, or begin with a residual block or network of the palette.',
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

type Skip = DrawnAdd & { readonly rest: Endpoint };

function skipsOf({ adds }: Joins): readonly Skip[] {
  return adds.flatMap((add) => (typeof add.rest === 'string' ? [] : [{ ...add, rest: add.rest }]));
}

function byScope(skips: readonly Skip[]): ReadonlyMap<Scope, ReadonlyMap<NodeId, Endpoint>> {
  const scopes = new Map<Scope, Map<NodeId, Endpoint>>();
  for (const { scope, id, rest } of skips) {
    const adds = scopes.get(scope) ?? new Map<NodeId, Endpoint>();
    scopes.set(scope, adds.set(id, rest));
  }
  return scopes;
}

/** What the first scale of each normalization of a scope comes to in its instances. */
function initialScales(root: InferredGraph, wanted: Scope): ReadonlyMap<NodeId, ReadonlySet<unknown>> {
  const scales = new Map<NodeId, Set<unknown>>();
  const visit = (graph: InferredGraph, scope: Scope): void => {
    for (const { id, node, parameters, instances = [] } of graph.nodes.values()) {
      if ('block' in node) for (const instance of instances) visit(instance, node.block);
      else if (scope === wanted && parameters?.['initialScale'] !== undefined)
        scales.set(id, (scales.get(id) ?? new Set()).add(parameters['initialScale']));
    }
  };
  visit(root, null);
  return scales;
}

function withGraph(document: SkipwireDocument, scope: Scope, graph: BlockDefinition['graph']): SkipwireDocument {
  if (scope === null) return { ...document, graph };
  const definition = document.blocks[scope];
  if (definition === undefined) throw new Error(`There is no block "${scope}" in the document`);
  return { ...document, blocks: { ...document.blocks, [scope]: { ...definition, graph } } };
}

function blocksUsed(document: SkipwireDocument): ReadonlySet<BlockId> {
  const graphs = [document.graph, ...Object.values(document.blocks).map(({ graph }) => graph)];
  return new Set(
    graphs.flatMap((graph) => nodesOf(graph).flatMap(([, node]) => ('block' in node ? [node.block] : []))),
  );
}

/** Without definitions that only skips used, such as that of a projection. */
function withoutIdleBlocks(document: SkipwireDocument, before: SkipwireDocument): SkipwireDocument {
  const usedBefore = blocksUsed(before);
  for (let now = document; ;) {
    const used = blocksUsed(now);
    const kept = Object.entries(now.blocks).filter(([id]) => used.has(id as BlockId) || !usedBefore.has(id as BlockId));
    if (kept.length === Object.keys(now.blocks).length) return now;
    now = { ...now, blocks: Object.fromEntries(kept) };
  }
}

const MOST_LETTERS = { document: 120, block: 64 };

/** What is different comes first: lists of tabs and runs cut long names. */
function plainName(name: string): string {
  const isWord = /^[A-Z][a-z]+\b/.test(name);
  return `Plain ${isWord ? name.charAt(0).toLowerCase() + name.slice(1) : name}`.slice(0, MOST_LETTERS.block);
}

function named(
  twin: SkipwireDocument,
  original: SkipwireDocument,
  changed: ReadonlySet<BlockId>,
  removed: number,
): SkipwireDocument {
  const blocks = Object.entries(twin.blocks).map(([id, definition]): [string, BlockDefinition] => {
    if (!changed.has(id as BlockId)) return [id, definition];
    const name = plainName(definition.name);
    return [id, { ...definition, name, description: `"${definition.name}" without its skip: the branch alone.` }];
  });
  const { bookmarks = [], ...rest } = twin;
  const kept = bookmarks.filter((bookmark) => leadsSomewhere(twin, bookmark));
  return {
    ...rest,
    name: `Plain twin of ${original.name}`.slice(0, MOST_LETTERS.document),
    description: `The plain twin of "${original.name}": the same network without its ${removed === 1 ? 'skip connection' : `${removed} skip connections`}, to train beside it.`,
    blocks: Object.fromEntries(blocks),
    ...(kept.length > 0 && { bookmarks: kept }),
  };
}

function leadsSomewhere(document: SkipwireDocument, { path }: Bookmark): boolean {
  let scope: Scope = null;
  for (const id of path) {
    const node: BlockDefinition['graph']['nodes'][NodeId] | undefined = graphOf(document, scope).nodes[id];
    if (node === undefined || !('block' in node)) return false;
    scope = node.block;
  }
  return true;
}

function leftOf({ adds, concatenations }: Joins): PlainTwin['left'] {
  const reasons: readonly ReasonToStay[] = ['no-skip', 'muted', 'either-side'];
  const left: { readonly why: ReasonToStay | 'concatenation'; readonly count: number }[] = reasons.map((why) => ({
    why,
    count: adds.filter(({ rest }) => rest === why).reduce((sum, { times }) => sum + Math.max(1, times), 0),
  }));
  return [...left, { why: 'concatenation' as const, count: concatenations }].filter(({ count }) => count > 0);
}
