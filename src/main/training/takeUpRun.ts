import path from 'node:path';
import type { EpochMetrics, Metrics } from '../../contract/run.ts';
import { rewindMetrics } from '../runs/metricsFile.ts';
import { runFiles } from '../runs/runFiles.ts';
import type { CompiledProgram } from '../executors/compiledProgram.ts';
import { furthestCheckpoint, listCheckpoints } from './checkpointFiles.ts';
import { matchVariables } from './checkpoints.ts';
import type { TrainingPosition } from './trainingPosition.ts';

/** Where a run goes on. */
export interface TakenUp {
  readonly position: TrainingPosition;
  readonly lastEpoch: EpochMetrics | undefined;
  /** Of the run itself, not of the one it continues. */
  readonly best: EpochMetrics | undefined;
}

/**
 * Puts a program and the run's metrics where the furthest checkpoint that is whole left them; `undefined` where there is
 * nothing to go on from. `notice` is told what of the run was lost. Throws a `HostFailure` when the weights do not fit.
 */
export async function takeUpRun(
  folder: string,
  compiled: CompiledProgram,
  notice: (text: string) => void,
): Promise<TakenUp | undefined> {
  const checkpoints = path.join(folder, runFiles.checkpoints);
  const found = await furthestCheckpoint(checkpoints);
  const metrics = await rewindMetrics(folder, found.name === undefined ? 0 : found.checkpoint.position.step);
  if (found.name === undefined) {
    if (found.damaged.length > 0) {
      notice(
        `No checkpoint of this run can be read (${found.damaged.join(', ')} damaged); it starts from the beginning.`,
      );
    }
    return undefined;
  }
  const { tensors, position } = found.checkpoint;
  if (found.damaged.length > 0) {
    notice(`${described(found.damaged)} damaged; the run goes on from "${found.name}", step ${position.step}.`);
  }
  const matched = matchVariables(compiled.program, tensors);
  await compiled.writeVariables(Object.fromEntries(Object.entries(matched).map(([name, { data }]) => [name, data])));
  const start = (await listCheckpoints(checkpoints)).find(({ name }) => name === 'start')?.position?.step ?? 0;
  const epochs = metrics.filter(isEpoch);
  return {
    // Another run's best weights are not among those of this one, and its end is not this one's.
    position: found.name === 'start' ? { ...position, bestLoss: null, ended: false } : position,
    lastEpoch: epochs.at(-1),
    best: epochs.findLast(({ best, step }) => best && step > start),
  };
}

function isEpoch(entry: Metrics): entry is EpochMetrics {
  return entry.kind === 'epoch';
}

function described(damaged: readonly string[]): string {
  const names = damaged.map((name) => `"${name}"`).join(' and ');
  return damaged.length === 1 ? `The checkpoint ${names} is` : `The checkpoints ${names} are`;
}
