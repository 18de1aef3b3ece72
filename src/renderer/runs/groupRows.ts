import type { RunRow } from '../../contract/runTable.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';

/** What runs are put together by. */
export type GroupBy = 'nothing' | 'family' | 'network' | 'document' | 'data' | 'state' | 'sweep';

/** A line of the table: a heading, or a run; `depth` says how many runs above it are continued by it. */
export type TableItem =
  | { readonly kind: 'group'; readonly key: string; readonly title: string; readonly runs: readonly RunRow[] }
  | { readonly kind: 'run'; readonly row: RunRow; readonly depth: number };

/** Rows, sorted already, as lines under headings; those of closed groups are left out. */
export function groupRows(rows: readonly RunRow[], by: GroupBy, closed: ReadonlySet<string>): readonly TableItem[] {
  if (by === 'nothing') return rows.map((row) => ({ kind: 'run', row, depth: 0 }));
  const ancestry = by === 'family' ? ancestors(rows) : undefined;
  const groups = new Map<string, RunRow[]>();
  for (const row of rows) {
    const title = titleOf(row, by, ancestry);
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [row]);
    else group.push(row);
  }
  return [...groups].flatMap(([title, runs]): readonly TableItem[] => {
    const key = `${by}:${title}`;
    const depthOf = ({ summary }: RunRow): number => ancestry?.get(summary.id)?.length ?? 0;
    const lines = (by === 'family' ? inFamilyOrder(runs) : runs).map((row): TableItem => ({
      kind: 'run',
      row,
      depth: depthOf(row),
    }));
    // A run that nobody continued is no family.
    if (by === 'family' && runs.length === 1) return lines;
    return [{ kind: 'group', key, title, runs }, ...(closed.has(key) ? [] : lines)];
  });
}

function titleOf(
  { summary }: RunRow,
  by: Exclude<GroupBy, 'nothing'>,
  ancestry: ReadonlyMap<string, readonly string[]> | undefined,
): string {
  switch (by) {
    case 'family':
      return ancestry?.get(summary.id)?.[0] ?? summary.id;
    case 'network':
      return summary.name;
    case 'document':
      return summary.documentPath ?? 'in no file';
    case 'data':
      return summary.data;
    case 'state':
      return summary.state.status;
    case 'sweep':
      return summary.sweep?.sweep ?? 'in no sweep';
    default:
      return assertNever(by);
  }
}

/** Of each run those it goes back to, the first one in front; runs that are not in the table end the line. */
function ancestors(rows: readonly RunRow[]): ReadonlyMap<string, readonly string[]> {
  const byId = new Map(rows.map(({ summary }) => [summary.id, summary]));
  const lineOf = (id: string): readonly string[] => {
    const line: string[] = [];
    for (let parent = byId.get(id)?.parent?.run; parent !== undefined && byId.has(parent);) {
      if (line.includes(parent)) break;
      line.unshift(parent);
      parent = byId.get(parent)?.parent?.run;
    }
    return line;
  };
  return new Map([...byId.keys()].map((id) => [id, lineOf(id)]));
}

/** Every run right before those that continue it; brothers stay in the order they had. */
function inFamilyOrder(runs: readonly RunRow[]): readonly RunRow[] {
  const ids = new Set(runs.map(({ summary }) => summary.id));
  const childrenOf = (parent: string | undefined): readonly RunRow[] =>
    runs
      .filter(
        ({ summary: { parent: own } }) => (own === undefined || !ids.has(own.run) ? undefined : own.run) === parent,
      )
      .flatMap((row) => [row, ...childrenOf(row.summary.id)]);
  return childrenOf(undefined);
}
