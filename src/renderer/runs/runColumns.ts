import { headlineOf } from '../../contract/measures.ts';
import type { RunColumn, RunRow } from '../../contract/runTable.ts';
import { describeRun } from '../training/describeRun.ts';
import { formatAge, formatBytes, formatDuration, formatLoss, formatPercent } from '../training/format.ts';

/** The columns that are shown before the user has chosen any: what all runs have, and what says most about these. */
export function firstColumns(rows: readonly RunRow[]): readonly string[] {
  const measures = new Set(rows.map(({ summary }) => headlineOf(summary).key));
  return [
    ...['state', 'tags', 'bestLoss'],
    ...[...measures].map((key) => `best ${key}`),
    ...['lastLoss', 'epochs', 'duration', 'name', 'data', 'setting learningRate', 'setting optimizer kind'],
    ...['started', 'bytes', 'device', 'parent', 'note'],
  ];
}

/** How wide a column is, in pixels. */
export function widthOf({ key, kind }: RunColumn): number {
  if (key === 'state') return 104;
  if (key === 'tags' || key === 'name' || key === 'device' || key === 'parent') return 168;
  if (key === 'note' || key === 'title') return 240;
  return kind === 'text' ? 128 : kind === 'number' || kind === 'share' ? 144 : 104;
}

/** Whether a number that is large comes first when one sorts by it: the latest, the longest, the most right. */
export function descendsFirst({ key, kind }: RunColumn): boolean {
  return kind === 'time' || kind === 'share' || (kind !== 'text' && !/loss/i.test(key));
}

/** What stands in a cell; empty where the run has nothing there. */
export function cellText(column: RunColumn, row: RunRow, now: number): string {
  if (column.key === 'state') return describeRun(row.summary.state).label;
  if (column.key === 'epochs')
    return `${Number((row.summary.lastEpoch?.epoch ?? 0).toFixed(2))} / ${row.summary.epochs}`;
  const value = column.value(row);
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  switch (column.kind) {
    case 'share':
      return formatPercent(value);
    case 'duration':
      return formatDuration(value);
    case 'time':
      return formatAge(value, now);
    case 'bytes':
      return formatBytes(value);
    case 'text':
      return String(value);
    case 'number':
      return Number.isInteger(value) ? String(value) : formatLoss(value);
  }
}
