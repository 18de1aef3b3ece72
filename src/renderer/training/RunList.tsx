import type { RunId, RunSummary } from '../../contract/run.ts';
import { RunName } from '../runs/RunName.tsx';
import { Badge } from '../ui/Badge.tsx';
import { classNames } from '../ui/classNames.ts';
import { bestFigure, describeRun } from './describeRun.ts';
import { formatAge } from './format.ts';

export interface RunListProps {
  readonly runs: readonly RunSummary[];
  readonly shown: RunId | null;
  /** Milliseconds since 1970, for ages. */
  readonly now: number;
  /** What the user calls some of them. */
  readonly titles: Readonly<Record<RunId, string | undefined>>;
  readonly onShow: (run: RunId) => void;
}

/** Past and present runs; a press shows a run's curves. */
export function RunList({ runs, shown, now, titles, onShow }: RunListProps) {
  if (runs.length === 0)
    return (
      <p className="text-xs text-ink-muted">
        No runs of this document yet. Each run is kept here with its drawing, its curves and its best weights.
      </p>
    );
  return (
    <ul className="flex flex-col" data-testid="run-list">
      {runs.map((run) => {
        const words = describeRun(run.state);
        return (
          <li key={run.id}>
            <button
              type="button"
              aria-current={run.id === shown}
              onClick={() => onShow(run.id)}
              className={classNames(
                'flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover',
                run.id === shown && 'bg-accent-soft hover:bg-accent-soft',
              )}
            >
              <span className="min-w-0 flex-1">
                <span className="block truncate text-xs text-ink" title={run.id}>
                  {titles[run.id] ?? <RunName id={run.id} />}
                </span>
                <span className="block truncate text-2xs text-ink-muted">
                  {run.data} · {run.epochs} {run.epochs === 1 ? 'epoch' : 'epochs'} · {formatAge(run.started, now)}
                  {run.parent !== undefined && ` · continues ${run.parent.run}`}
                </span>
              </span>
              <span className="text-xs text-ink tabular-nums">{bestFigure(run)}</span>
              <Badge tone={words.tone}>
                {run.queuePlace === undefined ? words.label : `${words.label} · ${run.queuePlace + 1}`}
              </Badge>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
