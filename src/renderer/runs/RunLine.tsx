import { CornerDownRight, Ellipsis, Pencil } from 'lucide-react';
import { memo, type KeyboardEvent, type MouseEvent } from 'react';
import type { RunColumn, RunRow } from '../../contract/runTable.ts';
import { describeRun } from '../training/describeRun.ts';
import { Badge } from '../ui/Badge.tsx';
import { classNames } from '../ui/classNames.ts';
import { NoteField, TagsField, TitleField } from './RemarkFields.tsx';
import { cellText } from './runColumns.ts';
import type { RunMark } from './runMarks.ts';
import { RunName } from './RunName.tsx';
import { RunSwatch } from './RunSwatch.tsx';

export type EditedRemark = 'tags' | 'note' | 'title';

/** What a line of the table tells its table. */
export interface LineHandlers {
  readonly onChoose: (row: RunRow, event: MouseEvent) => void;
  readonly onToggle: (row: RunRow) => void;
  readonly onMenu: (row: RunRow, at: { readonly x: number; readonly y: number }) => void;
  readonly onEdit: (row: RunRow, what: EditedRemark) => void;
  readonly onTags: (row: RunRow, tags: string[] | null) => void;
  readonly onNote: (row: RunRow, note: string | null) => void;
  readonly onTitle: (row: RunRow, title: string | null) => void;
  readonly onTag: (tag: string) => void;
  readonly onFocus: (row: RunRow) => void;
  readonly onKeyDown: (row: RunRow, event: KeyboardEvent<HTMLElement>) => void;
}

export interface RunLineProps extends LineHandlers {
  readonly row: RunRow;
  readonly columns: readonly RunColumn[];
  /** How its curve looks, when it is chosen. */
  readonly mark: RunMark | undefined;
  readonly depth: number;
  /** Place in the whole table, from 1. */
  readonly index: number;
  readonly isCurrent: boolean;
  readonly edited: EditedRemark | null;
  readonly knownTags: readonly string[];
  readonly now: number;
  /** Pixels from the first line, and the widths of the columns. */
  readonly top: number;
  readonly template: string;
}

/** One run in the table. */
export const RunLine = memo(function RunLine(props: RunLineProps) {
  const { row, columns, mark, depth, index, isCurrent, top, template, now } = props;
  const { id, parent } = row.summary;
  const { title = '' } = row.facts?.remarks ?? {};
  return (
    <div
      role="row"
      aria-rowindex={index}
      aria-selected={mark !== undefined}
      tabIndex={isCurrent ? 0 : -1}
      data-run={id}
      data-testid="run-line"
      style={{ top, gridTemplateColumns: template }}
      onClick={(event) => props.onChoose(row, event)}
      onFocus={() => props.onFocus(row)}
      onKeyDown={(event) => props.onKeyDown(row, event)}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu(row, { x: event.clientX, y: event.clientY });
      }}
      className={classNames(
        'group/line absolute inset-x-0 grid h-[30px] border-b border-line text-xs focus-visible:-outline-offset-2',
        mark === undefined ? 'bg-surface hover:bg-hover' : 'bg-accent-soft',
      )}
    >
      <div
        role="gridcell"
        className={classNames(
          'sticky left-0 z-[1] flex min-w-0 items-center gap-1.5 border-r border-line pr-1 pl-2',
          mark === undefined ? 'bg-surface group-hover/line:bg-hover' : 'bg-accent-soft',
        )}
      >
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Compare ${id}`}
          checked={mark !== undefined}
          onChange={() => props.onToggle(row)}
          onClick={(event) => event.stopPropagation()}
          className="size-3.5 shrink-0 accent-accent"
          data-testid="run-check"
        />
        <span className="w-5 shrink-0">{mark !== undefined && <RunSwatch mark={mark} width={20} />}</span>
        {props.edited === 'title' ? (
          <TitleField run={id} title={title} onDone={(done) => props.onTitle(row, done)} />
        ) : (
          <span
            className="flex min-w-0 flex-1 items-center gap-1"
            style={{ paddingLeft: depth * 12 }}
            title={title === '' ? id : `${title} · ${id}`}
          >
            {parent !== undefined && (
              <CornerDownRight size={12} className="shrink-0 text-ink-muted" aria-label={`continues ${parent.run}`} />
            )}
            <span className="min-w-0 truncate text-ink">{title === '' ? <RunName id={id} /> : title}</span>
          </span>
        )}
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Actions of ${id}`}
          data-testid="run-actions"
          onClick={(event) => {
            event.stopPropagation();
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            props.onMenu(row, { x: left, y: bottom });
          }}
          className="flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-muted opacity-0 group-hover/line:opacity-100 group-focus-within/line:opacity-100 hover:bg-pressed hover:text-ink"
        >
          <Ellipsis size={14} aria-hidden />
        </button>
      </div>
      {columns.map((column) => (
        <div key={column.key} role="gridcell" className="flex min-w-0 items-center px-2">
          {column.key === 'tags' || column.key === 'note' ? (
            <RemarkCell {...props} what={column.key} />
          ) : column.key === 'state' ? (
            <StateBadge row={row} />
          ) : (
            <Value column={column} row={row} now={now} />
          )}
        </div>
      ))}
    </div>
  );
});

/** Making one takes longer than drawing a line. */
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

function Value({ column, row, now }: { readonly column: RunColumn; readonly row: RunRow; readonly now: number }) {
  const text = cellText(column, row, now);
  const title = column.kind === 'time' ? dateTime.format(Number(column.value(row) ?? 0)) : text;
  return (
    <span
      title={title}
      className={classNames('w-full truncate text-ink-muted', column.kind !== 'text' && 'text-right tabular-nums')}
    >
      {text}
    </span>
  );
}

function StateBadge({ row }: { readonly row: RunRow }) {
  const { label, tone } = describeRun(row.summary.state);
  return <Badge tone={tone}>{label}</Badge>;
}

function RemarkCell(props: RunLineProps & { readonly what: 'tags' | 'note' }) {
  const { row, what, edited, knownTags } = props;
  const { id } = row.summary;
  const { tags = [], note = '' } = row.facts?.remarks ?? {};
  if (edited === what) {
    return what === 'tags' ? (
      <TagsField run={id} tags={tags} known={knownTags} onDone={(done) => props.onTags(row, done)} />
    ) : (
      <NoteField run={id} note={note} onDone={(done) => props.onNote(row, done)} />
    );
  }
  return (
    <span
      className="flex h-full min-w-0 flex-1 items-center gap-1"
      onDoubleClick={(event) => {
        event.stopPropagation();
        props.onEdit(row, what);
      }}
    >
      {what === 'note' && (
        <span className="truncate text-ink-muted" title={note}>
          {note}
        </span>
      )}
      {what === 'tags' &&
        tags.map((tag) => (
          <button
            key={tag}
            type="button"
            tabIndex={-1}
            aria-label={`Show runs tagged ${tag}`}
            onClick={(event) => {
              event.stopPropagation();
              props.onTag(tag);
            }}
            className="min-w-0 rounded-sm hover:outline-1 hover:outline-accent"
          >
            <Badge className="max-w-28">
              <span className="truncate">{tag}</span>
            </Badge>
          </button>
        ))}
      <button
        type="button"
        tabIndex={-1}
        aria-label={what === 'tags' ? `Edit the tags of ${id}` : `Edit the note on ${id}`}
        data-testid={`run-edit-${what}`}
        onClick={(event) => {
          event.stopPropagation();
          props.onEdit(row, what);
        }}
        className="ml-auto flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-muted opacity-0 group-hover/line:opacity-100 hover:bg-pressed hover:text-ink"
      >
        <Pencil size={12} aria-hidden />
      </button>
    </span>
  );
}
