import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HostProblem } from '../../contract/contract.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import type { StoredTensor } from '../../graph-engine/targets/safetensors/safetensors.ts';
import type { CompiledProgram } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { allFinite } from './allFinite.ts';
import type { CheckpointNames } from './checkpointFiles.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { TrainingPosition } from './trainingPosition.ts';

/** Writes the checkpoints of one training while it goes on. */
export interface CheckpointWriter {
  /**
   * Takes a copy of the variables, which is all the training waits for; the disk comes later. Only when two checkpoints are
   * waiting already does it wait for the first. Throws a `HostFailure` when an earlier one could not be written.
   */
  save(position: TrainingPosition, names: CheckpointNames): Promise<void>;
  /** Resolves when everything is on the disk. Throws a `HostFailure` when something could not be written. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}

/** A checkpoint on its way to the worker. */
export interface WriteOrder extends CheckpointNames {
  readonly folder: string;
  readonly checkpoint: Checkpoint;
}

/** What the worker answers to an order. */
export type WriteAnswer = { readonly ok: true } | { readonly ok: false; readonly problem: HostProblem };

const workerFile = path.join(productRoot, 'dist', 'main', 'checkpointWorker.js');

/**
 * Starts with an idle worker thread, which is handed the copies without copying them again. `before` is waited for before a
 * checkpoint is written: what the position speaks of must be on the disk first.
 */
export function createCheckpointWriter(
  folder: string,
  program: Program,
  compiled: CompiledProgram,
  before: () => Promise<void>,
): CheckpointWriter {
  let worker: Worker | undefined;
  let failure: Error | undefined;
  /** Not begun yet; the last of them may still be replaced. */
  const waiting: WriteOrder[] = [];
  let working: Promise<void> | undefined;
  let moved = Promise.resolve();

  const write = async (order: WriteOrder): Promise<void> => {
    await before();
    worker ??= startWorker();
    const answer = await ask(worker, order);
    if (!answer.ok) throw new HostFailure(answer.problem);
  };

  const work = async (): Promise<void> => {
    try {
      for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
        moved = write(order);
        await moved;
      }
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
      waiting.length = 0;
    } finally {
      working = undefined;
    }
  };

  const demandHealth = (): void => {
    if (failure !== undefined) throw failure;
  };

  return {
    async save(position, names) {
      demandHealth();
      const tensors = await copyVariables(program, compiled);
      // A training can break in the update that nobody has seen yet: what is on the disk stays the last good state.
      if (!Object.values(tensors).every(({ data }) => allFinite(data))) return;
      const order: WriteOrder = { folder, checkpoint: { tensors, position }, ...names };
      const last = waiting.at(-1);
      // What has no other name than `last` is not worth writing when something newer is there.
      if (last?.epoch === null && (!last.best || names.best)) waiting.pop();
      waiting.push(order);
      working ??= work();
      while (waiting.length > 1 && failure === undefined) await moved.catch(() => undefined);
    },
    async settled() {
      while (working !== undefined) await working;
      demandHealth();
    },
    async dispose() {
      while (working !== undefined) await working;
      await worker?.terminate();
    },
  };
}

async function copyVariables(
  program: Program,
  compiled: CompiledProgram,
): Promise<Readonly<Record<string, StoredTensor>>> {
  const values = await compiled.readVariables();
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, dims } of program.variables) {
    const data = values[name];
    if (data === undefined) throw new Error(`The engine did not return variable ${name}`);
    tensors[name] = { dims, data };
  }
  return tensors;
}

function startWorker(): Worker {
  const worker = new Worker(workerFile);
  // The process may end without it: whoever needs the files waits for them.
  worker.unref();
  return worker;
}

function ask(worker: Worker, order: WriteOrder): Promise<WriteAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (answer: WriteAnswer): void => {
      worker.off('error', reject);
      resolve(answer);
    };
    worker.once('message', settle);
    worker.once('error', reject);
    const buffers = Object.values(order.checkpoint.tensors).map(({ data }) => data.buffer as ArrayBuffer);
    worker.postMessage(order, [...new Set(buffers)]);
  });
}
