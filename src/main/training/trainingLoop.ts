import path from 'node:path';
import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { Metrics, StepMetrics } from '../../contract/run.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';
import { epochOrder } from '../datasets/splitSamples.ts';
import type { CompiledProgram, NamedTensors } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { batchesOf, type Batch } from './batches.ts';
import { saveCheckpoint } from './checkpoints.ts';
import { createTally, type Measurement } from './networkMeasures.ts';
import { createPaceMeter } from './paceMeter.ts';
import type { PreparedData } from './prepareData.ts';

export interface TrainingOrder {
  readonly lowered: LoweredDocument;
  readonly compiled: CompiledProgram;
  readonly data: PreparedData;
  readonly settings: TrainingSettings;
  /** Folder for `best.safetensors` and `last.safetensors`. */
  readonly checkpoints: string;
  readonly report: (metrics: Metrics) => void;
  /** Asked between steps: `stop` ends with a last measurement, `abandon` saves and ends at once. */
  readonly wish: () => 'go-on' | 'stop' | 'abandon';
}

/** Reports come at most this often; later in a long run more seldom, so that its file stays small. */
const SHORTEST_REPORT = 1 / 30;
const LONGEST_REPORT = 1;
const REPORTS_PER_DOUBLING = 2_000;
/** Seconds after which a long epoch saves its weights before it ends. */
const SAVE_EVERY = 60;
/** Evaluation needs no gradients, so small training batches are joined. */
const SMALLEST_EVALUATION_BATCH = 64;

/**
 * Trains until all epochs are done or `wish` says otherwise; returns whether it got to the end. The order of the
 * samples and all masks come from the seed, so the same settings give the same curve. Throws a `HostFailure` when the loss
 * stops being a number or a checkpoint cannot be written.
 */
export async function trainNetwork(order: TrainingOrder): Promise<{ completed: boolean }> {
  const { settings, data, wish } = order;
  const { epochs, batchSize, seed } = settings;
  const stepsPerEpoch = Math.ceil(data.split.train.length / batchSize);
  const pace = createPaceMeter();
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  let step = 0;
  let bestLoss = Number.POSITIVE_INFINITY;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let savedAt = 0;

  const save = (name: 'best' | 'last', epoch: number): Promise<void> => {
    savedAt = elapsed();
    const file = path.join(order.checkpoints, `${name}.safetensors`);
    return saveCheckpoint(file, order.lowered.program, order.compiled, { step, epoch }, { slots: name === 'last' });
  };

  for (let epoch = 0; epoch < epochs; epoch++) {
    const whole = createTally(order.lowered);
    let recent = createTally(order.lowered);
    for (const batch of batchesOf(data.columns, epochOrder(data.split.train, seed, epoch), batchSize)) {
      await letMessagesIn();
      if (wish() !== 'go-on') break;
      const learningRate = learningRateAt(settings, step, stepsPerEpoch);
      const started = performance.now();
      const result = await trainStep(order, batch, learningRate, step);
      pace.step(batch.size, (performance.now() - started) / 1000);
      const loss = result['loss']?.[0] ?? Number.NaN;
      if (!Number.isFinite(loss)) throw diverged(loss, step, epoch, learningRate, stepsPerEpoch);
      step++;
      whole.add(result, batch.size);
      recent.add(result, batch.size);
      const lastOfEpoch = step === (epoch + 1) * stepsPerEpoch;
      if (lastOfEpoch || elapsed() - reportedAt >= reportInterval(elapsed())) {
        reportedAt = elapsed();
        const samplesLeft = (epochs - epoch) * data.split.train.length - whole.samples();
        const report: StepMetrics = {
          kind: 'step',
          step,
          epoch: epochsPassed(epoch, whole.samples()),
          ...recent.figures(),
          learningRate,
          samplesPerSecond: pace.samplesPerSecond(),
          remaining: pace.remaining(samplesLeft, epochs - epoch),
          elapsed: elapsed(),
        };
        order.report(report);
        recent = createTally(order.lowered);
      }
      if (elapsed() - savedAt > SAVE_EVERY && !lastOfEpoch) await save('last', epochsPassed(epoch, whole.samples()));
    }

    const passed = epochsPassed(epoch, whole.samples());
    const wanted = wish();
    if (wanted === 'abandon') {
      if (step > 0) await save('last', passed);
      return { completed: false };
    }
    if (whole.samples() > 0) {
      const started = performance.now();
      const measured = await evaluate(order);
      pace.evaluation((performance.now() - started) / 1000);
      if (!Number.isFinite(measured.loss)) {
        throw diverged(
          measured.loss,
          step - 1,
          epoch,
          learningRateAt(settings, step - 1, stepsPerEpoch),
          stepsPerEpoch,
        );
      }
      const best = measured.loss < bestLoss;
      if (best) {
        bestLoss = measured.loss;
        await save('best', passed);
      }
      await save('last', passed);
      const trained = whole.figures();
      order.report({
        kind: 'epoch',
        step,
        epoch: epoch + 1,
        trainLoss: trained.loss,
        ...(trained.accuracy !== undefined && { trainAccuracy: trained.accuracy }),
        trainMeasures: trained.measures,
        validationLoss: measured.loss,
        ...(measured.accuracy !== undefined && { validationAccuracy: measured.accuracy }),
        validationMeasures: measured.measures,
        best,
        elapsed: elapsed(),
      });
    }
    if (wanted === 'stop') return { completed: passed === epochs };
  }
  return { completed: true };

  /** Epochs passed, with a fraction. */
  function epochsPassed(epoch: number, samples: number): number {
    return epoch + samples / data.split.train.length;
  }
}

async function trainStep(
  { compiled, settings }: TrainingOrder,
  batch: Batch,
  learningRate: number,
  step: number,
): Promise<NamedTensors> {
  return compiled.run('train', {
    ...batch.feeds,
    learningRate: Float32Array.of(learningRate),
    seed: Int32Array.of(settings.seed, step),
  });
}

/** Loss and measures over the validation part. */
async function evaluate({ lowered, compiled, data, settings }: TrainingOrder): Promise<Measurement> {
  const tally = createTally(lowered);
  const batchSize = Math.max(settings.batchSize, SMALLEST_EVALUATION_BATCH);
  for (const batch of batchesOf(data.columns, data.split.validation, batchSize)) {
    await letMessagesIn();
    tally.add(await compiled.run('evaluate', batch.feeds), batch.size);
  }
  return tally.figures();
}

function reportInterval(elapsed: number): number {
  return Math.min(LONGEST_REPORT, Math.max(SHORTEST_REPORT, elapsed / REPORTS_PER_DOUBLING));
}

function diverged(loss: number, step: number, epoch: number, rate: number, stepsPerEpoch: number): HostFailure {
  const value = Number.isNaN(loss) ? 'not a number (NaN)' : 'infinite';
  return new HostFailure({
    code: 'training/diverged',
    message: `The loss became ${value} at step ${step + 1} (step ${(step % stepsPerEpoch) + 1} of epoch ${epoch + 1}).`,
    expected: 'a finite loss',
    received: String(loss),
    remedy: `Lower the learning rate: it was ${formatRate(rate)}; try ${formatRate(rate / 10)}.`,
  });
}

function formatRate(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
