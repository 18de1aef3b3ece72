import { ChartLine, Copy, FileInput, GitBranchPlus, Pencil, Play, Tag, TextCursorInput, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Group, Panel } from 'react-resizable-panels';
import { useShallow } from 'zustand/react/shallow';
import type { RunId } from '../../contract/run.ts';
import { columnsOf, filterRows, sortRows } from '../../contract/runTable.ts';
import { useHost } from '../connection/host.ts';
import { afterFrame } from '../store/afterFrame.ts';
import { useDocument } from '../store/documentStore.ts';
import { resumeRun } from '../training/runActions.ts';
import { canBeResumed, isActive, runsOfDocument } from '../training/runs.ts';
import { useRuns } from '../training/runStore.ts';
import { Button } from '../ui/Button.tsx';
import { Divider } from '../ui/Divider.tsx';
import { PopupMenu, type MenuItem } from '../ui/Menu.tsx';
import { ColumnsDialog } from './ColumnsDialog.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { downloadCurves, downloadTable } from './exportPictures.ts';
import { useReadFacts, useRunRows } from './factsStore.ts';
import { groupRows } from './groupRows.ts';
import { firstColumns } from './runColumns.ts';
import type { EditedRemark } from './RunLine.tsx';
import { deleteRuns, goOnFrom, openDocumentOf } from './runsActions.ts';
import { RunsExportDialog, type RunsExportFormat } from './RunsExportDialog.tsx';
import { RunsTable } from './RunsTable.tsx';
import { RunsToolbar } from './RunsToolbar.tsx';
import { chooseRuns, runsView, useRunsView } from './runsView.ts';
import { TrashDialog } from './TrashDialog.tsx';
import { useChosenRuns, useFigures } from './useChosenCurves.ts';

type OpenDialog =
  | { readonly kind: 'columns' }
  | { readonly kind: 'trash' }
  | { readonly kind: 'export'; readonly format: RunsExportFormat };

interface OpenMenu {
  readonly run: RunId;
  readonly at: { readonly x: number; readonly y: number };
}

/** All runs of the workspace as a table, and those that are chosen compared. */
export function RunsPane() {
  const { connection } = useHost();
  const rows = useRunRows();
  // Not how the curves are looked at: that changes with every turn of a wheel.
  const view = useRunsView(
    useShallow(({ words, tags, states, ofDocument, sort, group, closedGroups, columns, chosen, side }) => ({
      ...{ words, tags, states, ofDocument, sort, group, closedGroups, columns, chosen, side },
    })),
  );
  const shownRuns = useRunsOfDocument(view.ofDocument);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [edited, setEdited] = useState<{ readonly run: RunId; readonly what: EditedRemark } | null>(null);
  const table = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState<HTMLDivElement | null>(null);
  const isWide = useIsWide(pane);
  const compared = useChosenRuns();
  const figures = useFigures(compared).shown;

  const summaries = useMemo(() => rows.map(({ summary }) => summary), [rows]);
  useReadFacts(connection, summaries);

  const { words, tags, states, sort, group, closedGroups, columns: wanted } = view;
  const all = useMemo(() => columnsOf(rows), [rows]);
  const keys = useMemo(() => wanted ?? firstColumns(rows), [wanted, rows]);
  const columns = useMemo(() => keys.flatMap((key) => all.find((column) => column.key === key) ?? []), [keys, all]);
  const found = useMemo(() => {
    const narrowed = filterRows(rows, { words, tags, states }).filter(
      ({ summary }) => shownRuns === undefined || shownRuns.has(summary.id),
    );
    const column = all.find(({ key }) => key === sort.column) ?? all[0];
    return column === undefined ? narrowed : sortRows(narrowed, column, sort.descending);
  }, [rows, words, tags, states, shownRuns, all, sort]);
  const items = useMemo(() => groupRows(found, group, closedGroups), [found, group, closedGroups]);
  const knownTags = useMemo(
    () => [...new Set(rows.flatMap(({ facts }) => facts?.remarks.tags ?? []))].toSorted((a, b) => a.localeCompare(b)),
    [rows],
  );

  if (rows.length === 0) {
    return (
      <div className="flex flex-col items-start gap-3 p-4">
        <p className="max-w-prose text-sm text-ink-muted">
          Every run of this workspace is listed here, to be found again, compared with others and taken away. Train a
          network, and come back.
        </p>
        <Button
          size="sm"
          icon={<Trash2 size={13} aria-hidden />}
          onClick={() => setDialog({ kind: 'trash' })}
          data-testid="runs-trash"
        >
          Deleted runs…
        </Button>
        {dialog?.kind === 'trash' && <TrashDialog onClose={() => setDialog(null)} />}
      </div>
    );
  }

  const chosen = view.chosen.map(({ run }) => run);
  const exported = chosen.length > 0 ? chosen : found.map(({ summary }) => summary.id);

  /** All chosen runs, if this is one of them. */
  function remove(run: RunId): void {
    void deleteRuns(connection, chosen.includes(run) ? chosen : [run]);
  }

  // Fields open when the menu has given the focus back: before, they would lose it to the table, and close.
  function menuItems(run: RunId): readonly (MenuItem | 'separator')[] {
    const state = rows.find(({ summary }) => summary.id === run)?.summary.state;
    const several = chosen.includes(run) && chosen.length > 1;
    return [
      { label: 'Show its curves', icon: <ChartLine {...ICON} />, onSelect: () => showCurves(run) },
      {
        label: 'Open its network',
        icon: <FileInput {...ICON} />,
        testId: 'run-open',
        onSelect: () => void openDocumentOf(connection, run),
      },
      {
        label: 'Go on from it…',
        icon: <GitBranchPlus {...ICON} />,
        testId: 'run-go-on',
        onSelect: () => void goOnFrom(connection, run),
      },
      ...(state !== undefined && canBeResumed(state)
        ? [{ label: 'Resume', icon: <Play {...ICON} />, onSelect: () => void resumeRun(connection, run) }]
        : []),
      'separator',
      {
        label: 'Rename',
        icon: <TextCursorInput {...ICON} />,
        shortcut: 'F2',
        testId: 'run-rename',
        onSelect: () => void afterFrame().then(() => edit(run, 'title')),
      },
      {
        label: 'Edit its tags',
        icon: <Tag {...ICON} />,
        shortcut: 'T',
        testId: 'run-tags',
        onSelect: () => void afterFrame().then(() => edit(run, 'tags')),
      },
      {
        label: 'Edit its note',
        icon: <Pencil {...ICON} />,
        shortcut: 'N',
        testId: 'run-note',
        onSelect: () => void afterFrame().then(() => edit(run, 'note')),
      },
      {
        label: 'Copy its name',
        icon: <Copy {...ICON} />,
        onSelect: () => void navigator.clipboard.writeText(run).catch(() => undefined),
      },
      'separator',
      {
        label: several ? `Delete ${chosen.length} runs` : 'Delete',
        icon: <Trash2 {...ICON} />,
        shortcut: 'Delete',
        danger: true,
        disabled: state === undefined || isActive(state),
        testId: 'run-delete',
        onSelect: () => remove(run),
      },
    ];
  }

  function edit(run: RunId, what: EditedRemark): void {
    // A column that is not shown has no place to write in.
    if (what !== 'title' && !keys.includes(what)) runsView.setState({ columns: [what, ...keys] });
    setEdited({ run, what });
  }

  const exportItems: readonly (MenuItem | 'separator')[] = [
    {
      label: 'Curves as PNG',
      disabled: compared.length === 0,
      testId: 'export-png',
      onSelect: () => void downloadCurves('png', compared, figures),
    },
    {
      label: 'Curves as SVG',
      disabled: compared.length === 0,
      testId: 'export-svg',
      onSelect: () => void downloadCurves('svg', compared, figures),
    },
    'separator',
    { label: 'Metrics as CSV…', testId: 'export-csv', onSelect: () => setDialog({ kind: 'export', format: 'csv' }) },
    {
      label: 'Event files for TensorBoard…',
      testId: 'export-tensorboard',
      onSelect: () => setDialog({ kind: 'export', format: 'tensorboard' }),
    },
    'separator',
    { label: 'This table as CSV', testId: 'export-table', onSelect: () => downloadTable(found, columns) },
  ];

  const list = (
    <div ref={table} tabIndex={-1} className="h-full outline-none">
      <RunsTable
        items={items}
        columns={columns}
        knownTags={knownTags}
        onMenu={(run, at) => setMenu({ run, at })}
        onDelete={remove}
        edited={edited}
        onEdit={(next) => (next === null ? setEdited(null) : edit(next.run, next.what))}
      />
    </div>
  );

  return (
    <div ref={setPane} className="flex h-full min-h-0 flex-col" data-testid="runs-pane">
      <RunsToolbar
        isWide={isWide}
        shown={found.length}
        all={rows.length}
        knownTags={knownTags}
        onColumns={() => setDialog({ kind: 'columns' })}
        onTrash={() => setDialog({ kind: 'trash' })}
        exportItems={exportItems}
      />
      <div className="min-h-0 flex-1">
        {isWide ? (
          <Group orientation="horizontal" className="h-full">
            <Panel id="runs-half" minSize={280} defaultSize="53%">
              {list}
            </Panel>
            <Divider orientation="horizontal" />
            <Panel id="comparison-half" minSize={260}>
              <ComparePanel runs={compared} />
            </Panel>
          </Group>
        ) : view.side === 'table' ? (
          list
        ) : (
          <ComparePanel runs={compared} />
        )}
      </div>
      {menu !== null && (
        <PopupMenu
          at={menu.at}
          items={menuItems(menu.run)}
          onClose={() => setMenu(null)}
          returnFocus={table}
          testId="run-menu"
        />
      )}
      {dialog?.kind === 'columns' && <ColumnsDialog all={all} shown={keys} onClose={() => setDialog(null)} />}
      {dialog?.kind === 'trash' && <TrashDialog onClose={() => setDialog(null)} />}
      {dialog?.kind === 'export' && (
        <RunsExportDialog format={dialog.format} runs={exported} onClose={() => setDialog(null)} />
      )}
    </div>
  );
}

/** From so many pixels on there is room for the table and the comparison beside each other. */
const WIDE = 720;

function useIsWide(element: HTMLElement | null): boolean {
  const [isWide, setIsWide] = useState(true);
  useEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(() => setIsWide(element.clientWidth >= WIDE));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return isWide;
}

const ICON = { size: 14, 'aria-hidden': true } as const;

function showCurves(run: RunId): void {
  chooseRuns([run]);
  runsView.setState({ panel: 'curves', side: 'comparison' });
}

/** The runs of the shown document; nothing where all are asked for. */
function useRunsOfDocument(isWanted: boolean): ReadonlySet<RunId> | undefined {
  const path = useDocument((state) => state.file?.path ?? null);
  const name = useDocument((state) => state.document.name);
  const id = useDocument((state) => state.id);
  const summaries = useRuns((runs) => runs.summaries);
  const adopted = useRuns((runs) => runs.adopted);
  return useMemo(
    () => (isWanted ? new Set(runsOfDocument({ summaries, adopted }, path, name, id).map((run) => run.id)) : undefined),
    [isWanted, summaries, adopted, path, name, id],
  );
}
