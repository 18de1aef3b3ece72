import { trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { Metrics } from '../../contract/run.ts';
import { csvLine } from '../../graph-engine/targets/csv/csvLine.ts';

/** The head of a table of metrics; `measures` are the keys of everything that the runs measure beside the loss. */
export function metricsHead(measures: readonly string[]): string {
  return csvLine([
    ...['run', 'kind', 'step', 'epoch', 'elapsed_seconds', 'train_loss'],
    ...measures.map((key) => `train_${key}`),
    'validation_loss',
    ...measures.map((key) => `validation_${key}`),
    ...['best', 'learning_rate', 'samples_per_second', 'memory_bytes'],
  ]);
}

/** One report of a run, of a step or of an epoch, as a line of the table; what it does not tell is empty. */
export function metricsLine(run: string, entry: Metrics, measures: readonly string[]): string {
  const isEpoch = entry.kind === 'epoch';
  return csvLine([
    run,
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
  ]);
}
