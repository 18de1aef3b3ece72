import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { TriedBatch, TrialResult } from '../../contract/trials.ts';
import { batchSource } from '../training/batches.ts';
import { takeStep } from '../training/takeStep.ts';
import { memoryOfProgram, USABLE_SHARE } from './forecastMemory.ts';
import { availableMemory, highestMemory } from './memoryOf.ts';
import { endlessBatches, withTrial } from './openTrial.ts';
import type { RunTrial } from './trial.ts';

const FIRST = 4;
const TIMED_STEPS = 3;
/** Seconds for one batch size, and those a single step may take before larger ones are not tried. */
const PATIENCE = 4;
const LONGEST_STEP = 10;
/** What is this near to the fastest counts as fast. */
const NEARLY = 0.9;

/**
 * Tries batch sizes that double, and stops before memory does: a size whose forecast does not fit into what is free is never
 * run. Says which is the smallest that is nearly as fast as any.
 */
export const findBatchSize: RunTrial<'find-batch-size'> = (executor, document, { report, goesOn }) =>
  withTrial(executor, document, {}, async ({ lowered, compiled, data }) => {
    const settings = { ...document.training, accumulate: 1, averaging: { kind: 'none' as const } };
    const memory = memoryOfProgram(lowered.program);
    const tried: TriedBatch[] = [];
    let why = '';
    for (let batchSize = FIRST; goesOn(); batchSize *= 2) {
      if (batchSize > data.split.train.length && tried.length > 0) {
        why = 'There are no more samples.';
        break;
      }
      // Measured so far, and what the forecast says that twice as much needs on top.
      const more = memory.activations(batchSize).bytes - memory.activations(tried.at(-1)?.batchSize ?? 1).bytes;
      if (more > USABLE_SHARE * availableMemory()) {
        why = `A batch of ${batchSize} would not fit into memory.`;
        break;
      }
      const samplesPerSecond = await measure(batchSize);
      const found: TriedBatch = { batchSize, bytes: highestMemory(), samplesPerSecond };
      tried.push(found);
      report({ kind: 'find-batch-size', tried: [found] });
      if (batchSize / samplesPerSecond > LONGEST_STEP) {
        why = `A step takes ${Math.round(batchSize / samplesPerSecond)} seconds already.`;
        break;
      }
    }
    return conclude(tried, why);

    async function measure(batchSize: number): Promise<number> {
      const batches = endlessBatches(batchSource(data, { ...settings, batchSize }));
      let [samples, seconds, step] = [0, 0, 0];
      for await (const batch of batches) {
        await letMessagesIn();
        const began = performance.now();
        await takeStep({ compiled, settings, step, learningRate: 1e-6, fetches: ['loss'] }, batch);
        const took = (performance.now() - began) / 1000;
        // The first step of a size plans its kernels.
        if (step > 0 || took > PATIENCE) [samples, seconds] = [samples + batch.size, seconds + took];
        step++;
        if (step > TIMED_STEPS || seconds > PATIENCE || !goesOn()) break;
      }
      return seconds === 0 ? 0 : samples / seconds;
    }
  });

function conclude(tried: readonly TriedBatch[], why: string): Extract<TrialResult, { kind: 'find-batch-size' }> {
  const fastest = Math.max(0, ...tried.map(({ samplesPerSecond }) => samplesPerSecond));
  const suggestion = tried.find(({ samplesPerSecond }) => samplesPerSecond >= NEARLY * fastest)?.batchSize ?? FIRST;
  const largest = tried.at(-1)?.batchSize ?? FIRST;
  return {
    kind: 'find-batch-size',
    tried: [...tried],
    suggestion,
    largest,
    message:
      `${suggestion} is nearly as fast as any size, ${Math.round(fastest)} samples a second; ${largest} is the largest that was tried. ${why}`.trim(),
  };
}
