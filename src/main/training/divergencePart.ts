import path from 'node:path';
import type { BrokenValue } from '../../contract/divergence.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { Executor, TensorData } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { runFiles } from '../runs/runFiles.ts';
import type { BatchSource } from './batches.ts';
import { furthestCheckpoint } from './checkpointFiles.ts';
import { findFirstBroken, type Replay } from './findFirstBroken.ts';
import type { Divergence, TrainingPart } from './trainingPart.ts';

export interface DivergenceOrder {
  readonly lowered: LoweredDocument;
  readonly settings: TrainingSettings;
  readonly executor: Executor;
  /** The run's folder. */
  readonly folder: string;
  /** Opens the batches once more. */
  readonly openBatches: () => { readonly batches: BatchSource; readonly dispose: () => Promise<void> };
  /** Resolves when all checkpoints so far are on the disk. */
  readonly checkpointsWritten: () => Promise<void>;
  readonly notice: (text: string) => void;
}

/** When the loss is no number, takes the steps since the last checkpoint once more and names the node where it began. */
export function createDivergencePart(order: DivergenceOrder): TrainingPart {
  return {
    name: 'divergence',
    async explain(found) {
      order.notice(
        'The loss is no number: the steps since the last checkpoint are taken again to see where that begins.',
      );
      const broken = await replay(order, found).catch((error: unknown) => {
        order.notice(`That was not found out: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
      return failureOf(found, broken);
    },
  };
}

async function replay(order: DivergenceOrder, { step, learningRate, stepsPerEpoch }: Divergence) {
  const { lowered, settings, executor, folder } = order;
  await order.checkpointsWritten();
  const { program } = lowered;
  const { batches, dispose } = order.openBatches();
  try {
    const from = await healthyState(folder, program, settings.seed);
    return await findFirstBroken({
      executor,
      program,
      settings,
      batches,
      from,
      failed: step,
      learningRate,
      stepsPerEpoch,
    });
  } finally {
    await dispose();
  }
}

/** The furthest checkpoint, or how the run began. */
async function healthyState(folder: string, program: Replay['program'], seed: number): Promise<Replay['from']> {
  const found = await furthestCheckpoint(path.join(folder, runFiles.checkpoints));
  const variables: Record<string, TensorData> = {};
  for (const variable of program.variables) {
    const stored = found.name === undefined ? undefined : found.checkpoint.tensors[variable.name]?.data;
    variables[variable.name] = stored ?? initialOf(variable, seed);
  }
  const { step = 0, epoch = 0, offset = 0 } = found.name === undefined ? {} : found.checkpoint.position;
  return { step, epoch, offset, variables };
}

function initialOf(variable: Replay['program']['variables'][number], seed: number): TensorData {
  const values = initialize(variable, seed);
  return variable.dtype === 'int32' ? Int32Array.from(values) : values;
}

const PASSES: Readonly<Record<BrokenValue['pass'], string>> = {
  weights: 'among the weights',
  forward: 'on the way forward',
  backward: 'in the gradients, on the way back',
  update: 'in the weights that the step made',
};

function failureOf(found: Divergence, broken: BrokenValue | undefined): HostFailure {
  const { loss, step, epoch, learningRate, stepsPerEpoch } = found;
  const value = Number.isNaN(loss) ? 'not a number (NaN)' : 'infinite';
  const place = `step ${step + 1} (step ${(step % stepsPerEpoch) + 1} of epoch ${epoch + 1})`;
  const where = broken === undefined || broken.path === '' ? '' : ` in "${broken.path}"`;
  const began =
    broken === undefined
      ? ''
      : ` It began at step ${broken.step + 1}${where}, ${PASSES[broken.pass]}: the first value that is not finite.`;
  return new HostFailure({
    code: 'training/diverged',
    message: `The loss became ${value} at ${place}.${began}`,
    expected: 'a finite loss',
    received: String(loss),
    remedy: `Lower the learning rate, which was ${Number(learningRate.toPrecision(3))}, or clip the gradients. The last good checkpoint is kept.`,
    divergence: { learningRate, ...(broken !== undefined && { broken }) },
  });
}
