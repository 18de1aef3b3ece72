import { ChartLine, ExternalLink, FilterX, Pause, Play, Square, WandSparkles } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { RunId } from '../../contract/run.ts';
import type { SweepAttempt, SweepSummary } from '../../contract/sweeps.ts';
import { latestOfTrials } from '../../graph-engine/training/sweep/rankTrials.ts';
import { halvingRungs } from '../../graph-engine/training/sweep/halvingRungs.ts';
import { trialCount } from '../../graph-engine/training/sweep/sweepPoints.ts';
import { useHost } from '../connection/host.ts';
import { useDocument } from '../store/documentStore.ts';
import { formatDuration, formatFigure } from '../training/format.ts';
import { useRuns } from '../training/runStore.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { describeSweep, isSweepGoingOn, secondsLeft, shortPath, shortValue } from './describeSweep.ts';
import { ParallelCoordinates } from './ParallelCoordinates.tsx';
import { coordinatesOf, isThrough, type Brushes } from './parallelModel.ts';
import { qualityGradient } from './qualityColour.ts';
import { applyTrial, compareTrials, pauseSweep, resumeSweep, showTrialRun, stopSweep } from './sweepActions.ts';
import { SweepMenu } from './SweepMenu.tsx';
import { TrialTable } from './TrialTable.tsx';

export interface SweepViewProps {
  readonly sweep: SweepSummary;
  /** Of the pane, in pixels: the axes are as long as it lets them. */
  readonly height: number;
  /** Which sweep is shown. */
  readonly choice: ReactNode;
}

/** Above and below the axes: where the sweep stands, names, and the legend. */
const AROUND = 150;
const SHORTEST = 104;
const LONGEST = 340;

/** A sweep: where it stands, its trials as lines and as a table, and what can be done with one of them. */
export function SweepView({ sweep, height, choice }: SweepViewProps) {
  const [hovered, setHovered] = useState<RunId | null>(null);
  const [selected, setSelected] = useState<RunId | null>(null);
  const [brushes, setBrushes] = useState<Brushes>({});
  const coordinates = useMemo(() => coordinatesOf(sweep), [sweep]);
  const keys = coordinates.axes.map(({ key }) => key);
  const [order, setOrder] = useState<readonly string[]>(keys);
  const through = new Set(
    coordinates.lines.filter((line) => isThrough(line, brushes)).map(({ attempt }) => attempt.run),
  );
  const shown = latestOfTrials(sweep.attempts).filter(({ run }) => through.has(run));
  const chosen = sweep.attempts.find(({ run }) => run === selected);
  const told = sweep.attempts.find(({ run }) => run === (hovered ?? selected));
  const common = { hovered, onHover: setHovered, selected, onSelect: setSelected };
  return (
    <div className="flex flex-col gap-3">
      <Standing sweep={sweep} choice={choice} />
      {sweep.attempts.length > 0 && (
        <>
          <ParallelCoordinates
            coordinates={coordinates}
            height={Math.min(LONGEST, Math.max(SHORTEST, height - AROUND))}
            order={order}
            onOrder={setOrder}
            brushes={brushes}
            onBrushes={setBrushes}
            {...common}
          />
          <div className="flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1 text-xs">
            <Legend sweep={sweep} />
            {Object.keys(brushes).length > 0 && (
              <Button
                size="sm"
                variant="ghost"
                icon={<FilterX size={12} aria-hidden />}
                onClick={() => setBrushes({})}
                data-testid="clear-brushes"
              >
                {through.size} of {coordinates.lines.length} shown
              </Button>
            )}
            <Button
              size="sm"
              variant="ghost"
              icon={<ChartLine size={12} aria-hidden />}
              onClick={() => compareTrials(sweep, shown)}
              data-testid="compare-trials"
            >
              Curves
            </Button>
            <span className="min-w-0 flex-1 truncate text-ink" data-testid="told-trial">
              {told === undefined ? '' : describeTrial(told, sweep)}
            </span>
          </div>
          {chosen !== undefined && <Chosen sweep={sweep} attempt={chosen} />}
          <TrialTable sweep={sweep} attempts={shown} {...common} />
        </>
      )}
    </div>
  );
}

/** State, progress and what the user can do about them. */
function Standing({ sweep, choice }: Pick<SweepViewProps, 'sweep' | 'choice'>) {
  const { connection } = useHost();
  const { label, tone, detail } = describeSweep(sweep);
  const { id, state, plan, attempts } = sweep;
  const epochs = useDocument(({ document }) => document.training.epochs);
  const all =
    plan.strategy.kind === 'halving'
      ? halvingRungs(plan.strategy).reduce((sum, { trials }) => sum + trials, 0)
      : trialCount(plan);
  const done = attempts.filter(({ outcome }) => outcome.status !== 'under-way').length;
  const left = isSweepGoingOn(state) ? secondsLeft(sweep, attempts[0]?.epochs ?? epochs) : undefined;
  const atWork = useAtWork(sweep);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2" data-testid="sweep-standing">
      {choice}
      <Badge tone={tone} data-testid="sweep-state">
        {label}
      </Badge>
      <span className="text-sm text-ink tabular-nums" data-testid="sweep-progress">
        {done} of {all} {plan.strategy.kind === 'halving' ? 'trainings' : 'trials'}
        {left !== undefined && <span className="text-ink-muted"> · about {formatDuration(left)} left</span>}
        {atWork !== undefined && <span className="text-ink-muted"> · {atWork}</span>}
      </span>
      <span
        role="progressbar"
        aria-label="Trials that are done"
        aria-valuemin={0}
        aria-valuemax={all}
        aria-valuenow={done}
        className="h-1 w-24 overflow-hidden rounded-xs bg-pressed"
      >
        <span className="block h-full bg-accent" style={{ width: `${(100 * done) / all}%` }} />
      </span>
      <span className="min-w-0 flex-1 truncate text-xs text-ink-muted" title={detail}>
        {detail}
      </span>
      <span className="flex gap-2">
        {state.status === 'running' && (
          <Button
            size="sm"
            icon={<Pause size={13} aria-hidden />}
            onClick={() => void pauseSweep(connection, id)}
            data-testid="sweep-pause"
          >
            Pause
          </Button>
        )}
        {isSweepGoingOn(state) && (
          <Button
            size="sm"
            variant="danger"
            icon={<Square size={12} aria-hidden />}
            onClick={() => void stopSweep(connection, id)}
            data-testid="sweep-stop"
          >
            Stop
          </Button>
        )}
        {!isSweepGoingOn(state) && state.status !== 'finished' && (
          <Button
            size="sm"
            variant="primary"
            icon={<Play size={13} fill="currentColor" aria-hidden />}
            onClick={() => void resumeSweep(connection, id)}
            data-testid="sweep-resume"
          >
            Resume
          </Button>
        )}
        <SweepMenu sweep={sweep} />
      </span>
    </div>
  );
}

/** Which trials are trained now, and how far they are. */
function useAtWork({ state, attempts }: SweepSummary): string | undefined {
  const underWay = isSweepGoingOn(state) ? attempts.filter(({ outcome }) => outcome.status === 'under-way') : [];
  // Text, so that the many steps of a run draw nothing anew.
  const words = useRuns(({ summaries }) =>
    underWay
      .map(
        ({ trial, run, epochs }) =>
          `trial ${trial + 1}: epoch ${Math.floor(summaries[run]?.lastEpoch?.epoch ?? 0)} of ${epochs}`,
      )
      .join(', '),
  );
  return words === '' ? undefined : words;
}

/** What the colours of lines mean. */
function Legend({ sweep: { attempts, measure } }: { readonly sweep: SweepSummary }) {
  const values = latestOfTrials(attempts).flatMap(({ outcome }) => (outcome.status === 'done' ? [outcome.value] : []));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return null;
  const [worst, best] = measure.better === 'higher' ? [low, high] : [high, low];
  return (
    <span className="flex items-center gap-1.5 text-ink-muted tabular-nums" data-testid="legend">
      {measure.title} {formatFigure(measure, worst)}
      <span aria-hidden className="h-2 w-24 rounded-xs" style={{ background: qualityGradient }} />
      {formatFigure(measure, best)} (best)
    </span>
  );
}

function Chosen({ sweep, attempt }: { readonly sweep: SweepSummary; readonly attempt: SweepAttempt }) {
  const { connection } = useHost();
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md bg-sunken px-3 py-2" data-testid="chosen-trial">
      <span className="min-w-0 flex-1 text-xs text-ink">{describeTrial(attempt, sweep)}</span>
      <Button
        size="sm"
        icon={<ExternalLink size={12} aria-hidden />}
        onClick={() => void showTrialRun(connection, attempt)}
        data-testid="show-trial-run"
      >
        Show its run
      </Button>
      <Button
        size="sm"
        variant="primary"
        icon={<WandSparkles size={12} aria-hidden />}
        onClick={() => applyTrial(sweep, attempt)}
        data-testid="apply-trial"
      >
        Apply to the drawing
      </Button>
    </div>
  );
}

function describeTrial({ trial, point, outcome, epochs }: SweepAttempt, { plan, measure }: SweepSummary): string {
  const values = plan.axes.map(({ paths: [path = ''] }, axis) => `${shortPath(path)} ${shortValue(point[axis] ?? '')}`);
  const end =
    outcome.status === 'done'
      ? `${measure.title.toLowerCase()} ${formatFigure(measure, outcome.value)} at epoch ${Number(outcome.epoch.toFixed(2))} of ${epochs}`
      : outcome.status === 'failed'
        ? `failed: ${outcome.problem.message}`
        : 'under way';
  return [`Trial ${trial + 1}`, ...values, end].join(' · ');
}
