import { totalmem } from 'node:os';
import type { Program } from '../../graph-engine/program/program.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { memoryOfProgram } from '../trials/forecastMemory.ts';

/** Share of the memory that a batch which is sure to fit may take: others use some of it, and the rest is in pieces. */
const SURE = 0.9;

export interface OutOfMemoryOrder {
  readonly program: Program;
  readonly batchSize: number;
  /** Bytes of the device; of the machine when left out. */
  readonly memory?: number | undefined;
}

/**
 * Names the batch size that would fit where an engine ran out of memory; any other error is handed back as it is. The forecast is
 * scaled by what has just been seen: the batch that was tried takes more than there is.
 */
export function explainOutOfMemory(
  error: unknown,
  { program, batchSize, memory = totalmem() }: OutOfMemoryOrder,
): unknown {
  if (!(error instanceof HostFailure) || error.problem.code !== 'engine/out-of-memory') return error;
  const { weights, optimizer, activations } = memoryOfProgram(program);
  const need = (size: number): number => weights + optimizer + activations(size).bytes;
  const scale = Math.max(1, memory / need(batchSize));
  let fitting = Math.floor(batchSize / 2);
  while (fitting >= 1 && need(fitting) * scale > SURE * memory) fitting = Math.floor(fitting / 2);
  const remedy =
    fitting >= 1
      ? `A batch of ${fitting} would fit. Gradients of several such batches can be gathered into one step.`
      : 'Not even one sample fits: choose a smaller network or a smaller input, or compute activations twice.';
  return new HostFailure({ ...error.problem, remedy });
}
