import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EpochMetrics, Metrics, RunSummary } from '../../src/contract/run.ts';
import { loadDocument } from '../../src/graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { TrainingSettings } from '../../src/graph-engine/document/trainingSettings.ts';
import { productRoot } from '../../src/main/files/productRoot.ts';
import { summaryOf } from '../../src/main/runs/recoverRun.ts';
import { runFiles } from '../../src/main/runs/runFiles.ts';
import { createRunFolder } from '../../src/main/runs/runFolder.ts';

export interface PastRun {
  readonly template?: string;
  readonly training?: Partial<TrainingSettings>;
  readonly change?: (document: SkipwireDocument) => SkipwireDocument;
  readonly summary?: Partial<RunSummary>;
  readonly epochs?: number;
  readonly stepsOfEpoch?: number;
  /** How fast its loss falls. */
  readonly speed?: number;
}

/** A curve as a training writes it: loss falls, accuracy rises, reports come twice a second. */
export function pastMetrics({ epochs = 3, stepsOfEpoch = 4, speed = 1 }: PastRun = {}): Metrics[] {
  const metrics: Metrics[] = [];
  for (let step = 1; step <= epochs * stepsOfEpoch; step++) {
    const epoch = step / stepsOfEpoch;
    const loss = 2.3 / (1 + speed * epoch);
    const [accuracy, elapsed] = [1 - loss / 2.5, step / 2];
    const rest = { learningRate: 0.01, samplesPerSecond: 640, remaining: 0, elapsed, memory: 1e8 };
    metrics.push({ kind: 'step', step, epoch, loss, accuracy, measures: { accuracy }, ...rest });
    if (step % stepsOfEpoch !== 0) continue;
    const [validationLoss, validationAccuracy] = [loss * 1.1, accuracy * 0.95];
    metrics.push({
      ...{ kind: 'epoch', step, epoch, trainLoss: loss, trainAccuracy: accuracy, trainMeasures: { accuracy } },
      ...{ validationLoss, validationAccuracy, validationMeasures: { accuracy: validationAccuracy } },
      best: true,
      elapsed,
    });
  }
  return metrics;
}

/** Writes the folder of a run that was trained some time ago, without its weights; returns the folder. */
export async function writePastRun(runsFolder: string, id: string, past: PastRun = {}): Promise<string> {
  const { template = 'first-residual', training, change = (document) => document, summary } = past;
  const text = await readFile(path.join(productRoot, 'templates', 'networks', `${template}.json`), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error(`The template ${template} cannot be loaded`);
  const document = change({ ...loaded.value, training: { ...loaded.value.training, ...training } });
  const metrics = pastMetrics(past);
  const last = metrics.findLast((entry): entry is EpochMetrics => entry.kind === 'epoch');
  const folder = path.join(runsFolder, id);
  await createRunFolder(folder, document, {
    format: 'skipwire/run@1',
    summary: {
      ...summaryOf(id, document, 1_770_000_000_000),
      state: { status: 'finished' },
      ...(last !== undefined && { lastEpoch: last, best: last }),
      ...summary,
    },
    notices: [],
    keeper: null,
  });
  const lines = metrics.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFile(path.join(folder, runFiles.metrics), lines);
  const environment = { engine: 'TensorFlow 2.21.0', processor: 'Test CPU', threads: 2 };
  await writeFile(path.join(folder, runFiles.environment), JSON.stringify(environment));
  return folder;
}
