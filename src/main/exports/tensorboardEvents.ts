import { measuresOf, trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { Metrics, RunRecord, RunSummary } from '../../contract/run.ts';
import type { HistogramSeries, StatisticSeries } from '../../contract/statistics.ts';
import { flattenSettings } from '../../graph-engine/diff/compareSettings.ts';
import type { HistogramKind } from '../../graph-engine/statistics/columns.ts';
import type { SummaryEvent, SummaryValue } from '../../graph-engine/targets/tensorboard/eventFile.ts';
import {
  sessionEnd,
  sessionStart,
  type Hyperparameter,
  type SessionStatus,
} from '../../graph-engine/targets/tensorboard/hyperparameters.ts';

/** What TensorBoard is told of one run; the parts lie in folders of these names, `''` is the run's own. */
export const eventParts = { settings: '', train: 'train', validation: 'validation' } as const;

/** Seconds since 1970 when a step was taken. Steps must be asked for in rising order. */
export function wallClock({ summary, metrics }: Pick<RunRecord, 'summary' | 'metrics'>): (step: number) => number {
  const { started, parent } = summary;
  // A run that continues another one counts its seconds on.
  const before = parent === undefined ? 0 : (metrics.findLast(({ step }) => step <= parent.step)?.elapsed ?? 0);
  let at = 0;
  return (step) => {
    while (at < metrics.length - 1 && (metrics[at]?.step ?? 0) < step) at++;
    return started / 1000 + (metrics[at]?.elapsed ?? before) - before;
  };
}

/** The settings of a run and how it ended, for TensorBoard's HParams page. */
export function settingEvents({ summary, document, metrics }: RunRecord): SummaryEvent[] {
  const started = summary.started / 1000;
  const last = metrics.at(-1);
  const ended = wallClock({ summary, metrics })(last?.step ?? 0);
  const settings = Object.fromEntries(
    [...flattenSettings(document.training)].map(([name, value]) => [name, typed(value)] as const),
  );
  return [
    { wallTime: started, step: 0, values: [sessionStart(settings, summary.id, started)] },
    { wallTime: ended, step: last?.step ?? 0, values: [sessionEnd(statusOf(summary), ended)] },
  ];
}

function typed(value: string): Hyperparameter {
  if (value === 'true' || value === 'false') return value === 'true';
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : value;
}

function statusOf({ state }: RunSummary): SessionStatus {
  if (state.status === 'failed' || state.status === 'interrupted') return 'failure';
  return state.status === 'finished' || state.status === 'stopped' ? 'success' : 'running';
}

/** The training curve: each reported step. */
export function* trainEvents(record: RunRecord): Generator<SummaryEvent> {
  const timeOf = wallClock(record);
  const measures = measuresOf(record.summary);
  for (const entry of record.metrics) {
    if (entry.kind !== 'step') continue;
    const { step, loss, learningRate, samplesPerSecond, memory } = entry;
    const figures = measures.map(({ key }) => [key, trainingFigure(entry, key)] as const);
    const rest = [
      ['learning_rate', learningRate],
      ['samples_per_second', samplesPerSecond],
      ['memory_bytes', memory],
    ] as const;
    yield { wallTime: timeOf(step), step, values: scalars([['loss', loss], ...figures, ...rest]) };
  }
}

/** The validation curve: each end of an epoch. */
export function* validationEvents(record: RunRecord): Generator<SummaryEvent> {
  const timeOf = wallClock(record);
  const measures = measuresOf(record.summary);
  for (const entry of record.metrics) {
    if (entry.kind !== 'epoch') continue;
    const figures = measures.map(({ key }) => [key, validationFigure(entry, key)] as const);
    const values = scalars([['loss', entry.validationLoss], ...figures]);
    yield { wallTime: timeOf(entry.step), step: entry.step, values };
  }
}

/** What nodes told while a run was trained: one curve for each figure of each node. */
export function* statisticEvents(
  record: Pick<RunRecord, 'summary' | 'metrics'>,
  { columns, steps, values }: StatisticSeries,
): Generator<SummaryEvent> {
  const timeOf = wallClock(record);
  const bytes = Buffer.from(values, 'base64');
  for (const [index, step] of steps.entries()) {
    const begin = index * columns.length;
    const figures = columns.map(({ path, figure, port }, column) => {
      const tag = `${figure}/${path === '' ? 'network' : path}${port === undefined ? '' : `.${port}`}`;
      return [tag, bytes.readFloatLE(4 * (begin + column))] as const;
    });
    yield { wallTime: timeOf(step), step, values: scalars(figures) };
  }
}

/** How the values of one tensor were spread. */
export function* histogramEvents(
  record: Pick<RunRecord, 'summary' | 'metrics'>,
  { path, kind }: { readonly path: string; readonly kind: HistogramKind },
  { steps, histograms }: HistogramSeries,
): Generator<SummaryEvent> {
  const timeOf = wallClock(record);
  for (const [index, step] of steps.entries()) {
    const histogram = histograms[index];
    if (histogram === undefined) continue;
    yield { wallTime: timeOf(step), step, values: [{ kind: 'histogram', tag: `${kind}/${path}`, histogram }] };
  }
}

/** A figure that is no number is told as it is: TensorBoard marks it. */
function scalars(figures: readonly (readonly [string, number | undefined])[]): SummaryValue[] {
  return figures.flatMap(([tag, value]) => (value === undefined ? [] : [{ kind: 'scalar', tag, value }]));
}

/** Whether there is anything to tell of a part. */
export function hasKind(metrics: readonly Metrics[], kind: Metrics['kind']): boolean {
  return metrics.some((entry) => entry.kind === kind);
}
