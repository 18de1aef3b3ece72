import { SingleBar } from 'cli-progress';
import { trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { EpochMetrics, MeasureDescription, Metrics, StepMetrics } from '../../contract/run.ts';

/** Shows how a training goes. */
export interface RunProgress {
  /** `measure` is the figure that says most. */
  metrics(metrics: readonly Metrics[], measure: MeasureDescription): void;
  notice(text: string): void;
  /** Leaves the terminal in order; may be called more than once. */
  stop(): void;
}

/** A bar on a terminal, plain lines elsewhere. */
export function showProgress(epochs: number, terminal: NodeJS.WriteStream = process.stderr): RunProgress {
  return terminal.isTTY ? progressBar(epochs, terminal) : plainLines(epochs);
}

/** One JSON object a line on stdout. */
export function jsonLines(): RunProgress {
  const line = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    metrics: (metrics) => metrics.forEach(line),
    notice: (text) => line({ kind: 'notice', text }),
    stop: () => undefined,
  };
}

function plainLines(epochs: number): RunProgress {
  let lastStep: StepMetrics | undefined;
  return {
    metrics(metrics, measure) {
      for (const entry of metrics) {
        if (entry.kind === 'step') lastStep = entry;
        else console.log(describeEpoch(entry, measure, epochs, lastStep));
      }
    },
    notice: (text) => console.log(text),
    stop: () => undefined,
  };
}

function progressBar(epochs: number, terminal: NodeJS.WriteStream): RunProgress {
  const bar = new SingleBar({
    stream: terminal,
    format: '{bar} epoch {shown}/{total} · loss {loss} · {figure} · {speed} samples/s · {left} left{measured}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    // The run's own signal handling puts the terminal right.
    gracefulExit: false,
    fps: 10,
  });
  let measured = '';
  let stopped = false;
  const empty = { shown: 0, loss: '-', figure: '-', speed: '-', left: '-', measured };
  bar.start(epochs, 0, empty);
  return {
    metrics(metrics, measure) {
      for (const entry of metrics) {
        if (entry.kind === 'epoch') {
          const figure = formatFigure(measure, validationFigure(entry, measure.key));
          measured = ` · validation ${format(entry.validationLoss)} / ${figure}`;
          continue;
        }
        bar.update(entry.epoch, {
          shown: Math.min(epochs, Math.floor(entry.epoch) + 1),
          loss: format(entry.loss),
          figure: `${nameOf(measure)} ${formatFigure(measure, trainingFigure(entry, measure.key))}`,
          speed: Math.round(entry.samplesPerSecond),
          left: duration(entry.remaining),
          measured,
        });
      }
      bar.updateETA();
    },
    notice: (text) => void terminal.write(`\r\u001b[K${text}\n`),
    stop() {
      if (!stopped) bar.stop();
      stopped = true;
    },
  };
}

/** One line about an epoch. */
export function describeEpoch(
  entry: EpochMetrics,
  measure: MeasureDescription,
  epochs: number,
  step?: StepMetrics,
): string {
  const speed = step === undefined ? '' : ` · ${Math.round(step.samplesPerSecond)} samples/s`;
  const left = step === undefined || entry.epoch === epochs ? '' : ` · ${duration(step.remaining)} left`;
  const [trained, validated] = [trainingFigure(entry, measure.key), validationFigure(entry, measure.key)];
  return (
    `epoch ${Number(entry.epoch.toFixed(2))}/${epochs} · loss ${format(entry.trainLoss)} · ${nameOf(measure)} ${formatFigure(measure, trained)}` +
    ` · validation ${format(entry.validationLoss)} / ${formatFigure(measure, validated)}` +
    `${entry.best ? ' · best so far' : ''}${speed}${left}`
  );
}

/** The name of a measure in the middle of a sentence: `accuracy`, but `R²` and `F1 score`. */
export function nameOf({ title }: MeasureDescription): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** A figure in the unit of its measure; a share as per cent with one decimal. */
export function formatFigure({ unit }: Pick<MeasureDescription, 'unit'>, value: number | undefined): string {
  if (value === undefined) return '-';
  return unit === 'share' ? `${(100 * value).toFixed(1)} %` : format(value);
}

function format(loss: number): string {
  return Number.isFinite(loss) && Math.abs(loss) < 1000 ? loss.toFixed(4) : loss.toPrecision(3);
}

/** Seconds as `m:ss` or `h:mm:ss`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (part: number): string => String(part).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
