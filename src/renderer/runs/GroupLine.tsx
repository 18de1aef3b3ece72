import { ChevronDown, ChevronRight } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { TableItem } from './groupRows.ts';
import { toggleGroup, useRunsView } from './runsView.ts';

export interface GroupLineProps {
  readonly item: Extract<TableItem, { kind: 'group' }>;
  readonly itemKey: string;
  readonly index: number;
  readonly span: number;
  readonly isCurrent: boolean;
  readonly top: number;
  readonly onFocus: () => void;
  readonly onMove: (event: KeyboardEvent) => boolean;
}

/** The heading of a group of runs: a press, or the arrows to the sides, opens and closes it. */
export function GroupLine({ item, itemKey, index, span, isCurrent, top, onFocus, onMove }: GroupLineProps) {
  const isClosed = useRunsView((view) => view.closedGroups.has(item.key));
  const Chevron = isClosed ? ChevronRight : ChevronDown;
  return (
    <div
      role="row"
      aria-rowindex={index}
      style={{ top }}
      className="absolute inset-x-0 h-[30px] border-b border-line bg-sunken"
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
