import './curves.css';
import { ZoomOut } from 'lucide-react';
import { measuresOf } from '../../contract/measures.ts';
import type { MeasureDescription, Metrics, RunSummary } from '../../contract/run.ts';
import { classNames } from '../ui/classNames.ts';
import { CurveChart } from './CurveChart.tsx';
import { CurveAxisChoice, CurveSmoothing } from './CurveControls.tsx';
import { curveView, setCurveAxis, useCurveView, zoomCurves } from './curveView.ts';

export interface CurvesProps {
  readonly run: RunSummary;
  readonly metrics: readonly Metrics[];
}

/** Loss and measures of a run, with the controls of how they are drawn. */
export function Curves({ run, metrics }: CurvesProps) {
  const [first, ...others] = measuresOf(run);
  const chartsOf = (measures: readonly MeasureDescription[]) =>
    measures.map((measure) => <CurveChart key={measure.key} figure={measure} metrics={metrics} run={run.id} />);
  return (
    <div className="flex flex-col gap-3">
      <Controls run={run.id} />
      <CurveChart figure="loss" metrics={metrics} run={run.id} />
      {chartsOf(first === undefined ? [] : [first])}
      {others.length > 0 && (
        <details className="flex flex-col">
          <summary className="cursor-pointer rounded-sm text-2xs text-ink-muted hover:text-ink">
            {others.length === 1 ? 'One more measure' : `${others.length} more measures`}
          </summary>
          <div className="flex flex-col gap-3 pt-3">{chartsOf(others)}</div>
        </details>
      )}
    </div>
  );
}

function Controls({ run }: { readonly run: RunSummary['id'] }) {
  const { axis, smoothing, logarithmic, train, validation } = useCurveView((view) => view);
  const zoomed = useCurveView((view) => view.zoom?.run === run);
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5 text-2xs text-ink-muted">
      <span className="flex items-center gap-1">
        <Toggle on={train} colour="bg-curve-train" onChange={() => curveView.setState({ train: !train })}>
          Train
        </Toggle>
        <Toggle
          on={validation}
          colour="bg-curve-validation"
          onChange={() => curveView.setState({ validation: !validation })}
        >
          Validation
        </Toggle>
      </span>
      <CurveAxisChoice axis={axis} testId="curve-axis" onChange={setCurveAxis} />
      <CurveSmoothing
        smoothing={smoothing}
        testId="curve-smoothing"
        onChange={(next) => curveView.setState({ smoothing: next })}
      />
      <span className="flex items-center gap-2">
        <label className="flex items-center gap-1.5">
          <input
            type="checkbox"
            checked={logarithmic}
            onChange={(event) => curveView.setState({ logarithmic: event.target.checked })}
            className="size-3.5 accent-accent"
          />
          Log
        </label>
        <button
          type="button"
          disabled={!zoomed}
          data-testid="curve-all"
          onClick={() => zoomCurves(run, null)}
          className="flex h-5 items-center gap-1 rounded-sm px-1 hover:bg-hover hover:text-ink disabled:opacity-40"
        >
          <ZoomOut size={12} aria-hidden /> All
        </button>
      </span>
    </div>
  );
}

interface ToggleProps {
  readonly on: boolean;
  readonly colour: string;
  readonly onChange: () => void;
  readonly children: string;
}

/** An entry of the legend that takes its curve away and brings it back. */
function Toggle({ on, colour, onChange, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onChange}
      data-testid={`curve-toggle-${children.toLowerCase()}`}
      className={classNames(
        'flex h-5 items-center gap-1.5 rounded-sm px-1 hover:bg-hover hover:text-ink',
        !on && 'line-through opacity-60',
      )}
    >
      <span className={`h-0.5 w-3 rounded-full ${colour}`} aria-hidden />
      {children}
    </button>
  );
}
