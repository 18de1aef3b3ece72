import { GitCompare } from 'lucide-react';
import { describeField } from '../../graph-engine/diff/describeDiff.ts';
import type { DocumentDiff, GraphDiff, NodeChange } from '../../graph-engine/diff/documentDiff.ts';
import type { Scope } from '../../graph-engine/document/graphs.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { goToPlace } from '../problems/goToPlace.ts';
import { documentStore } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { useComparison } from './compareStore.ts';

/** Everything in which the shown network differs from what it is compared with, to press. */
export function DifferencesPane() {
  const comparison = useComparison();
  if (comparison !== null) return <Changes diff={comparison.diff} />;
  return (
    <div className="flex h-full flex-col items-start gap-3 overflow-y-auto p-4">
      <p className="max-w-prose text-sm text-ink-muted">
        Compare this network with a file, an earlier version in git, or another open document: what was added, removed
        and changed is listed here and marked on the canvas.
      </p>
      <Button size="sm" icon={<GitCompare size={13} aria-hidden />} onClick={() => showFileDialog({ kind: 'compare' })}>
        Compare with…
      </Button>
    </div>
  );
}

const SIGNS = { added: '+', removed: '−', changed: '~', moved: '·' } as const;
const COLOURS = { added: 'text-success', removed: 'text-danger', changed: 'text-warning', moved: '' } as const;

function Changes({ diff }: { readonly diff: DocumentDiff }) {
  const nothing = diff.fields.length + diff.blocks.length + diff.graphs.length === 0;
  return (
    <div className="h-full overflow-y-auto px-2 py-1.5 text-xs" data-testid="compare-list">
      {nothing && <p className="px-1 text-ink-muted">Nothing differs.</p>}
      {diff.fields.length > 0 && (
        <Group title="Document">
          {diff.fields.map((field) => (
            <Line key={field.field} kind="changed" text={describeField(field)} />
          ))}
        </Group>
      )}
      {diff.blocks.length > 0 && (
        <Group title="Blocks">
          {diff.blocks.map(({ kind, id, name }) => (
            <Line key={`${kind}-${id}`} kind={kind} text={name} />
          ))}
        </Group>
      )}
      {diff.graphs.map((graph) => (
        <GraphChanges key={graph.scope ?? ''} graph={graph} />
      ))}
    </div>
  );
}

function GraphChanges({ graph }: { readonly graph: GraphDiff }) {
  return (
    <Group title={graph.block === null ? 'Network' : `Block “${graph.block}”`}>
      {graph.fields.map((field) => (
        <Line key={field.field} kind="changed" text={describeField(field)} />
      ))}
      {graph.nodes.map((node) => (
        <Line
          key={`${node.kind}-${node.id}`}
          kind={node.kind}
          name={node.name}
          text={describeNode(node)}
          {...(node.kind !== 'removed' && { onPress: () => goTo(graph.scope, node.id) })}
        />
      ))}
      {graph.marks.map(({ kind, mark, id, title }) => (
        <Line key={`${mark}-${id}`} kind={kind} text={`${mark} “${title}”`} />
      ))}
    </Group>
  );
}

function describeNode({ kind, title, fields }: NodeChange): string {
  return kind === 'moved' ? 'moved' : fields.length === 0 ? title : fields.map(describeField).join('; ');
}

/** The way to a block's inside: the first node that uses it, from the root. */
function pathTo(document: SkipwireDocument, scope: Scope): readonly NodeId[] | undefined {
  if (scope === null) return [];
  const seen = new Set<Scope>([null]);
  const pending: { readonly graph: SkipwireDocument['graph']; readonly path: readonly NodeId[] }[] = [
    { graph: document.graph, path: [] },
  ];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    for (const [id, node] of nodesOf(next.graph)) {
      if (!('block' in node)) continue;
      const path = [...next.path, id];
      if (node.block === scope) return path;
      const definition = document.blocks[node.block];
      if (definition === undefined || seen.has(node.block)) continue;
      seen.add(node.block);
      pending.push({ graph: definition.graph, path });
    }
  }
  return undefined;
}

function goTo(scope: Scope, node: NodeId): void {
  const path = pathTo(documentStore.getState().document, scope);
  if (path !== undefined) goToPlace({ path: [...path], node });
}

function Group({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div className="pb-1.5">
      <h3 className="px-1 text-2xs font-medium text-ink-muted">{title}</h3>
      <ul>{children}</ul>
    </div>
  );
}

interface LineProps {
  readonly kind: NodeChange['kind'];
  readonly name?: string;
  readonly text: string;
  readonly onPress?: () => void;
}

function Line({ kind, name, text, onPress }: LineProps) {
  const content = (
    <>
      <span className={classNames('w-3 shrink-0 text-center font-semibold', COLOURS[kind])}>
        <span aria-hidden>{SIGNS[kind]}</span>
        <span className="sr-only">{kind} </span>
      </span>
      {name !== undefined && <span className="shrink-0 font-medium">{name}</span>}
      <span className="min-w-0 truncate text-ink-muted">{text}</span>
    </>
  );
  return (
    <li data-testid="compare-line" data-kind={kind} title={text}>
      {onPress === undefined ? (
        <span className="flex min-h-6 items-center gap-1.5 px-1">{content}</span>
      ) : (
        <button
          type="button"
          className="flex min-h-6 w-full items-center gap-1.5 rounded-sm px-1 text-left hover:bg-hover"
          onClick={onPress}
        >
          {content}
        </button>
      )}
    </li>
  );
}
