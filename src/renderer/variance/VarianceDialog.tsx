import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { CallOutput, HostProblem } from '../../contract/contract.ts';
import { placeOfPath } from '../../graph-engine/lower/instancePath.ts';
import { compareVariance, type ComparedPoint } from '../../graph-engine/variance/compareVariance.ts';
import { describeVariance } from '../../graph-engine/variance/describeVariance.ts';
import { useHost } from '../connection/host.ts';
import { formatValue } from '../samples/describeValue.ts';
import { documentStore, useDocument } from '../store/documentStore.ts';
import { reveal, select, setScope } from '../store/uiStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { VarianceChart } from './VarianceChart.tsx';
import { setVarianceOpen, varianceStore } from './varianceStore.ts';

/** How signals and gradients of the network spread with depth before it is trained: foretold, and measured on a batch. */
export function VarianceDialog() {
  const open = useStore(varianceStore, (state) => state.open);
  return open ? <Forecast /> : null;
}

function goTo(path: string): void {
  const place = placeOfPath(documentStore.getState().document, path);
  if (place === undefined) return;
  setVarianceOpen(false);
  setScope(place.steps);
  select([place.node]);
  reveal([place.node]);
}

type Measured = CallOutput<'variance/measure'>;

function Forecast() {
  const { connection } = useHost();
  const document = useDocument((state) => state.document);
  const error = useDocument((state) => state.inferred.diagnostics.find(({ severity }) => severity === 'error'));
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const [pointed, setPointed] = useState(0);
  const broken = error !== undefined;

  useEffect(() => {
    if (broken) return undefined;
    let wanted = true;
    void connection.call('variance/measure', { document }).then((answer) => {
      if (!wanted) return;
      if (answer.ok) setMeasured(answer.value);
      else setProblem(answer.problem);
    });
    return () => {
      wanted = false;
    };
  }, [connection, document, broken]);

  const points = useMemo(() => (broken ? [] : compareVariance(document, measured)), [document, measured, broken]);
  const findings = useMemo(() => describeVariance(points), [points]);
  const point = points[Math.min(pointed, points.length - 1)];
  return (
    <Dialog
      open
      width="lg"
      title="How signals spread with depth"
      description="Variance of values, and mean square of gradients, with new weights. Press a point to go to its node."
      onClose={() => setVarianceOpen(false)}
      data-testid="variance-dialog"
    >
      {error !== undefined ? (
        <p className="text-sm text-warning">The network has errors, so nothing can be foretold. {error.message}</p>
      ) : (
        <div className="flex flex-col gap-3">
          <Legend />
          <VarianceChart points={points} onPoint={setPointed} onChoose={(index) => goTo(points[index]?.path ?? '')} />
          {point !== undefined && (
            <div className="flex items-center gap-3 text-xs">
              <input
                type="range"
                min={0}
                max={points.length - 1}
                value={pointed}
                aria-label="Node"
                aria-valuetext={describePoint(point)}
                className="w-40 accent-accent"
                onChange={(event) => setPointed(Number(event.target.value))}
              />
              <span className="min-w-0 flex-1 tabular-nums" data-testid="variance-point">
                {describePoint(point)}
              </span>
              <Button className="h-7" onClick={() => goTo(point.path)} data-testid="variance-go">
                Go to node
              </Button>
            </div>
          )}
          <ul className="flex flex-col gap-2 text-sm" data-testid="variance-findings">
            {findings.map(({ text, tone, path }) => (
              <li key={text} className="flex items-start gap-2">
                {tone === 'good' ? (
                  <CircleCheck size={15} className="mt-0.5 shrink-0 text-success" aria-label="Good" role="img" />
                ) : (
                  <TriangleAlert size={15} className="mt-0.5 shrink-0 text-warning" aria-label="Warning" role="img" />
                )}
                <span className="flex-1">{text}</span>
                {path !== null && (
                  <Button className="h-6 px-2 text-xs" onClick={() => goTo(path)}>
                    Go
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <p className="text-xs text-ink-muted" role="status" data-testid="variance-status">
            {problem !== null
              ? `Not measured: ${problem.message}`
              : measured === null
                ? 'Measuring one batch…'
                : `Measured on a batch of ${measured.batch}.`}
          </p>
          <p className="text-2xs text-ink-muted">
            He et al. 2015, arXiv 1502.01852; Zhang et al. 2019, arXiv 1901.09321; De and Smith 2020, arXiv 2002.10444;
            Yang et al. 2019, arXiv 1902.08129
          </p>
        </div>
      )}
    </Dialog>
  );
}

function describePoint({ path, depth, variance, gradient, measured }: ComparedPoint): string {
  const told = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'not known' : formatValue(value);
  return `${path}, layer ${depth}: variance ${told(variance)} foretold, ${told(measured?.variance)} measured; gradient² ${told(gradient)} foretold, ${told(measured?.gradient)} measured`;
}

function Legend() {
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-2xs text-ink-muted">
      <span className="flex items-center gap-1.5">
        <span className="w-5 border-t-2 border-curve-validation" aria-hidden /> signal, measured
      </span>
      <span className="flex items-center gap-1.5">
        <span className="w-5 border-t-2 border-dashed border-curve-validation" aria-hidden /> signal, foretold
      </span>
      <span className="flex items-center gap-1.5">
        <span className="w-5 border-t-2 border-family-activation" aria-hidden /> gradient, measured (right axis)
      </span>
      <span className="flex items-center gap-1.5">
        <span className="w-5 border-t-2 border-dashed border-family-activation" aria-hidden /> gradient, foretold
      </span>
    </p>
  );
}
