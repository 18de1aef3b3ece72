import { useMemo, useState } from 'react';
import { measuresOf } from '../../contract/measures.ts';
import type { MeasureDescription, Metrics, RunSummary } from '../../contract/run.ts';
import { CurveChart } from './CurveChart.tsx';
import { curveColumns } from './curves.ts';

export interface CurvesProps {
  readonly run: RunSummary;
  readonly metrics: readonly Metrics[];
}

/** Loss and measures of a run, with the controls of how they are drawn. */
export function Curves({ run, metrics }: CurvesProps) {
  const [smoothing, setSmoothing] = useState(0.6);
  const [logarithmic, setLogarithmic] = useState(false);
  const loss = useMemo(
    () => curveColumns(metrics, 'loss', { smoothing, logarithmic }),
    [metrics, smoothing, logarithmic],
  );
  const [first, ...others] = measuresOf(run);
  const chartsOf = (measures: readonly MeasureDescription[]) =>
    measures.map((measure) => (
      <MeasureChart key={measure.key} measure={measure} metrics={metrics} smoothing={smoothing} runId={run.id} />
    ));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 text-2xs text-ink-muted">
        <span className="flex items-center gap-3">
          <Key colour="bg-curve-train">Train</Key>
          <Key colour="bg-curve-validation">Validation</Key>
        </span>
        <span className="flex items-center gap-3">
          <label className="flex items-center gap-1.5">
            Smooth
            <input
              type="range"
              min={0}
              max={0.98}
              step={0.02}
              value={smoothing}
              onChange={(event) => setSmoothing(Number(event.target.value))}
              className="h-4 w-16 accent-accent"
            />
          </label>
          <label className="flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={logarithmic}
              onChange={(event) => setLogarithmic(event.target.checked)}
              className="size-3.5 accent-accent"
            />
            Log
          </label>
        </span>
      </div>
      <CurveChart figure="loss" columns={loss} logarithmic={logarithmic} runId={run.id} />
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

interface MeasureChartProps {
  readonly measure: MeasureDescription;
  readonly metrics: readonly Metrics[];
  readonly smoothing: number;
  readonly runId: string;
}

function MeasureChart({ measure, metrics, smoothing, runId }: MeasureChartProps) {
  const columns = useMemo(
    () => curveColumns(metrics, measure, { smoothing, logarithmic: false }),
    [metrics, measure, smoothing],
  );
  return <CurveChart figure={measure} columns={columns} logarithmic={false} runId={runId} />;
}

function Key({ colour, children }: { readonly colour: string; readonly children: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className={`h-0.5 w-3 rounded-full ${colour}`} aria-hidden />
      {children}
    </span>
  );
}
