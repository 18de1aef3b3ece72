import { parentPort } from 'node:worker_threads';
import { problemOf } from './files/hostFailure.ts';
import { writeCheckpoint } from './training/checkpointFiles.ts';
import type { WriteAnswer, WriteOrder } from './training/checkpointWriter.ts';

/* The thread that writes checkpoints, so that neither checksums nor a slow disk hold up a step. */

async function answer({ folder, checkpoint, best, epoch }: WriteOrder): Promise<WriteAnswer> {
  try {
    await writeCheckpoint(folder, checkpoint, { best, epoch });
    return { ok: true };
  } catch (error) {
    return { ok: false, problem: problemOf(error) ?? { code: 'run/write-failed', message: String(error) } };
  }
}

parentPort?.on('message', (order: WriteOrder) => {
  void answer(order).then((reply) => parentPort?.postMessage(reply));
});
