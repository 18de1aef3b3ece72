import { parentPort, workerData } from 'node:worker_threads';
import { openPlan } from './datasets/columnPlan.ts';
import { problemOf } from './files/hostFailure.ts';
import type { BatchAnswer, BatchOrder, BatchThreadData } from './training/batchMessages.ts';

/*
 * A thread that makes batches: reads samples, varies and normalizes them, while the main thread is inside a step.
 */

const port = parentPort;
if (port === null) throw new Error('batchWorker.js is started as a thread by the engine process');
const { plan } = workerData as BatchThreadData;
const columns = openPlan(plan);

function make({ samples, room, variation }: BatchOrder): void {
  for (const [index, { dtype, sampleSize, write }] of columns.entries()) {
    const memory = room[index];
    if (memory === undefined) throw new Error(`There is no room for column ${index}`);
    const numbers = dtype === 'int32' ? new Int32Array(memory) : new Float32Array(memory);
    for (const [row, sample] of samples.entries()) {
      write(sample, numbers.subarray(row * sampleSize, (row + 1) * sampleSize), variation);
    }
  }
}

port.on('message', (order: BatchOrder) => {
  let answer: BatchAnswer;
  try {
    make(order);
    answer = { id: order.id, ok: true };
  } catch (error) {
    const problem = problemOf(error);
    // A bug ends the thread, and with it the training that waits for it.
    if (problem === undefined) throw error;
    answer = { id: order.id, ok: false, problem };
  }
  port.postMessage(answer);
});
