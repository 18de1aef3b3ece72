import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Metrics } from '../../contract/run.ts';
import type { TrialResult } from '../../contract/trials.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import type { Batch, BatchSource } from '../training/batches.ts';
import { predictDocument, trainDocument } from '../training/engineTasks.ts';
import type { RunTrial } from './trial.ts';

type Stage = Extract<TrialResult, { kind: 'fast-run' }>['stages'][number];

/**
 * One batch through everything that a run does - data, compiling, a step, an evaluation, checkpoints - and an export of what
 * was kept, in a folder that is thrown away: what would break after hours breaks now.
 */
export const fastRun: RunTrial<'fast-run'> = async (executor, document, { report }) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-fast-run-'));
  const stages: Stage[] = [];
  let since = performance.now();
  const pass = (name: string, detail: string): void => {
    const stage = { name, detail, seconds: (performance.now() - since) / 1000 };
    since = performance.now();
    stages.push(stage);
    report({ kind: 'fast-run', stages: [stage] });
  };
  const hear = (entry: Metrics): void => {
    if (entry.kind === 'step') pass('Train', `one step, loss ${entry.loss.toPrecision(4)}`);
    else pass('Evaluate and keep', `validation loss ${entry.validationLoss.toPrecision(4)}; checkpoints written`);
  };
  const brief = { ...document, training: { ...document.training, epochs: 1, checkpointEvery: 1 } };
  try {
    await trainDocument(
      executor,
      { kind: 'train', document: brief, folder },
      {
        onNotice: () => undefined,
        onBegun: () => pass('Prepare', `data set "${document.training.data}" fitted, compiled for ${executor.name}`),
        onMetrics: hear,
        wish: () => 'go-on',
      },
      (source) => oneBatch(source, stepSize(document.training)),
    );
    const file = path.join(folder, 'network.onnx');
    const predict: Parameters<typeof exportOnnxFile>[1]['engine']['predict'] = async (order) => ({
      ok: true,
      value: await predictDocument(executor, { kind: 'predict', ...order }),
    });
    const order = { document, runFolder: folder, file, overwrite: false };
    const { verification } = await exportOnnxFile(order, { engine: { predict } });
    pass('Export', verification.status === 'not-verified' ? verification.reason : `ONNX file ${verification.status}`);
    return { kind: 'fast-run', stages, message: 'One batch went through everything: the run can begin.' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The first batch to learn from and the first to measure on, as if there were no others. */
function oneBatch(source: BatchSource, size: number): BatchSource {
  return {
    samples: Math.min(source.samples, size),
    training: (place) => first(source.training(place)),
    validation: () => first(source.validation()),
  };
}

async function* first(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    yield batch;
    return;
  }
}
