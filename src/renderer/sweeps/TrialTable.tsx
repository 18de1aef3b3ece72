import { ArrowDown, ArrowUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { RunId } from '../../contract/run.ts';
import type { SweepAttempt, SweepSummary } from '../../contract/sweeps.ts';
import type { ParameterValue } from '../../graph-engine/document/schema.ts';
import { nameOfAxis } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { formatDuration, formatFigure } from '../training/format.ts';
import { classNames } from '../ui/classNames.ts';
import { shortPath, shortValue } from './describeSweep.ts';

export interface TrialTableProps {
  readonly sweep: SweepSummary;
  /** The trials that are listed. */
  readonly attempts: readonly SweepAttempt[];
  readonly hovered: RunId | null;
  readonly onHover: (run: RunId | null) => void;
  readonly selected: RunId | null;
  readonly onSelect: (run: RunId) => void;
}

interface Column {
  readonly key: string;
  readonly title: string;
  readonly hint?: string;
  readonly value: (attempt: SweepAttempt) => ParameterValue | undefined;
  readonly words: (attempt: SweepAttempt) => string;
}

interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

/** Trials with their values and what came of them, in an order that a press on a heading chooses. */
export function TrialTable({ sweep, attempts, hovered, onHover, selected, onSelect }: TrialTableProps) {
  const columns = useMemo(() => columnsOf(sweep), [sweep]);
  const [sorting, setSorting] = useState<Sorting>({ key: 'goal', descending: sweep.plan.goal.better === 'higher' });
  const sorted = useMemo(() => sortedBy(attempts, columns, sorting), [attempts, columns, sorting]);
  return (
    <table className="w-full text-xs tabular-nums" data-testid="trial-table">
      <thead className="text-left text-ink-muted">
        <tr>
          {columns.map(({ key, title, hint }) => {
            const current = sorting.key === key;
            return (
              <th
                key={key}
                scope="col"
                title={hint}
                aria-sort={current ? (sorting.descending ? 'descending' : 'ascending') : undefined}
                className="py-0.5 pr-3 font-normal"
              >
                <button
                  type="button"
                  className="-mx-1 inline-flex h-6 items-center gap-0.5 rounded-sm px-1 hover:bg-hover"
                  onClick={() => setSorting({ key, descending: current && !sorting.descending })}
                  data-testid={`sort-${key}`}
                >
                  {title}
                  {current &&
                    (sorting.descending ? <ArrowDown size={11} aria-hidden /> : <ArrowUp size={11} aria-hidden />)}
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {sorted.map((attempt) => (
          <tr
            key={attempt.run}
            data-testid={`trial-${attempt.trial + 1}`}
            onPointerEnter={() => onHover(attempt.run)}
            onPointerLeave={() => onHover(null)}
            onClick={() => onSelect(attempt.run)}
            className={classNames(
              'border-t border-line',
              attempt.run === selected ? 'bg-accent-soft' : attempt.run === hovered && 'bg-hover',
            )}
          >
            {columns.map(({ key, words }, index) =>
              index === 0 ? (
                <th key={key} scope="row" className="text-left font-medium text-ink">
                  <button
                    type="button"
                    aria-pressed={attempt.run === selected}
                    aria-label={`Trial ${attempt.trial + 1}`}
                    className="h-6 min-w-8 px-1 text-left"
                    onFocus={() => onHover(attempt.run)}
                    onBlur={() => onHover(null)}
                    onClick={(event) => {
                      event.stopPropagation();
                      onSelect(attempt.run);
                    }}
                  >
                    {attempt.trial + 1}
                  </button>
                </th>
              ) : (
                <td
                  key={key}
                  className={classNames(
                    'max-w-64 truncate pr-3',
                    key === 'state' && attempt.outcome.status === 'failed' && 'text-danger',
                  )}
                  title={key === 'state' ? words(attempt) : undefined}
                >
                  {words(attempt)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function columnsOf({ plan, measure }: SweepSummary): readonly Column[] {
  return [
    { key: 'trial', title: 'Trial', value: ({ trial }) => trial, words: ({ trial }) => String(trial + 1) },
    ...plan.axes.map((axis, index): Column => {
      const [path = ''] = axis.paths;
      return {
        key: path,
        title: shortPath(path),
        hint: nameOfAxis(axis),
        value: ({ point }) => point[index],
        words: ({ point }) => shortValue(point[index] ?? ''),
      };
    }),
    {
      key: 'goal',
      title: measure.title,
      hint: 'Of the best epoch, on the validation part',
      value: ({ outcome }) => (outcome.status === 'done' ? outcome.value : undefined),
      words: ({ outcome }) => (outcome.status === 'done' ? formatFigure(measure, outcome.value) : '–'),
    },
    { key: 'epochs', title: 'Epochs', value: ({ epochs }) => epochs, words: ({ epochs }) => String(epochs) },
    {
      key: 'seconds',
      title: 'Time',
      value: ({ seconds }) => seconds,
      words: ({ seconds }) => (seconds === undefined ? '–' : formatDuration(seconds)),
    },
    { key: 'state', title: 'State', value: ({ outcome }) => outcome.status, words: describeOutcome },
  ];
}

function describeOutcome({ outcome }: SweepAttempt): string {
  switch (outcome.status) {
    case 'under-way':
      return 'Under way';
    case 'done':
      return 'Done';
    case 'failed':
      return `Failed: ${outcome.problem.message}`;
  }
}

/** Trials without a value come last, whichever way it goes. */
function sortedBy(
  attempts: readonly SweepAttempt[],
  columns: readonly Column[],
  { key, descending }: Sorting,
): readonly SweepAttempt[] {
  const column = columns.find((one) => one.key === key);
  if (column === undefined) return attempts;
  const sign = descending ? -1 : 1;
  return attempts.toSorted((a, b) => {
    const [one, other] = [column.value(a), column.value(b)];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined) || a.trial - b.trial;
    const order =
      typeof one === 'number' && typeof other === 'number'
        ? one - other
        : shortValue(one).localeCompare(shortValue(other), 'en');
    return sign * order || a.trial - b.trial;
  });
}
