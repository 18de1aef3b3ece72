import { trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { Metrics } from '../../contract/run.ts';
import { csvLine } from '../../graph-engine/targets/csv/csvLine.ts';

/** A run with its curve. */
export interface MeasuredRun {
  readonly id: string;
  /** Keys of what it measures beside the loss. */
  readonly measures: readonly string[];
  readonly metrics: readonly Metrics[];
}

/**
 * The metrics of runs as one table: a line for each report of a step or of an epoch, in order; what a report does not tell
 * is empty. Measures that a run does not have are empty in its lines.
 */
export function* metricsCsv(runs: Iterable<MeasuredRun>, measures: readonly string[]): Generator<string> {
  yield csvLine([
    ...['run', 'kind', 'step', 'epoch', 'elapsed_seconds', 'train_loss'],
    ...measures.map((key) => `train_${key}`),
    'validation_loss',
    ...measures.map((key) => `validation_${key}`),
    ...['best', 'learning_rate', 'samples_per_second', 'memory_bytes'],
  ]);
  for (const { id, metrics } of runs) {
    for (const entry of metrics) yield csvLine([id, ...cellsOf(entry, measures)]);
  }
}

function cellsOf(entry: Metrics, measures: readonly string[]): readonly (string | number | undefined)[] {
  const isEpoch = entry.kind === 'epoch';
  return [
    entry.kind,
    entry.step,
    entry.epoch,
    entry.elapsed,
    isEpoch ? entry.trainLoss : entry.loss,
    ...measures.map((key) => trainingFigure(entry, key)),
    isEpoch ? entry.validationLoss : undefined,
    ...measures.map((key) => (isEpoch ? validationFigure(entry, key) : undefined)),
    isEpoch ? Number(entry.best) : undefined,
    ...(isEpoch ? [undefined, undefined, undefined] : [entry.learningRate, entry.samplesPerSecond, entry.memory]),
  ];
}
