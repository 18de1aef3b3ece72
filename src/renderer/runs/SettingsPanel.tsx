import { useMemo, useState } from 'react';
import { columnsOf, type RunColumn, type RunRow } from '../../contract/runTable.ts';
import { useNow } from '../training/useNow.ts';
import { classNames } from '../ui/classNames.ts';
import { cellText } from './runColumns.ts';
import { RunName } from './RunName.tsx';
import { RunSwatch } from './RunSwatch.tsx';
import type { ComparedRun } from './useChosenCurves.ts';

/** What of a run is no result and no setting, and still worth comparing. */
const ABOUT: ReadonlySet<string> = new Set(['state', 'name', 'parent', 'engine', 'device', 'tags', 'note']);

const GROUPS = [
  ['run', 'Run'],
  ['result', 'Results'],
  ['setting', 'Settings'],
] as const;

export interface SettingsPanelProps {
  readonly runs: readonly ComparedRun[];
  /** The same runs, with their facts. */
  readonly rows: readonly RunRow[];
}

/** What the chosen runs were trained with and came to, side by side: at first only what differs. */
export function SettingsPanel({ runs, rows }: SettingsPanelProps) {
  const [everything, setEverything] = useState(false);
  const now = useNow();
  const columns = useMemo(() => columnsOf(rows).filter(({ key, group }) => group !== 'run' || ABOUT.has(key)), [rows]);
  const isShown = (column: RunColumn): boolean => everything || new Set(rows.map(column.value)).size > 1;
  const hidden = columns.filter((column) => !isShown(column)).length;
  return (
    <div className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-3 text-xs text-ink-muted">
        <label className="flex h-6 items-center gap-1.5">
          <input
            type="checkbox"
            checked={!everything}
            onChange={(event) => setEverything(!event.target.checked)}
            className="size-3.5 accent-accent"
            data-testid="settings-only-differing"
          />
          Only what differs
        </label>
        {!everything && hidden > 0 && <span>{hidden} more are the same</span>}
      </div>
      <table className="w-max border-collapse text-xs" data-testid="settings-diff">
        <thead>
          <tr>
            <td />
            {runs.map(({ summary, name, mark }) => (
              <th key={summary.id} scope="col" className="max-w-52 px-2 pb-1 text-left font-medium text-ink">
                <span className="flex items-center gap-1.5" title={summary.id}>
                  <RunSwatch mark={mark} />
                  {name === summary.id ? <RunName id={name} /> : <span className="truncate">{name}</span>}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {GROUPS.map(([group, title]) => {
          const shown = columns.filter((column) => column.group === group && isShown(column));
          if (shown.length === 0) return null;
          return (
            <tbody key={group}>
              <tr>
                <th
                  scope="rowgroup"
                  colSpan={runs.length + 1}
                  className="pt-2 pb-0.5 text-left text-2xs font-medium text-ink-muted"
                >
                  {title}
                </th>
              </tr>
              {shown.map((column) => (
                <Row
                  key={column.key}
                  column={column}
                  rows={rows}
                  now={now}
                  differs={new Set(rows.map(column.value)).size > 1}
                />
              ))}
            </tbody>
          );
        })}
      </table>
      {!everything && columns.every((column) => !isShown(column)) && (
        <p className="text-xs text-ink-muted">Nothing differs.</p>
      )}
    </div>
  );
}

interface RowProps {
  readonly column: RunColumn;
  readonly rows: readonly RunRow[];
  readonly now: number;
  readonly differs: boolean;
}

function Row({ column, rows, now, differs }: RowProps) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap text-ink-muted">
        {column.title}
      </th>
      {rows.map((row) => {
        const text = cellText(column, row, now);
        return (
          <td
            key={row.summary.id}
            className={classNames(
              'max-w-52 truncate px-2 py-1 tabular-nums',
              differs ? 'font-medium text-ink' : 'text-ink-muted',
            )}
            title={text}
          >
            {text === '' ? '–' : text}
          </td>
        );
      })}
    </tr>
  );
}
