import { ChartLine, X, ZoomOut } from 'lucide-react';
import { useStore } from 'zustand';
import { CurveAxisChoice, CurveSmoothing } from '../training/CurveControls.tsx';
import { bestFigure } from '../training/describeRun.ts';
import { Button } from '../ui/Button.tsx';
import { Menu } from '../ui/Menu.tsx';
import { OverlayChart } from './OverlayChart.tsx';
import type { OverlayFigure } from './overlay.ts';
import { RunName } from './RunName.tsx';
import { RunSwatch } from './RunSwatch.tsx';
import { runsView, toggleRun } from './runsView.ts';
import { useCurves, useFigures, type ComparedRun } from './useChosenCurves.ts';

/** Curves of the chosen runs over each other, with what they are and how they are drawn. */
export function CurvesPanel({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { all, shown } = useFigures(runs);
  return (
    <div className="flex flex-col gap-2 p-3">
      <Controls all={all} shown={shown} />
      <Legend runs={runs} />
      <div className="grid grid-cols-[repeat(auto-fill,minmax(15rem,1fr))] gap-x-4 gap-y-3">
        {shown.map((figure) => (
          <FigureOverlay key={figure.key} figure={figure} runs={runs} />
        ))}
      </div>
      {shown.length === 0 && <p className="text-xs text-ink-muted">Choose under Figures what to draw.</p>}
    </div>
  );
}

function FigureOverlay({ figure, runs }: { readonly figure: OverlayFigure; readonly runs: readonly ComparedRun[] }) {
  return <OverlayChart figure={figure} curves={useCurves(figure, runs)} />;
}

/** What each curve is: its line, its name, how good it became. */
function Legend({ runs }: { readonly runs: readonly ComparedRun[] }) {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1" aria-label="Curves" data-testid="overlay-legend">
      {runs.map(({ summary, name, mark, isUnreadable }) => (
        <li key={summary.id} className="flex min-w-0 items-center gap-1.5 text-xs">
          <RunSwatch mark={mark} width={30} />
          <span className="min-w-0 truncate text-ink" title={name === summary.id ? name : `${name} · ${summary.id}`}>
            {name === summary.id ? <RunName id={name} /> : name}
          </span>
          {isUnreadable ? (
            <span className="text-danger">cannot be read</span>
          ) : (
            <span className="text-ink-muted tabular-nums">{bestFigure(summary)}</span>
          )}
          <button
            type="button"
            aria-label={`Leave out ${name}`}
            onClick={() => toggleRun(summary.id)}
            className="flex size-6 items-center justify-center rounded-sm text-ink-muted hover:bg-hover hover:text-ink"
          >
            <X size={12} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Controls({
  all,
  shown,
}: {
  readonly all: readonly OverlayFigure[];
  readonly shown: readonly OverlayFigure[];
}) {
  const { axis, smoothing, logarithmic, zoom } = useStore(runsView);
  const keys = shown.map(({ key }) => key);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-2xs text-ink-muted">
      <Menu
        trigger={
          <Button size="sm" icon={<ChartLine size={13} aria-hidden />} data-testid="overlay-figures">
            Figures
          </Button>
        }
        items={all.map(({ key, title }) => ({
          label: title,
          checked: keys.includes(key),
          onSelect: () =>
            runsView.setState({ figures: keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key] }),
        }))}
      />
      <CurveAxisChoice
        axis={axis}
        testId="overlay-axis"
        onChange={(next) => runsView.setState({ axis: next, zoom: null })}
      />
      <CurveSmoothing
        smoothing={smoothing}
        testId="overlay-smoothing"
        onChange={(next) => runsView.setState({ smoothing: next })}
      />
      <label className="flex h-6 items-center gap-1.5">
        <input
          type="checkbox"
          checked={logarithmic}
          onChange={(event) => runsView.setState({ logarithmic: event.target.checked })}
          className="size-3.5 accent-accent"
          data-testid="overlay-log"
        />
        Log
      </label>
      <button
        type="button"
        disabled={zoom === null}
        onClick={() => runsView.setState({ zoom: null })}
        className="flex h-6 items-center gap-1 rounded-sm px-1 hover:bg-hover hover:text-ink disabled:opacity-40"
        data-testid="overlay-all"
      >
        <ZoomOut size={12} aria-hidden /> All
      </button>
    </div>
  );
}
