import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { Metrics, StepMetrics } from '../../contract/run.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import type { CompiledProgram, NamedTensors } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { Batch, BatchSource } from './batches.ts';
import type { CheckpointNames } from './checkpointFiles.ts';
import type { CheckpointWriter } from './checkpointWriter.ts';
import { evaluateNetwork } from './evaluateNetwork.ts';
import { createTally } from './networkMeasures.ts';
import { createPaceMeter } from './paceMeter.ts';
import { createJudge } from './judge.ts';
import { createLead } from './lead.ts';
import { canQueue, takeStep } from './takeStep.ts';
import type { Divergence, StepPlace, TakenStep, TrainingPart } from './trainingPart.ts';
import { positionUnder, STARTING_POSITION, type TrainingPosition } from './trainingPosition.ts';

/** A step whose results are still to come; the arrays of its batch are used again meanwhile. */
interface SentStep {
  readonly place: StepPlace & Pick<TakenStep, 'batch' | 'learningRate'>;
  /** Milliseconds. */
  readonly started: number;
  /** Of what it was fed with. */
  readonly bytes: number;
  readonly results: Promise<NamedTensors>;
}

export interface TrainingOrder {
  readonly lowered: LoweredDocument;
  /** With the variables of the position to go on from. */
  readonly compiled: CompiledProgram;
  readonly batches: BatchSource;
  readonly settings: TrainingSettings;
  /** Where to go on from; by default from the start. */
  readonly from?: TrainingPosition;
  readonly parts: readonly TrainingPart[];
  readonly checkpoints: CheckpointWriter;
  /** May throw: the training then ends. */
  readonly report: (metrics: Metrics) => void;
  /** Asked between steps: `stop` ends with a last measurement, `leave` saves and ends at once, to go on some other time. */
  readonly wish: () => 'go-on' | 'stop' | 'leave';
  /** Bytes held on a graphics processor. */
  readonly deviceMemory?: () => number | undefined;
}

/** Reports come at most this often; later in a long run more seldom, so that its file stays small. */
const SHORTEST_REPORT = 1 / 30;
const LONGEST_REPORT = 1;
const REPORTS_PER_DOUBLING = 2_000;
/** Seconds after which a long epoch saves its weights before it ends. */
const SAVE_EVERY = 60;

/**
 * Trains until all epochs are done or `wish` says otherwise; returns whether it got to the end. The order of the
 * samples and all masks come from the seed, so the same settings give the same curve. Throws a `HostFailure` when the loss
 * stops being a number or a checkpoint cannot be written.
 *
 * All that the loop knows beside the program's variables is one `TrainingPosition`. Others hook in without touching it:
 * - a `TrainingPart` (one line in `trainingParts.ts`) changes the learning rate, fetches more of a step, looks at steps and
 *   evaluations, ends the training, explains a divergence, and keeps its state in the position under its own name;
 * - a `BatchSource` (`batches.ts`) gives the batches, ahead of time and augmented if it likes;
 * - `takeStep` is what one optimizer step on a batch means: a single call, or several whose gradients are accumulated.
 */
export async function trainNetwork(order: TrainingOrder): Promise<{ completed: boolean }> {
  const { lowered, compiled, batches, settings, parts, wish } = order;
  const { epochs, checkpointEvery = 0 } = settings;
  const judge = createJudge(lowered, settings);
  const { samples } = batches;
  const stepsPerEpoch = Math.ceil(samples / stepSize(settings));
  const from = positionUnder(settings, samples, order.from ?? STARTING_POSITION);
  const pace = createPaceMeter();
  const began = performance.now();
  const elapsed = (): number => from.elapsed + (performance.now() - began) / 1000;
  let { step, epoch, offset, bestLoss, ended } = from;
  let whole = createTally(lowered, from.tallies.epoch);
  let recent = createTally(lowered, from.tallies.recent);
  const usual = ['loss', ...whole.fetches];
  /** Steps on their way: taken, but not heard of yet. */
  let ahead: SentStep[] = [];
  const lead = createLead();
  let reportedAt = Number.NEGATIVE_INFINITY;
  let savedAt = from.elapsed;
  /** Of the last step. */
  let learningRate = settings.learningRate;
  for (const part of parts) {
    const state = from.parts[part.name];
    if (state !== undefined) part.restore?.(state);
  }

  while (epoch < epochs && !ended && wish() === 'go-on') {
    for await (const batch of batches.training({ epoch, offset })) {
      await letMessagesIn();
      if (wish() !== 'go-on') break;
      await learnFrom(batch);
      if (elapsed() - reportedAt >= reportInterval(elapsed()) || offset === samples) await reportStep();
      if (elapsed() - savedAt > SAVE_EVERY && offset < samples) await save();
    }
    await hear();
    if (offset > 0 && wish() !== 'leave') await measure();
  }
  await hear();
  if (wish() === 'leave' && step > from.step) await save();
  await order.checkpoints.settled();
  return { completed: ended || epoch >= epochs };

  async function learnFrom(batch: Batch): Promise<void> {
    const place: StepPlace = { step, epoch, stepsPerEpoch };
    learningRate = rateOf(place);
    const wanted = parts.flatMap((part) => part.fetches?.(place) ?? []);
    const fetches = [...usual, ...wanted];
    const started = performance.now();
    // A look at many values would keep them all on the device, so it is waited for.
    const queued = canQueue({ compiled, settings }) && wanted.length === 0;
    const results = takeStep({ compiled, settings, step, learningRate, fetches, queued }, batch);
    // It is met when the step is heard of.
    results.catch(() => undefined);
    const bytes = Object.values(batch.feeds).reduce((sum, { byteLength }) => sum + byteLength, 0);
    ahead.push({ place: { ...place, batch: { size: batch.size }, learningRate }, started, bytes, results });
    step++;
    offset += batch.size;
    if (!queued || lead.isFull(ahead)) await hear();
  }

  /** Waits for the steps on their way, and hears what came of each in its turn. */
  async function hear(): Promise<void> {
    const sent = ahead;
    ahead = [];
    const [first] = sent;
    if (first === undefined) return;
    compiled.queue?.settle();
    const outcomes = await Promise.allSettled(sent.map(({ results }) => results));
    const secondsAStep = (performance.now() - first.started) / 1000 / sent.length;
    lead.took(secondsAStep);
    for (const [i, { place }] of sent.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status !== 'fulfilled') throw outcome?.reason;
      const results = outcome.value;
      pace.step(place.batch.size, secondsAStep);
      const loss = results['loss']?.[0] ?? Number.NaN;
      if (!Number.isFinite(loss)) throw await divergence({ ...place, compiled, loss });
      whole.add(results, place.batch.size);
      recent.add(results, place.batch.size);
      for (const part of parts) await part.afterStep?.({ ...place, results });
    }
  }

  async function reportStep(): Promise<void> {
    await hear();
    reportedAt = elapsed();
    const deviceMemory = order.deviceMemory?.();
    const report: StepMetrics = {
      kind: 'step',
      step,
      epoch: epochsPassed(),
      ...recent.figures(),
      learningRate,
      samplesPerSecond: pace.samplesPerSecond(),
      remaining: pace.remaining((epochs - epoch) * samples - offset, epochs - epoch),
      elapsed: elapsed(),
      memory: process.memoryUsage.rss(),
      ...(deviceMemory !== undefined && { deviceMemory }),
    };
    order.report(report);
    recent = createTally(lowered);
  }

  /** Evaluates, tells and saves, and a whole epoch is over; nothing of it when the training is to be left meanwhile. */
  async function measure(): Promise<void> {
    const started = performance.now();
    const validation = await evaluateNetwork(lowered, compiled, batches.validation(), () => wish() === 'leave');
    if (validation === undefined) return;
    pace.evaluation((performance.now() - started) / 1000);
    const { loss } = validation;
    if (!Number.isFinite(loss)) {
      const place: StepPlace = { step: step - 1, epoch, stepsPerEpoch };
      throw await divergence({ ...place, compiled, learningRate, loss });
    }
    const judged = judge(validation);
    const best = judged < (bestLoss ?? Number.POSITIVE_INFINITY);
    if (best) bestLoss = judged;
    const trained = whole.figures();
    const passed = epochsPassed();
    const kept = offset === samples && checkpointEvery > 0 && (epoch + 1) % checkpointEvery === 0;
    if (offset === samples) {
      epoch++;
      offset = 0;
      whole = createTally(lowered);
    }
    for (const part of parts) {
      const verdict = await part.afterEvaluation?.({ step, epoch: passed, trained, validation, best });
      if (verdict === 'end') ended = true;
    }
    order.report({
      kind: 'epoch',
      step,
      epoch: passed,
      trainLoss: trained.loss,
      ...(trained.accuracy !== undefined && { trainAccuracy: trained.accuracy }),
      trainMeasures: trained.measures,
      validationLoss: loss,
      ...(validation.accuracy !== undefined && { validationAccuracy: validation.accuracy }),
      validationMeasures: validation.measures,
      best,
      elapsed: elapsed(),
    });
    await save({ best, epoch: kept ? passed : null });
  }

  /** Epochs passed, with a fraction. */
  function epochsPassed(): number {
    return epoch + offset / samples;
  }

  function rateOf(place: StepPlace): number {
    // Counted from the epochs and not from the steps: a run that goes on with another batch size has taken others.
    const counted = epoch * stepsPerEpoch + Math.floor(offset / stepSize(settings));
    const rate = learningRateAt(settings, counted, stepsPerEpoch);
    return parts.reduce((changed, part) => part.learningRate?.(changed, place) ?? changed, rate);
  }

  function position(): TrainingPosition {
    const states = parts.flatMap((part) => (part.state === undefined ? [] : [[part.name, part.state()] as const]));
    return {
      ...from,
      step,
      epoch,
      offset,
      bestLoss,
      tallies: { epoch: whole.state(), recent: recent.state() },
      elapsed: elapsed(),
      ended,
      parts: Object.fromEntries(states),
    };
  }

  async function save(names: CheckpointNames = { best: false, epoch: null }): Promise<void> {
    await hear();
    savedAt = elapsed();
    return order.checkpoints.save(position(), names);
  }

  async function divergence(found: Divergence): Promise<HostFailure> {
    for (const part of parts) {
      const known = await part.explain?.(found);
      if (known !== undefined) return known;
    }
    return diverged(found);
  }
}

function reportInterval(elapsed: number): number {
  return Math.min(LONGEST_REPORT, Math.max(SHORTEST_REPORT, elapsed / REPORTS_PER_DOUBLING));
}

function diverged({ loss, step, epoch, learningRate, stepsPerEpoch }: Divergence): HostFailure {
  const value = Number.isNaN(loss) ? 'not a number (NaN)' : 'infinite';
  return new HostFailure({
    code: 'training/diverged',
    message: `The loss became ${value} at step ${step + 1} (step ${(step % stepsPerEpoch) + 1} of epoch ${epoch + 1}).`,
    expected: 'a finite loss',
    received: String(loss),
    remedy: `Lower the learning rate: it was ${formatRate(learningRate)}; try ${formatRate(learningRate / 10)}.`,
  });
}

function formatRate(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
