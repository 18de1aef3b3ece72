import { nameOf, nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Bookmark, Graph, MarkId, NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { describeOperator } from '../../graph-engine/ops/foreign/describeOperator.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { focusOn, scopeKey, select, setScope, uiStore } from '../store/uiStore.ts';
import { goToBookmark } from './bookmarks.ts';
import { firstLine } from './marks/deriveMarks.ts';
import { markKey } from './marks/markKeys.ts';
import type { NodeFamily } from './nodeView.ts';

/** Something in the network that can be gone to. */
export type Findable = {
  readonly key: string;
  readonly name: string;
  /** What it is, beside its name. */
  readonly detail: string;
  /** The block it lies in; empty at the root. */
  readonly place: string;
  readonly words: readonly string[];
  readonly path: readonly NodeId[];
} & (
  | { readonly kind: 'node'; readonly node: NodeId; readonly type: string; readonly family: NodeFamily }
  | { readonly kind: 'frame' | 'note'; readonly mark: MarkId }
  | { readonly kind: 'bookmark'; readonly bookmark: Bookmark }
);

/** A network drawn block in block in block may hold more places than anybody reads. */
const LIMIT = 20_000;

/** Everything in a document that has a name, bookmarks first, then scope by scope from the outside in. */
export function findable(document: SkipwireDocument): readonly Findable[] {
  const items: Findable[] = (document.bookmarks ?? []).map((bookmark) => ({
    kind: 'bookmark',
    key: `bookmark:${bookmark.name}`,
    name: bookmark.name,
    detail: 'Bookmark',
    place: '',
    words: ['bookmark'],
    path: bookmark.path,
    bookmark,
  }));
  const pending: { readonly graph: Graph; readonly path: readonly NodeId[]; readonly place: string }[] = [
    { graph: document.graph, path: [], place: '' },
  ];
  for (let scope = pending.shift(); scope !== undefined && items.length < LIMIT; scope = pending.shift()) {
    const { graph, path, place } = scope;
    for (const [id, node] of nodesOf(graph)) {
      const name = nameOf(id, node);
      const definition = 'block' in node ? document.blocks[node.block] : undefined;
      const op = 'op' in node ? opNamed(node.op) : undefined;
      const kept = op === undefined ? undefined : describeOperator(op, node.parameters);
      const title = definition?.name ?? kept?.title ?? op?.documentation.title ?? '';
      const family: NodeFamily = definition === undefined ? (op?.family ?? 'unknown') : 'block';
      items.push({
        kind: 'node',
        key: [...path, id].join('/'),
        name,
        detail: title,
        place,
        words: [title, family, ...(node.note === undefined ? [] : [node.note])],
        path,
        node: id,
        type: 'op' in node ? node.op : node.block,
        family,
      });
      if (definition !== undefined && path.length < 32)
        pending.push({
          graph: definition.graph,
          path: [...path, id],
          place: place === '' ? name : `${place} › ${name}`,
        });
    }
    for (const [id, { title }] of Object.entries(graph.frames ?? {}))
      items.push(markItem('frame', id as MarkId, title, path, place));
    for (const [id, { text }] of Object.entries(graph.notes ?? {}))
      items.push(markItem('note', id as MarkId, firstLine(text), path, place));
  }
  return items;
}

function markItem(
  kind: 'frame' | 'note',
  mark: MarkId,
  name: string,
  path: readonly NodeId[],
  place: string,
): Findable {
  const key = [...path, markKey(kind, mark)].join('/');
  return { kind, key, name, detail: kind === 'frame' ? 'Frame' : 'Note', place, words: [kind], path, mark };
}

/** Shows something where it lies, and selects it. */
export function goTo(item: Findable): void {
  if (item.kind === 'bookmark') {
    goToBookmark(item.bookmark);
    return;
  }
  const steps = item.path.map((node) => ({ node, instance: 0 }));
  if (scopeKey(uiStore.getState().scopePath) !== scopeKey(steps)) setScope(steps);
  if (item.kind === 'node') {
    select([item.node]);
    focusOn([item.node]);
  } else {
    const key = markKey(item.kind, item.mark);
    select([], [], [key]);
    focusOn([key]);
  }
}
