import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { RunId } from '../../contract/run.ts';
import type { RunColumn, RunRow } from '../../contract/runTable.ts';
import { useHost } from '../connection/host.ts';
import { useNow } from '../training/useNow.ts';
import { ColumnHeading } from './ColumnHeading.tsx';
import { GroupLine } from './GroupLine.tsx';
import type { TableItem } from './groupRows.ts';
import { widthOf } from './runColumns.ts';
import { markAt } from './runMarks.ts';
import { RunLine, type EditedRemark } from './RunLine.tsx';
import { remark } from './runsActions.ts';
import { chooseRuns, runsView, toggleRun, useRunsView } from './runsView.ts';
import { useStableHandlers } from './useStableHandlers.ts';

/** Height of a line; classes of the lines say it too. */
const LINE = 30;
const HEADER = 30;
const FIRST = 296;
/** Lines drawn above and below what is in view. */
const SPARE = 10;

export interface RunsTableProps {
  readonly items: readonly TableItem[];
  readonly columns: readonly RunColumn[];
  readonly knownTags: readonly string[];
  readonly onMenu: (run: RunId, at: { readonly x: number; readonly y: number }) => void;
  readonly onDelete: (run: RunId) => void;
  /** Which remark is being written, asked for from elsewhere. */
  readonly edited: { readonly run: RunId; readonly what: EditedRemark } | null;
  readonly onEdit: (edited: { readonly run: RunId; readonly what: EditedRemark } | null) => void;
}

const keyOf = (item: TableItem): string => (item.kind === 'group' ? `group:${item.key}` : item.row.summary.id);

/** Runs as a table that stays fast with thousands of them: only what is in view is drawn. Arrows move, Space chooses. */
export function RunsTable({ items, columns, knownTags, onMenu, onDelete, edited, onEdit }: RunsTableProps) {
  const { connection } = useHost();
  const chosen = useRunsView((view) => view.chosen);
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const [current, setCurrent] = useState<string | null>(null);
  const awaited = useRef<string | null>(null);
  const anchor = useRef<string | null>(null);
  const now = useNow();
  const marks = useMemo(() => new Map(chosen.map(({ run, slot }) => [run, markAt(slot)])), [chosen]);
  const places = useMemo(() => new Map(items.map((item, index) => [keyOf(item), index])), [items]);
  const currentKey = current !== null && places.has(current) ? current : items[0] && keyOf(items[0]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setView(({ top }) => ({ top, height: element.clientHeight })));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (awaited.current === null) return;
    scroller.current
      ?.querySelector<HTMLElement>(
        `[data-key="${CSS.escape(awaited.current)}"] , [data-run="${CSS.escape(awaited.current)}"]`,
      )
      ?.focus();
    awaited.current = null;
  });

  function goTo(index: number): RunRow | undefined {
    const item = items[Math.max(0, Math.min(index, items.length - 1))];
    const element = scroller.current;
    if (item === undefined || element === null) return undefined;
    const line = (places.get(keyOf(item)) ?? 0) * LINE;
    const room = element.clientHeight - HEADER;
    const top = Math.min(line, Math.max(element.scrollTop, line + LINE - room));
    element.scrollTop = top;
    setView({ top, height: element.clientHeight });
    awaited.current = keyOf(item);
    setCurrent(keyOf(item));
    return item.kind === 'run' ? item.row : undefined;
  }

  /** The runs from the one chosen last to another. */
  function chooseTo(id: RunId): void {
    const [from, to] = [places.get(anchor.current ?? id) ?? 0, places.get(id) ?? 0].sort((a, b) => a - b);
    const between = items.slice(from, (to ?? 0) + 1);
    chooseRuns(between.flatMap((item) => (item.kind === 'run' ? [item.row.summary.id] : [])));
  }

  function moved(event: KeyboardEvent, key: string): boolean {
    const at = places.get(key) ?? 0;
    const page = Math.max(1, Math.floor((view.height - HEADER) / LINE) - 1);
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return false;
    event.preventDefault();
    event.stopPropagation();
    const row = goTo(next);
    if (event.shiftKey && row !== undefined) {
      anchor.current ??= key;
      chooseTo(row.summary.id);
    }
    return true;
  }

  const handlers = useStableHandlers({
    onChoose({ summary: { id } }, event: MouseEvent) {
      if (event.shiftKey) {
        chooseTo(id);
        return;
      }
      anchor.current = id;
      if (event.ctrlKey || event.metaKey) toggleRun(id);
      else chooseRuns([id]);
    },
    onToggle({ summary: { id } }) {
      anchor.current = id;
      toggleRun(id);
    },
    onMenu: ({ summary: { id } }, at) => onMenu(id, at),
    onEdit: ({ summary: { id } }, what) => onEdit({ run: id, what }),
    onTags({ summary: { id } }, tags) {
      awaited.current = id;
      onEdit(null);
      if (tags !== null) void remark(connection, id, { tags });
    },
    onNote({ summary: { id } }, note) {
      awaited.current = id;
      onEdit(null);
      if (note !== null) void remark(connection, id, { note });
    },
    onTitle({ summary: { id } }, title) {
      awaited.current = id;
      onEdit(null);
      if (title !== null) void remark(connection, id, { title });
    },
    onTag: (tag) => runsView.setState({ tags: [tag] }),
    onFocus: ({ summary: { id } }) => setCurrent(id),
    onKeyDown({ summary: { id } }, event) {
      if (event.target !== event.currentTarget || moved(event, id)) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      switch (event.key) {
        case ' ':
          anchor.current = id;
          toggleRun(id);
          break;
        case 'Enter':
          chooseRuns([id]);
          break;
        case 't':
        case 'n':
          onEdit({ run: id, what: event.key === 't' ? 'tags' : 'note' });
          break;
        case 'F2':
          onEdit({ run: id, what: 'title' });
          break;
        case 'Delete':
          onDelete(id);
          break;
        case 'ContextMenu':
        case 'F10': {
          if (event.key === 'F10' && !event.shiftKey) return;
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          onMenu(id, { x: left + 40, y: bottom });
          break;
        }
        default:
          return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  });

  const template = `${FIRST}px ${columns.map((column) => `${widthOf(column)}px`).join(' ')}`;
  const width = FIRST + columns.reduce((sum, column) => sum + widthOf(column), 0);
  const first = Math.max(0, Math.floor(view.top / LINE) - SPARE);
  const end = Math.min(items.length, Math.ceil((view.top + view.height) / LINE) + SPARE);

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Runs"
      aria-rowcount={items.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      data-testid="runs-table"
      className="h-full overflow-auto"
      onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      <div role="rowgroup" className="sticky top-0 z-[2]" style={{ width, minWidth: '100%' }}>
        <div
          role="row"
          aria-rowindex={1}
          className="grid border-b border-line-strong bg-sunken"
          style={{ gridTemplateColumns: template, height: HEADER }}
        >
          <ColumnHeading column={RUN_COLUMN} isFirst />
          {columns.map((column) => (
            <ColumnHeading key={column.key} column={column} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: items.length * LINE, width, minWidth: '100%' }}>
        {items.slice(first, end).map((item, offset) => {
          const index = first + offset;
          const key = keyOf(item);
          if (item.kind === 'group') {
            return (
              <GroupLine
                key={key}
                item={item}
                itemKey={key}
                index={index + 2}
                span={columns.length + 1}
                isCurrent={key === currentKey}
                top={index * LINE}
                onFocus={() => setCurrent(key)}
                onMove={(event) => moved(event, key)}
              />
            );
          }
          const { id } = item.row.summary;
          return (
            <RunLine
              key={id}
              {...handlers}
              row={item.row}
              columns={columns}
              mark={marks.get(id)}
              depth={item.depth}
              index={index + 2}
              isCurrent={key === currentKey}
              edited={edited?.run === id ? edited.what : null}
              knownTags={knownTags}
              now={now}
              top={index * LINE}
              template={template}
            />
          );
        })}
      </div>
    </div>
  );
}

const RUN_COLUMN: RunColumn = {
  key: 'run',
  title: 'Run',
  kind: 'text',
  group: 'run',
  value: ({ summary }) => summary.id,
};
