import { useMemo, useState } from 'react';
import type { Metrics } from '../../contract/run.ts';
import { CurveChart } from './CurveChart.tsx';
import { curveColumns } from './curves.ts';

export interface CurvesProps {
  readonly runId: string;
  readonly metrics: readonly Metrics[];
}

/** Loss and accuracy of a run, with the controls of how they are drawn. */
export function Curves({ runId, metrics }: CurvesProps) {
  const [smoothing, setSmoothing] = useState(0.6);
  const [logarithmic, setLogarithmic] = useState(false);
  const loss = useMemo(
    () => curveColumns(metrics, 'loss', { smoothing, logarithmic }),
    [metrics, smoothing, logarithmic],
  );
  const accuracy = useMemo(
    () => curveColumns(metrics, 'accuracy', { smoothing, logarithmic: false }),
    [metrics, smoothing],
  );
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
      <CurveChart kind="loss" columns={loss} logarithmic={logarithmic} runId={runId} />
      <CurveChart kind="accuracy" columns={accuracy} logarithmic={false} runId={runId} />
    </div>
  );
}

function Key({ colour, children }: { readonly colour: string; readonly children: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className={`h-0.5 w-3 rounded-full ${colour}`} aria-hidden />
      {children}
    </span>
  );
}
