import { useMemo } from 'react';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { formatLearningRate } from './format.ts';
import { scheduleCurve, worstScheduleCurve } from './scheduleCurve.ts';

export interface ScheduleDrawingProps {
  readonly settings: TrainingSettings;
  /** Examples in the data set. */
  readonly samples: number;
}

const POINTS = 120;
const WIDTH = 240;
const HEIGHT = 36;

/** The learning rate over the whole run, drawn before it starts. */
export function ScheduleDrawing({ settings, samples }: ScheduleDrawingProps) {
  const rates = useMemo(() => scheduleCurve(settings, samples, POINTS), [settings, samples]);
  const worst = useMemo(() => worstScheduleCurve(settings, samples, POINTS), [settings, samples]);
  const { schedule } = settings;
  const highest = Math.max(...rates);
  const line = (curve: readonly number[]): string =>
    curve
      .map((rate, index) => {
        const x = (index / (POINTS - 1)) * WIDTH;
        const y = HEIGHT - 2 - (rate / highest) * (HEIGHT - 4);
        return `${x.toFixed(1)},${y.toFixed(1)}`;
      })
      .join(' ');
  const last = rates.at(-1) ?? 0;
  return (
    <figure className="rounded-md border border-line bg-sunken px-2.5 py-2">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-9 w-full text-accent"
        role="img"
        aria-label={
          worst === undefined
            ? `Learning rate from ${formatLearningRate(rates[0] ?? 0)} to ${formatLearningRate(last)}`
            : `Learning rate of ${formatLearningRate(last)} while the validation gets better, down to ${formatLearningRate(worst.at(-1) ?? 0)} if it never does`
        }
      >
        {worst !== undefined && (
          <polyline
            points={line(worst)}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.5}
            strokeDasharray="3 3"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <polyline
          points={line(rates)}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.5}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      {schedule.kind === 'plateau' && (
        <p className="mt-1 text-2xs text-ink-muted">
          While the validation gets better the rate stays. Dashed: if it never does, the rate is multiplied by{' '}
          {schedule.factor} after every {schedule.patience + 1} {schedule.patience === 0 ? 'epoch' : 'epochs'} without a
          better result.
        </p>
      )}
      <figcaption className="mt-1 flex justify-between text-2xs text-ink-muted tabular-nums">
        <span>{formatLearningRate(rates[0] ?? 0)}</span>
        <span>learning rate over the run</span>
        <span>
          {formatLearningRate(last)}
          {worst !== undefined && ` or ${formatLearningRate(worst.at(-1) ?? 0)}`}
        </span>
      </figcaption>
    </figure>
  );
}
