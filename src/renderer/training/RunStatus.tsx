import { CircleAlert, Info } from 'lucide-react';
import { headlineOf, validationFigure } from '../../contract/measures.ts';
import type { RunEngine, RunSummary, StepMetrics } from '../../contract/run.ts';
import { Badge } from '../ui/Badge.tsx';
import { DivergenceRepair } from './DivergenceRepair.tsx';
import { describeRun } from './describeRun.ts';
import { formatBytes, formatCount, formatDuration, formatFigure, formatLearningRate, formatLoss } from './format.ts';
import { isActive } from './runs.ts';

export interface RunStatusProps {
  readonly run: RunSummary;
  readonly step: StepMetrics | undefined;
  readonly notices: readonly string[];
}

/** Where a run stands: state in words, progress, the numbers that matter, what to know about it. */
export function RunStatus({ run, step, notices }: RunStatusProps) {
  const words = describeRun(run.state);
  const active = isActive(run.state);
  const measure = headlineOf(run);
  const last = run.lastEpoch && validationFigure(run.lastEpoch, measure.key);
  const best = run.best && validationFigure(run.best, measure.key);
  const done =
    run.state.status === 'finished' ? 1 : Math.min(1, (step?.epoch ?? run.lastEpoch?.epoch ?? 0) / run.epochs);
  const loss = step?.loss ?? run.lastEpoch?.trainLoss;
  // A stop between two reports is told with the epoch that it ends.
  const taken = Math.max(step?.step ?? 0, run.lastEpoch?.step ?? 0);
  const elapsed = step?.elapsed ?? run.lastEpoch?.elapsed;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-sm font-medium text-ink">{run.name}</span>
        <Badge tone={words.tone} data-testid="run-state">
          {words.label}
        </Badge>
      </div>
      <div
        role="progressbar"
        aria-label="Training progress"
        aria-valuenow={Math.round(done * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1 overflow-hidden rounded-full bg-pressed"
      >
        <div className="h-full rounded-full bg-accent" style={{ width: `${done * 100}%` }} />
      </div>
      {words.detail !== undefined && (
        <p
          role={words.tone === 'danger' || words.tone === 'warning' ? 'alert' : undefined}
          className={
            words.tone === 'danger'
              ? 'flex gap-2 rounded-md bg-danger-soft p-2.5 text-xs text-danger'
              : words.tone === 'warning'
                ? 'flex gap-2 rounded-md bg-warning-soft p-2.5 text-xs text-warning'
                : 'text-xs text-ink-muted'
          }
        >
          {(words.tone === 'danger' || words.tone === 'warning') && (
            <CircleAlert size={14} className="mt-px shrink-0" aria-hidden />
          )}
          <span>
            {words.detail}
            {words.remedy !== undefined && <span className="mt-1 block font-medium">{words.remedy}</span>}
          </span>
        </p>
      )}
      {run.state.status === 'failed' && run.state.problem.divergence !== undefined && (
        <DivergenceRepair run={run.id} divergence={run.state.problem.divergence} />
      )}
      <div className="grid grid-cols-2 gap-2">
        <Figure
          label={`Validation ${inSentence(measure.title)}`}
          value={last === undefined ? '–' : formatFigure(measure, last)}
          note={best === undefined ? undefined : `best ${formatFigure(measure, best)}`}
          raw={last}
          testId={`metric-validation-${measure.key}`}
        />
        <Figure
          label="Training loss"
          value={loss === undefined ? '–' : formatLoss(loss)}
          note={run.lastEpoch === undefined ? undefined : `validation ${formatLoss(run.lastEpoch.validationLoss)}`}
          raw={loss}
          testId="metric-loss"
        />
      </div>
      <dl className="grid grid-cols-3 gap-x-3 gap-y-2">
        <Fact
          name="Epoch"
          value={`${Math.min(run.epochs, Math.floor(step?.epoch ?? run.lastEpoch?.epoch ?? 0))} / ${run.epochs}`}
        />
        <Fact name="Step" value={formatCount(taken)} raw={taken} testId="metric-step" />
        <Fact name="Samples/s" value={step === undefined ? '–' : formatCount(step.samplesPerSecond)} />
        <Fact name="Elapsed" value={elapsed === undefined ? '–' : formatDuration(elapsed)} />
        <Fact name="Time left" value={active && step !== undefined ? formatDuration(step.remaining) : '–'} />
        <Fact name="Learning rate" value={step === undefined ? '–' : formatLearningRate(step.learningRate)} />
        <Fact name="Memory" value={step?.memory === undefined ? '–' : formatBytes(step.memory)} />
        {step?.deviceMemory !== undefined && <Fact name="GPU memory" value={formatBytes(step.deviceMemory)} />}
        {run.engine !== undefined && (
          <div className="col-span-3">
            <Fact name="Engine" value={engineInWords(run.engine)} />
          </div>
        )}
      </dl>
      {notices.map((notice) => (
        <p key={notice} className="flex gap-2 rounded-md bg-sunken p-2.5 text-xs text-ink-muted">
          <Info size={14} className="mt-px shrink-0" aria-hidden />
          {notice}
        </p>
      ))}
    </div>
  );
}

/** `TensorFlow 2.21.0`, with the device where that is not the processor. */
function engineInWords({ name, device }: RunEngine): string {
  return device === undefined || device.kind === 'processor' ? name : `${name} on ${device.name}`;
}

/** `accuracy`, but `R²` and `F1 score`. */
function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note: string | undefined;
  readonly raw: number | undefined;
  readonly testId: string;
}

function Figure({ label, value, note, raw, testId }: FigureProps) {
  return (
    <div className="rounded-lg border border-line bg-sunken px-3 py-2">
      <div className="text-2xs text-ink-muted">{label}</div>
      <div className="text-xl font-semibold tracking-tight text-ink tabular-nums" data-testid={testId} data-value={raw}>
        {value}
      </div>
      <div className="h-4 truncate text-2xs text-ink-muted tabular-nums">{note}</div>
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly raw?: number;
  readonly testId?: string;
}

function Fact({ name, value, raw, testId }: FactProps) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-2xs text-ink-muted">{name}</dt>
      <dd className="truncate text-sm text-ink tabular-nums" data-testid={testId} data-value={raw}>
        {value}
      </dd>
    </div>
  );
}
