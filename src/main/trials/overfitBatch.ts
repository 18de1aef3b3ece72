import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { TrialResult } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { walkInstances } from '../../graph-engine/lower/walkInstances.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { finishStatistics } from '../../graph-engine/statistics/finishStatistics.ts';
import { entropyFloor, smoothingOf } from '../../graph-engine/training/lossFloor.ts';
import { isOverfitted, overfitFindings, type OverfitEvidence } from '../../graph-engine/training/overfitFindings.ts';
import type { TensorData } from '../executors/compiledProgram.ts';
import type { Batch } from '../training/batches.ts';
import { takeStep } from '../training/takeStep.ts';
import { withTrial } from './openTrial.ts';
import type { RunTrial } from './trial.ts';

const STEPS = 500;
/** Samples of the batch, at most: more take longer to learn by heart and tell nothing more. */
const SAMPLES = 32;
/** Steps after which a loss that has hardly moved will not move, and the share of the way that is hardly. */
const STANDSTILL = 150;
const HARDLY = 0.02;
/** Seconds after which it is enough, if some steps were taken. */
const PATIENCE = 120;

/**
 * Trains on one batch alone, with the document's own settings. A network that is wired and tuned well learns it by heart; one
 * that does not is told why, as far as losses, gradients, activations and settings say.
 */
export const overfitBatch: RunTrial<'overfit-batch'> = (executor, document, { report, goesOn }) => {
  const { learningRate } = document.training;
  const settings = { ...document.training, averaging: { kind: 'none' as const } };
  const plain = { ...document, training: settings };
  return withTrial(executor, plain, { statistics: true }, async ({ lowered, compiled, batches }) => {
    const batch = await firstSamples(batches.training({ epoch: 0, offset: 0 }));
    const { statistics } = lowered;
    const fetches = ['loss', ...(statistics?.fetches ?? [])];
    const losses: number[] = [];
    const seen: Float32Array[] = [];
    const floor = floorOf(plain, lowered, batch);
    const began = performance.now();
    while (losses.length < STEPS && goesOn()) {
      await letMessagesIn();
      const step = losses.length;
      const results = await takeStep({ compiled, settings, step, learningRate, fetches }, batch);
      const loss = results['loss']?.[0] ?? Number.NaN;
      losses.push(loss);
      if (statistics !== undefined) seen.splice(1, 1, finishStatistics(statistics, results, batch.size));
      if (step === 0) seen.push(seen[0] ?? new Float32Array());
      if (Number.isFinite(loss)) report({ kind: 'overfit-batch', points: [{ step, loss }], steps: STEPS });
      if (!Number.isFinite(loss) || isOverfitted({ losses, floor: floor.loss })) break;
      if ((performance.now() - began) / 1000 > PATIENCE || stands(losses, floor.loss)) break;
    }
    return conclude(plain, batch, {
      losses,
      floor: floor.loss,
      smoothing: floor.smoothing,
      learningRate,
      columns: statistics?.columns ?? [],
      first: seen[0] ?? [],
      last: seen[1] ?? [],
      ended: losses.length < STEPS && !goesOn(),
      contradiction: contradictionIn(lowered, batch),
      ...inTheWay(plain),
    });
  });
};

/** Whether going on would only show the same. */
function stands(losses: readonly number[], floor: number): boolean {
  const [first = 0] = losses;
  return losses.length === STANDSTILL && first - Math.min(...losses) < HARDLY * (first - floor);
}

function conclude(
  document: SkipwireDocument,
  batch: Batch,
  evidence: OverfitEvidence,
): Extract<TrialResult, { kind: 'overfit-batch' }> {
  const { losses, floor } = evidence;
  const reached = isOverfitted(evidence);
  const last = losses.at(-1) ?? Number.NaN;
  const above = floor > 0 ? `, as low as it can be (${floor.toPrecision(3)})` : '';
  return {
    kind: 'overfit-batch',
    points: losses.flatMap((loss, step) => (Number.isFinite(loss) ? [{ step, loss }] : [])),
    reached,
    floor,
    samples: batch.size,
    message: reached
      ? `Learned ${batch.size} samples by heart in ${losses.length} steps: the loss came to ${last.toPrecision(3)}${above}. The network can learn.`
      : `Did not learn ${batch.size} samples by heart in ${losses.length} steps: the loss went from ${(losses[0] ?? NaN).toPrecision(3)} to ${last.toPrecision(3)}.`,
    findings: reached ? [] : [...overfitFindings(evidence)],
  };
}

/** A copy of the first samples, for the arrays of a batch are used again. */
async function firstSamples(batches: AsyncIterable<Batch>): Promise<Batch> {
  for await (const { feeds, size } of batches) {
    const kept = Math.min(size, SAMPLES);
    const copies = Object.entries(feeds).map(([name, data]) => [name, data.slice(0, (data.length / size) * kept)]);
    return { feeds: Object.fromEntries(copies) as Batch['feeds'], size: kept };
  }
  throw new Error('There are no batches');
}

/** The loss that the targets leave possible at least: smoothed classes and given probabilities have an entropy. */
function floorOf(
  document: SkipwireDocument,
  { outputs }: LoweredDocument,
  { feeds, size }: Batch,
): { readonly loss: number; readonly smoothing: number } {
  const { floor, share } = smoothingOf(inferDocument(document).root, document.training);
  let loss = floor;
  for (const { objective } of outputs) {
    const given = objective === undefined ? undefined : feeds[objective.targetFeed];
    if (objective?.target.kind !== 'probabilities' || given === undefined) continue;
    loss += objective.lossWeight * entropyFloor(given, given.length / size);
  }
  return { loss, smoothing: share };
}

/** What in document and settings works against learning by heart. */
function inTheWay(document: SkipwireDocument): Pick<OverfitEvidence, 'mixing' | 'dropping' | 'frozen' | 'weightDecay'> {
  const { mixing, optimizer } = document.training;
  const dropping: string[] = [];
  const frozen: string[] = [];
  walkInstances<true>(document, inferDocument(document).root, {
    visit(instance) {
      const { parameters, weights, outputs } = instance.inferred;
      const family = opNamed(instance.op)?.family;
      if (family === 'regularization' && Number(parameters?.['rate'] ?? 0) > 0) dropping.push(instance.path);
      if (instance.frozen && Object.keys(weights).length > 0) frozen.push(instance.path);
      return Object.fromEntries(Object.keys(outputs).map((port) => [port, true as const]));
    },
    zeros: () => true,
  });
  const names = { none: undefined, mixup: 'Mixup', cutmix: 'CutMix' } as const;
  const isApart = ['adamw', 'lamb', 'lion'].includes(optimizer.kind);
  return {
    mixing: names[mixing?.kind ?? 'none'],
    dropping,
    frozen,
    weightDecay: isApart ? 0 : optimizer.weightDecay,
  };
}

/** Two samples whose inputs are equal to the last number, and whose targets are not. */
function contradictionIn({ inputs, outputs }: LoweredDocument, { feeds, size }: Batch): [number, number] | undefined {
  const rowsOf = (names: readonly string[], sample: number): string =>
    names.map((name) => rowOf(feeds[name], sample, size)).join(' ');
  const targets = outputs.flatMap(({ objective }) => (objective === undefined ? [] : [objective.targetFeed]));
  const known = new Map<string, number>();
  for (let sample = 0; sample < size; sample++) {
    const key = rowsOf(
      inputs.map(({ feed }) => feed),
      sample,
    );
    const other = known.get(key);
    if (other === undefined) known.set(key, sample);
    else if (rowsOf(targets, other) !== rowsOf(targets, sample)) return [other, sample];
  }
  return undefined;
}

function rowOf(data: TensorData | undefined, sample: number, size: number): string {
  if (data === undefined) return '';
  const length = data.length / size;
  return data.subarray(sample * length, (sample + 1) * length).join();
}
