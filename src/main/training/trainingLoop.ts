import path from 'node:path';
import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { Metrics, StepMetrics } from '../../contract/run.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';
import { epochOrder } from '../datasets/splitSamples.ts';
import type { CompiledProgram } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { batchesOf, type Batch } from './batches.ts';
import { saveCheckpoint } from './checkpoints.ts';
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

interface Measurement {
  readonly loss: number;
  readonly accuracy: number;
}

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
    const whole = createTally();
    let recent = createTally();
    for (const batch of batchesOf(data, epochOrder(data.split.train, seed, epoch), batchSize)) {
      await letMessagesIn();
      if (wish() !== 'go-on') break;
      const learningRate = learningRateAt(settings, step, stepsPerEpoch);
      const started = performance.now();
      const result = await trainStep(order, batch, learningRate, step);
      pace.step(batch.size, (performance.now() - started) / 1000);
      if (!Number.isFinite(result.loss)) throw diverged(result.loss, step, epoch, learningRate, stepsPerEpoch);
      step++;
      whole.add(result.loss * batch.size, result.correct, batch.size);
      recent.add(result.loss * batch.size, result.correct, batch.size);
      const lastOfEpoch = step === (epoch + 1) * stepsPerEpoch;
      if (lastOfEpoch || elapsed() - reportedAt >= reportInterval(elapsed())) {
        reportedAt = elapsed();
        const samplesLeft = (epochs - epoch) * data.split.train.length - whole.samples();
        const report: StepMetrics = {
          kind: 'step',
          step,
          epoch: epochsPassed(epoch, whole.samples()),
          ...recent.mean(),
          learningRate,
          samplesPerSecond: pace.samplesPerSecond(),
          remaining: pace.remaining(samplesLeft, epochs - epoch),
          elapsed: elapsed(),
        };
        order.report(report);
        recent = createTally();
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
      const mean = whole.mean();
      order.report({
        kind: 'epoch',
        step,
        epoch: epoch + 1,
        trainLoss: mean.loss,
        trainAccuracy: mean.accuracy,
        validationLoss: measured.loss,
        validationAccuracy: measured.accuracy,
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
  { compiled, data, settings }: TrainingOrder,
  batch: Batch,
  learningRate: number,
  step: number,
): Promise<{ loss: number; correct: number }> {
  const result = await compiled.run('train', {
    [data.feeds.input.feed]: batch.images,
    [data.feeds.output.targetFeed]: batch.labels,
    learningRate: Float32Array.of(learningRate),
    seed: Int32Array.of(settings.seed, step),
  });
  return { loss: scalarOf(result, 'loss'), correct: scalarOf(result, 'correct') };
}

/** Mean loss and share of right answers over the validation part. */
async function evaluate({ compiled, data, settings }: TrainingOrder): Promise<Measurement> {
  const tally = createTally();
  const batchSize = Math.max(settings.batchSize, SMALLEST_EVALUATION_BATCH);
  for (const batch of batchesOf(data, data.split.validation, batchSize)) {
    await letMessagesIn();
    const result = await compiled.run('evaluate', {
      [data.feeds.input.feed]: batch.images,
      [data.feeds.output.targetFeed]: batch.labels,
    });
    const losses = arrayOf(result, 'losses');
    const predictions = arrayOf(result, 'predictions');
    let loss = 0;
    let correct = 0;
    for (let row = 0; row < batch.size; row++) {
      loss += losses[row] ?? Number.NaN;
      if (predictions[row] === batch.labels[row]) correct++;
    }
    tally.add(loss, correct, batch.size);
  }
  return tally.mean();
}

/** Sums that become means. */
function createTally() {
  let loss = 0;
  let correct = 0;
  let samples = 0;
  return {
    add(lossSum: number, correctCount: number, count: number): void {
      loss += lossSum;
      correct += correctCount;
      samples += count;
    },
    samples: () => samples,
    mean: (): Measurement => ({ loss: loss / samples, accuracy: correct / samples }),
  };
}

function reportInterval(elapsed: number): number {
  return Math.min(LONGEST_REPORT, Math.max(SHORTEST_REPORT, elapsed / REPORTS_PER_DOUBLING));
}

type Results = Readonly<Record<string, Float32Array | Int32Array>>;

function arrayOf(results: Results, name: string): Float32Array | Int32Array {
  const array = results[name];
  if (array === undefined) throw new Error(`The engine did not return "${name}"`);
  return array;
}

function scalarOf(results: Results, name: string): number {
  return arrayOf(results, name)[0] ?? Number.NaN;
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
