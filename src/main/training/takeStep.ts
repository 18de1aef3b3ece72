import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { learningEntries } from '../../graph-engine/lower/lowerLearning.ts';
import { mixingFeeds } from '../../graph-engine/training/mixingFeeds.ts';
import type { CompiledProgram, NamedTensors, TensorData } from '../executors/compiledProgram.ts';
import type { Batch } from './batches.ts';

/** One optimizer step. */
export interface StepOrder {
  readonly compiled: CompiledProgram;
  readonly settings: Pick<TrainingSettings, 'seed' | 'batchSize' | 'accumulate' | 'mixing' | 'averaging'>;
  /** From 0, over the whole run; masks are drawn from it. */
  readonly step: number;
  readonly learningRate: number;
  /** Outputs of `train` that are wanted, and of `update` where gradients are gathered. */
  readonly fetches: readonly string[];
  /** Does not wait for the step where the device can go on meanwhile: the results come when the program's queue is settled. */
  readonly queued?: boolean;
}

/**
 * Takes one optimizer step on a batch, in parts of `batchSize` samples where gradients are gathered, and moves the averages of
 * the weights where there are any.
 */
export async function takeStep(order: StepOrder, batch: Batch): Promise<NamedTensors> {
  const { compiled, settings } = order;
  const results =
    (settings.accumulate ?? 1) === 1
      ? runPart(order, batch, order.step, { learningRate: Float32Array.of(order.learningRate) })
      : gatherAndUpdate(order, batch);
  // It is waited for below; until then nobody hears that it has failed.
  results.catch(() => undefined);
  const queue = isQueued(order) ? compiled.queue : undefined;
  if (queue === undefined) await results;
  if (settings.averaging?.kind !== 'ema') return results;
  const averaged = (queue ?? compiled).run(learningEntries.average, {});
  const [found] = await Promise.all([results, averaged]);
  return found;
}

/** Whether steps may be queued. Where a step has parts they are waited for, as their results are joined. */
export function canQueue({ compiled, settings }: Pick<StepOrder, 'compiled' | 'settings'>): boolean {
  return compiled.queue !== undefined && (settings.accumulate ?? 1) === 1;
}

function isQueued(order: StepOrder): boolean {
  return order.queued === true && canQueue(order);
}

async function gatherAndUpdate(order: StepOrder, batch: Batch): Promise<NamedTensors> {
  const { compiled, settings, learningRate } = order;
  const { batchSize, accumulate = 1 } = settings;
  const handedOut = new Set(compiled.program.entries[learningEntries.update]?.outputs.map(({ name }) => name));
  const fetches = order.fetches.filter((name) => !handedOut.has(name));
  const ofUpdate = order.fetches.filter((name) => handedOut.has(name));
  let results: Record<string, TensorData> = {};
  for (let start = 0, part = 0; start < batch.size; start += batchSize, part++) {
    const piece = pieceOf(batch, start, Math.min(batch.size, start + batchSize));
    const share = piece.size / batch.size;
    const seedOfPart = order.step * accumulate + part;
    const found = await runPart({ ...order, fetches }, piece, seedOfPart, {
      [learningEntries.share]: Float32Array.of(share),
    });
    results = joined(results, found, share);
  }
  const rate = { learningRate: Float32Array.of(learningRate) };
  return { ...results, ...(await compiled.run(learningEntries.update, rate, ['learningRate', ...ofUpdate])) };
}

async function runPart(
  order: StepOrder,
  batch: Batch,
  number: number,
  feeds: NamedTensors,
): Promise<Record<string, TensorData>> {
  const { compiled, settings, fetches } = order;
  const { seed, mixing } = settings;
  const run = (isQueued(order) ? compiled.queue?.run : undefined) ?? compiled.run;
  const mixed = mixing === undefined ? {} : mixingFeeds(mixing, [seed, number], batch.size);
  return run('train', { ...batch.feeds, ...mixed, ...feeds, seed: Int32Array.of(seed, number) }, fetches);
}

/** Some of the samples of a batch, in the same memory. */
function pieceOf({ feeds, size }: Batch, start: number, end: number): Batch {
  const pieces = Object.entries(feeds).map(([name, data]) => {
    const each = data.length / size;
    return [name, data.subarray(start * each, end * each)] as const;
  });
  return { feeds: Object.fromEntries(pieces), size: end - start };
}

/** What several parts fetched, as if it were one: sums add up, the loss is a mean, and of anything else the last is taken. */
function joined(before: NamedTensors, found: NamedTensors, share: number): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(found).map(([name, values]) => {
      const sum = before[name] ?? new Float32Array(values.length);
      if (name === 'loss') return [name, values.map((value, i) => (sum[i] ?? 0) + share * value)];
      if (/^(losses|measures)\//.test(name)) return [name, values.map((value, i) => (sum[i] ?? 0) + value)];
      return [name, values];
    }),
  );
}
