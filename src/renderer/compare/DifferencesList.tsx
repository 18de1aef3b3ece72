import type { ReactNode } from 'react';
import { describeField } from '../../graph-engine/diff/describeDiff.ts';
import type { DocumentDiff, GraphDiff, NodeChange } from '../../graph-engine/diff/documentDiff.ts';
import type { Scope } from '../../graph-engine/document/graphs.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { classNames } from '../ui/classNames.ts';

export interface DifferencesListProps {
  readonly diff: DocumentDiff;
  /** Goes to a node of the later document; without it nothing can be pressed. */
  readonly onNode?: (scope: Scope, node: NodeId) => void;
}

const SIGNS = { added: '+', removed: '−', changed: '~', moved: '·' } as const;
const COLOURS = { added: 'text-success', removed: 'text-danger', changed: 'text-warning', moved: '' } as const;

/** Everything in which two documents differ. */
export function DifferencesList({ diff, onNode }: DifferencesListProps) {
  const nothing = diff.fields.length + diff.blocks.length + diff.graphs.length === 0;
  return (
    <div className="px-2 py-1.5 text-xs" data-testid="compare-list">
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
        <GraphChanges key={graph.scope ?? ''} graph={graph} {...(onNode !== undefined && { onNode })} />
      ))}
    </div>
  );
}

function GraphChanges({ graph, onNode }: Pick<DifferencesListProps, 'onNode'> & { readonly graph: GraphDiff }) {
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
          {...(onNode !== undefined && node.kind !== 'removed' && { onPress: () => onNode(graph.scope, node.id) })}
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

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
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
