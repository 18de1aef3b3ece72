import { ArrowDown, ArrowUp } from 'lucide-react';
import type { RunColumn } from '../../contract/runTable.ts';
import { classNames } from '../ui/classNames.ts';
import { descendsFirst } from './runColumns.ts';
import { sortBy, useRunsView } from './runsView.ts';

/** The head of a column, by which the table is sorted; the first one stays where it is. */
export function ColumnHeading({ column, isFirst = false }: { readonly column: RunColumn; readonly isFirst?: boolean }) {
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
