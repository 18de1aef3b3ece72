import { Check, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import type { TrialFinding, TrialKind, TrialProgress } from '../../contract/trials.ts';
import { setTraining } from '../../graph-engine/document/commands/editDocument.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { useHost } from '../connection/host.ts';
import { dispatch } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { formatBytes, formatCount, formatDuration, formatLearningRate, formatLoss } from './format.ts';
import { LossPlot } from './LossPlot.tsx';
import { closeTrial, stopTrial, useTrial, type ShownTrial } from './trialStore.ts';

const WORDS: Readonly<Record<TrialKind, { readonly title: string; readonly description: string }>> = {
  'find-rate': {
    title: 'Find a learning rate',
    description: 'A hundred steps at growing rates (Smith 2017). The weights are thrown away.',
  },
  'overfit-batch': {
    title: 'Overfit one batch',
    description: 'A network that is wired and tuned well learns a single batch by heart.',
  },
  'fast-run': { title: 'Fast dev run', description: 'One batch goes through everything a run does. Nothing is kept.' },
  'find-batch-size': {
    title: 'Find a batch size',
    description: 'Sizes that double, until memory or samples would run out.',
  },
  'forecast-memory': { title: 'Memory', description: 'What a training will hold.' },
};

/** A trial while it goes on, and what came of it. */
export function TrialDialog() {
  const { connection } = useHost();
  const trial = useTrial();
  if (trial === null) return null;
  const over = trial.result !== undefined || trial.problem !== undefined;
  const offer = offerOf(trial);
  const use = (changes: Partial<TrainingSettings>): void => {
    dispatch(setTraining, { changes });
    closeTrial(connection);
  };
  return (
    <Dialog
      open
      onClose={() => closeTrial(connection)}
      title={WORDS[trial.kind].title}
      description={WORDS[trial.kind].description}
      data-testid="trial-dialog"
      footer={
        over ? (
          <>
            <Button onClick={() => closeTrial(connection)}>Close</Button>
            {offer !== undefined && (
              <Button variant="primary" onClick={() => use(offer.changes)} data-testid="use-trial">
                {offer.label}
              </Button>
            )}
          </>
        ) : (
          <>
            <Button onClick={() => closeTrial(connection)}>Cancel</Button>
            <Button disabled={trial.stopping === true} onClick={() => stopTrial(connection)} data-testid="stop-trial">
              Enough
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        <TrialBody trial={trial} />
        {!over && (
          <p className="flex items-center gap-2 text-sm text-ink-muted" role="status">
            <LoaderCircle size={14} className="animate-spin" aria-hidden /> {countOf(trial.progress)}
          </p>
        )}
        {trial.problem !== undefined && (
          <p role="alert" className="text-sm text-danger" data-testid="trial-problem">
            {trial.problem.message} {trial.problem.remedy}
          </p>
        )}
        {trial.result !== undefined && 'message' in trial.result && (
          <p className="text-sm" role="status" data-testid="trial-message">
            {trial.result.message}
          </p>
        )}
        {trial.result?.kind === 'overfit-batch' && <Findings findings={trial.result.findings} />}
      </div>
    </Dialog>
  );
}

/** What a result offers to be taken over into the settings. */
function offerOf({
  result,
}: ShownTrial): { readonly label: string; readonly changes: Partial<TrainingSettings> } | undefined {
  if (result?.kind === 'find-rate' && result.suggestion !== null) {
    return {
      label: `Use ${formatLearningRate(result.suggestion)}`,
      changes: { learningRate: result.suggestion },
    };
  }
  if (result?.kind === 'find-batch-size') {
    return { label: `Use ${result.suggestion}`, changes: { batchSize: result.suggestion } };
  }
  return undefined;
}

function countOf(progress: readonly TrialProgress[]): string {
  const last = progress.at(-1);
  if (last === undefined) return 'Preparing the data and compiling…';
  if (last.kind !== 'find-rate' && last.kind !== 'overfit-batch') return 'Working…';
  const done = progress.reduce((sum, one) => sum + ('points' in one ? one.points.length : 0), 0);
  return `Step ${done} of at most ${last.steps}`;
}

function TrialBody({ trial: { kind, progress, result } }: { readonly trial: ShownTrial }): ReactNode {
  switch (kind) {
    case 'find-rate': {
      const points = progress.flatMap((one) => (one.kind === 'find-rate' ? one.points : []));
      const ends = [points[0], points.at(-1)].map((point) =>
        point === undefined ? '' : formatLearningRate(point.rate),
      );
      return (
        <LossPlot
          points={points.map(({ rate, smoothed }) => ({ x: rate, y: smoothed }))}
          behind={points.map(({ rate, loss }) => ({ x: rate, y: loss }))}
          logarithmic
          mark={result?.kind === 'find-rate' ? result.suggestion : null}
          label="Loss by learning rate"
          ends={[`rate ${ends[0] ?? ''}`, ends[1] ?? '']}
        />
      );
    }
    case 'overfit-batch': {
      const points = progress.flatMap((one) => (one.kind === 'overfit-batch' ? one.points : []));
      const last = points.at(-1);
      return (
        <LossPlot
          points={points.map(({ step, loss }) => ({ x: step, y: loss }))}
          label="Loss by step"
          ends={['step 1', last === undefined ? '' : `step ${last.step + 1}, loss ${formatLoss(last.loss)}`]}
        />
      );
    }
    case 'fast-run': {
      const stages = progress.flatMap((one) => (one.kind === 'fast-run' ? one.stages : []));
      return (
        <ul className="flex flex-col gap-1.5">
          {stages.map(({ name, detail, seconds }) => (
            <li key={name} className="flex items-baseline gap-2 text-sm">
              <Check size={14} className="shrink-0 self-center text-success" aria-label="Done" role="img" />
              <span className="font-medium">{name}</span>
              <span className="min-w-0 flex-1 text-ink-muted">{detail}</span>
              <span className="text-xs text-ink-muted tabular-nums">{formatDuration(seconds)}</span>
            </li>
          ))}
        </ul>
      );
    }
    case 'find-batch-size': {
      const tried = progress.flatMap((one) => (one.kind === 'find-batch-size' ? one.tried : []));
      return (
        <table className="w-full text-sm tabular-nums">
          <thead>
            <tr className="text-left text-xs text-ink-muted">
              <th className="font-medium">Batch</th>
              <th className="text-right font-medium">Samples a second</th>
              <th className="text-right font-medium">Memory at most</th>
            </tr>
          </thead>
          <tbody>
            {tried.map(({ batchSize, samplesPerSecond, bytes }) => (
              <tr
                key={batchSize}
                className={result?.kind === 'find-batch-size' && result.suggestion === batchSize ? 'font-semibold' : ''}
              >
                <td>{batchSize}</td>
                <td className="text-right">{formatCount(samplesPerSecond)}</td>
                <td className="text-right">{formatBytes(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
    case 'forecast-memory':
      return null;
  }
}

function Findings({ findings }: { readonly findings: readonly TrialFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="flex flex-col gap-2" data-testid="trial-findings">
      {findings.map(({ message, remedy }) => (
        <li key={message} className="rounded-md border border-line bg-sunken px-3 py-2 text-sm">
          {message}
          {remedy !== undefined && <span className="block text-xs text-ink-muted">{remedy}</span>}
        </li>
      ))}
    </ul>
  );
}
