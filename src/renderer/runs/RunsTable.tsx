import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react';
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import type { RunId } from '../../contract/run.ts';
import type { RunColumn, RunRow } from '../../contract/runTable.ts';
import { useHost } from '../connection/host.ts';
import { useNow } from '../training/useNow.ts';
import { classNames } from '../ui/classNames.ts';
import type { TableItem } from './groupRows.ts';
import { descendsFirst, widthOf } from './runColumns.ts';
import { markAt } from './runMarks.ts';
import { RunLine, type EditedRemark, type LineHandlers } from './RunLine.tsx';
import { remark } from './runsActions.ts';
import { chooseRuns, runsView, sortBy, toggleGroup, toggleRun, useRunsView } from './runsView.ts';

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

  const handlers: LineHandlers = {
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
  };

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
          <Heading column={RUN_COLUMN} isFirst />
          {columns.map((column) => (
            <Heading key={column.key} column={column} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: items.length * LINE, width, minWidth: '100%' }}>
        {items.slice(first, end).map((item, offset) => {
          const index = first + offset;
          const style: CSSProperties = {
            position: 'absolute',
            top: index * LINE,
            left: 0,
            right: 0,
            height: LINE,
            gridTemplateColumns: template,
          };
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
                style={style}
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
              style={style}
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

function Heading({ column, isFirst = false }: { readonly column: RunColumn; readonly isFirst?: boolean }) {
  const sort = useRunsView((view) => view.sort);
  const isSorted = sort.column === column.key;
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return (
    <div
      role="columnheader"
      aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className={classNames('flex min-w-0', isFirst && 'sticky left-0 z-[1] border-r border-line bg-sunken')}
    >
      <button
        type="button"
        onClick={() => sortBy(column.key, descendsFirst(column))}
        title={`Sort by ${column.title}`}
        data-testid={`sort-${column.key}`}
        className={classNames(
          'flex min-w-0 flex-1 items-center gap-1 px-2 text-2xs font-medium text-ink-muted hover:bg-hover hover:text-ink focus-visible:-outline-offset-2',
          column.kind !== 'text' && 'justify-end',
          isSorted && 'text-ink',
        )}
      >
        <span className="truncate">{column.title}</span>
        {isSorted && <Arrow size={11} className="shrink-0" aria-hidden />}
      </button>
    </div>
  );
}

interface GroupLineProps {
  readonly item: Extract<TableItem, { kind: 'group' }>;
  readonly itemKey: string;
  readonly index: number;
  readonly span: number;
  readonly isCurrent: boolean;
  readonly style: CSSProperties;
  readonly onFocus: () => void;
  readonly onMove: (event: KeyboardEvent) => boolean;
}

function GroupLine({ item, itemKey, index, span, isCurrent, style, onFocus, onMove }: GroupLineProps) {
  const isClosed = useRunsView((view) => view.closedGroups.has(item.key));
  const Chevron = isClosed ? ChevronRight : ChevronDown;
  return (
    <div
      role="row"
      aria-rowindex={index}
      style={{ ...style, display: 'block' }}
      className="border-b border-line bg-sunken"
    >
      <div role="gridcell" aria-colspan={span} className="h-full">
        <button
          type="button"
          data-key={itemKey}
          tabIndex={isCurrent ? 0 : -1}
          aria-expanded={!isClosed}
          onFocus={onFocus}
          onKeyDown={(event) => {
            const wanted = { ArrowLeft: true, ArrowRight: false }[event.key];
            if (wanted !== undefined && wanted !== isClosed) toggleGroup(item.key);
            else if (wanted === undefined) onMove(event);
          }}
          onClick={() => toggleGroup(item.key)}
          className="sticky left-0 flex h-full max-w-full items-center gap-1.5 px-2 text-xs font-medium text-ink hover:bg-hover"
        >
          <Chevron size={13} aria-hidden className="shrink-0 text-ink-muted" />
          <span className="truncate">{item.title}</span>
          <span className="text-ink-muted">{item.runs.length}</span>
        </button>
      </div>
    </div>
  );
}
