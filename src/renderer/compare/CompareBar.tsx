import { ChevronDown, ChevronRight, Copy, X } from 'lucide-react';
import { useState } from 'react';
import { describeDiff, describeField, summarizeDiff } from '../../graph-engine/diff/describeDiff.ts';
import type { DocumentDiff, GraphDiff, NodeChange } from '../../graph-engine/diff/documentDiff.ts';
import type { Scope } from '../../graph-engine/document/graphs.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { goToPlace } from '../problems/goToPlace.ts';
import { documentStore } from '../store/documentStore.ts';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { showToast } from '../ui/Toast.tsx';
import { stopComparing, useComparison } from './compareStore.ts';

/** What the comparison found, in one line, and on request everything as a list to press. */
export function CompareBar() {
  const comparison = useComparison();
  const [open, setOpen] = useState(true);
  if (comparison === null) return null;
  const { diff, label } = comparison;
  return (
    <section
      aria-label="Comparison"
      data-testid="compare-bar"
      className="flex max-h-[45%] shrink-0 flex-col border-b border-line bg-surface text-xs"
    >
      <div className="flex h-9 shrink-0 items-center gap-2 px-2">
        <IconButton
          label={open ? 'Hide the list' : 'Show the list'}
          icon={open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          className="size-6"
          onClick={() => setOpen(!open)}
        />
        <span className="min-w-0 flex-1 truncate">
          Compared with <strong className="font-medium">{label}</strong>:{' '}
          <span data-testid="compare-summary">{summarizeDiff(diff)}</span>
          <Costs diff={diff} />
        </span>
        <Legend />
        <IconButton
          label="Copy as text"
          icon={<Copy size={14} aria-hidden />}
          className="size-6"
          onClick={() => void copy(describeDiff(diff))}
        />
        <IconButton
          label="Stop comparing"
          icon={<X size={14} aria-hidden />}
          className="size-6"
          onClick={stopComparing}
          data-testid="compare-stop"
        />
      </div>
      {open && <Changes diff={diff} />}
    </section>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ tone: 'success', title: 'The differences are in the clipboard' });
  } catch {
    showToast({ tone: 'danger', title: 'Not copied', description: 'The browser does not allow it here.' });
  }
}

function Costs({ diff: { costs } }: { readonly diff: DocumentDiff }) {
  const [before, after] = costs.parameters;
  if (before === after) return null;
  const difference = after - before;
  return (
    <span className="text-ink-muted tabular-nums">
      {' · '}
      {difference > 0 ? '+' : '−'}
      {Math.abs(difference).toLocaleString('en').replaceAll(',', ' ')} parameters
    </span>
  );
}

function Legend() {
  return (
    <span aria-hidden className="hidden items-center gap-3 text-2xs text-ink-muted lg:flex">
      <span className="text-success">+ added</span>
      <span className="text-warning">~ changed</span>
      <span className="text-danger">− removed</span>
    </span>
  );
}

const SIGNS = { added: '+', removed: '−', changed: '~', moved: '·' } as const;
const COLOURS = { added: 'text-success', removed: 'text-danger', changed: 'text-warning', moved: '' } as const;

function Changes({ diff }: { readonly diff: DocumentDiff }) {
  const nothing = diff.fields.length + diff.blocks.length + diff.graphs.length === 0;
  return (
    <div className="min-h-0 overflow-y-auto border-t border-line px-2 py-1.5" data-testid="compare-list">
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
