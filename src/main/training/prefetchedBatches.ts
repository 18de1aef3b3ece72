import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { VariationSeed } from '../../graph-engine/augmentation/variation.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import { liesOnDisk } from '../datasets/columnPlan.ts';
import { epochOrder } from '../datasets/splitSamples.ts';
import type { TensorData } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { BatchAnswer, BatchOrder, BatchRoom, BatchThreadData } from './batchMessages.ts';
import { batchSource, SMALLEST_EVALUATION_BATCH, type Batch, type BatchSource } from './batches.ts';
import type { PreparedData } from './prepareData.ts';

/** Batches that may come from other threads. */
export interface OpenedBatches extends BatchSource {
  /** Share of the time of training during which a step waited for its batch; `undefined` before the second batch. */
  waitShare(): number | undefined;
  /** Ends the threads. */
  dispose(): Promise<void>;
}

/** A batch of fewer numbers than this, at hand in memory, is made faster than a thread is asked. */
const WORTH_A_THREAD = 32_768;
/** One for every four processors: the step needs the others. */
const PROCESSORS_A_THREAD = 4;
const MOST_THREADS = 4;
/** Batches that are made ahead, beside one for each thread. */
const AHEAD = 2;
const threadFile = path.join(productRoot, 'dist', 'main', 'batchWorker.js');

/** The batches of a training, made ahead in other threads where that is worth it. */
export function openBatches(
  data: PreparedData,
  settings: Pick<TrainingSettings, 'seed' | 'batchSize' | 'accumulate'>,
  threads = Math.min(MOST_THREADS, Math.max(1, Math.floor(os.availableParallelism() / PROCESSORS_A_THREAD))),
): OpenedBatches {
  const { plan, split } = data;
  const { seed, batchSize } = settings;
  const places = plan.sets.flatMap(({ inputs, targets }) => [...inputs, ...targets]).filter((one) => 'file' in one);
  const stored = liesOnDisk(plan);
  const numbers = batchSize * data.columns.reduce((sum, { sampleSize }) => sum + sampleSize, 0);
  const worthIt = numbers >= WORTH_A_THREAD && (plan.treatment.augmentation !== undefined || places.length > 0);
  if (!stored && !worthIt)
    return { ...batchSource(data, settings), waitShare: () => undefined, dispose: async () => undefined };
  const crew = startThreads(data, threads);
  const meter = createWaitMeter();
  return {
    samples: split.train.length,
    training({ epoch, offset }) {
      const order = epochOrder(split.train, seed, epoch).subarray(offset);
      return meter.over(crew.batches(order, stepSize(settings), { seed, epoch }));
    },
    validation: () => crew.batches(split.validation, Math.max(batchSize, SMALLEST_EVALUATION_BATCH)),
    waitShare: () => meter.share(),
    dispose: () => crew.end(),
  };
}

interface Crew {
  batches(order: Int32Array, batchSize: number, variation?: VariationSeed): AsyncGenerator<Batch>;
  end(): Promise<void>;
}

function startThreads({ plan, columns }: PreparedData, threads: number): Crew {
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let broken: Error | undefined;
  const fail = (error: Error): void => {
    broken ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(threadFile, { workerData: { plan } satisfies BatchThreadData });
    worker.on('message', (answer: BatchAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.ok) asked?.resolve();
      else asked?.reject(new HostFailure(answer.problem));
    });
    worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => fail(new Error('The thread that makes batches ended')));
    // A process that is done does not wait for its threads.
    worker.unref();
    return worker;
  });
  let next = 0;

  const ask = (samples: Int32Array, room: BatchRoom, variation: VariationSeed | undefined): Promise<void> => {
    const id = next++;
    const done = new Promise<void>((resolve, reject) => {
      if (broken !== undefined) reject(broken);
      else waiting.set(id, { resolve, reject });
    });
    // Nobody may be waiting for it yet.
    done.catch(() => undefined);
    workers[id % workers.length]?.postMessage({ id, samples, room, variation } satisfies BatchOrder);
    return done;
  };

  return {
    async *batches(order, batchSize, variation) {
      const count = Math.ceil(order.length / batchSize);
      const largest = Math.min(batchSize, order.length);
      const rooms = Array.from({ length: Math.min(count, threads + AHEAD) }, () =>
        columns.map(({ sampleSize }) => new SharedArrayBuffer(largest * sampleSize * 4)),
      );
      const samplesOf = (batch: number): Int32Array => order.slice(batch * batchSize, (batch + 1) * batchSize);
      const roomOf = (batch: number): BatchRoom => rooms[batch % rooms.length] ?? [];
      const made: Promise<void>[] = [];
      const askFor = (batch: number): void => {
        if (batch < count) made[batch] = ask(samplesOf(batch), roomOf(batch), variation);
      };
      for (let batch = 0; batch < rooms.length; batch++) askFor(batch);
      try {
        for (let batch = 0; batch < count; batch++) {
          await made[batch];
          const size = Math.min(batchSize, order.length - batch * batchSize);
          yield { feeds: feedsIn(roomOf(batch), size), size };
          // What was given is used up: its room takes the next one.
          askFor(batch + rooms.length);
        }
      } finally {
        // Whoever stops in between leaves no thread writing behind.
        await Promise.allSettled(made);
      }
    },
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };

  function feedsIn(room: BatchRoom, size: number): Record<string, TensorData> {
    return Object.fromEntries(
      columns.map(({ feed, dtype, sampleSize }, index) => {
        const memory = room[index] ?? new SharedArrayBuffer(0);
        const length = size * sampleSize;
        return [feed, dtype === 'int32' ? new Int32Array(memory, 0, length) : new Float32Array(memory, 0, length)];
      }),
    );
  }
}

interface WaitMeter {
  over(batches: AsyncGenerator<Batch>): AsyncGenerator<Batch>;
  share(): number | undefined;
}

/** Measures how long each batch was waited for, and how long it was used; the first of an epoch counts too. */
function createWaitMeter(): WaitMeter {
  let waited = 0;
  let used = 0;
  return {
    async *over(batches) {
      let asked = performance.now();
      for await (const batch of batches) {
        const given = performance.now();
        waited += given - asked;
        yield batch;
        asked = performance.now();
        used += asked - given;
      }
    },
    share: () => (used > 0 ? waited / (waited + used) : undefined),
  };
}
