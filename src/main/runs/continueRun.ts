import { copyFile, link, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointDescription } from '../../contract/runControl.ts';
import type { RunParent } from '../../contract/run.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { listCheckpoints, type KnownCheckpoint } from '../training/checkpointFiles.ts';
import { readMetrics } from './metricsFile.ts';
import { runFiles } from './runFiles.ts';
import { copyStatistics } from './runStatistics.ts';

/** A run and its checkpoint that another run begins with. */
export interface StartingPoint {
  readonly parent: RunParent;
  /** Of the parent. */
  readonly folder: string;
  readonly file: string;
  /** Fingerprint of the parent's network. */
  readonly network: string;
}

/** The checkpoints of a run that can be read, the furthest first. */
export async function describeCheckpoints(folder: string): Promise<CheckpointDescription[]> {
  const known = await listCheckpoints(path.join(folder, runFiles.checkpoints));
  const descriptions = known.map(async ({ name, file, position }) => {
    if (position === undefined || name === 'previous') return [];
    const { mtimeMs } = await stat(file);
    const epoch = await epochAt(folder, position.step, position.epoch);
    return [{ name, step: position.step, epoch, saved: mtimeMs }];
  });
  return (await Promise.all(descriptions)).flat();
}

/** Epochs passed at a step, with a fraction where the curve tells it. */
async function epochAt(folder: string, step: number, whole: number): Promise<number> {
  return (await readMetrics(folder)).findLast((entry) => entry.step === step)?.epoch ?? whole;
}

/** Finds a checkpoint of a run, which trained `document`. Throws a `HostFailure` that names those there are. */
export async function startingPoint(
  { id: run, folder }: { readonly id: string; readonly folder: string },
  document: SkipwireDocument,
  checkpoint: string,
): Promise<StartingPoint> {
  const known = await listCheckpoints(path.join(folder, runFiles.checkpoints));
  const found = known.find(({ name }) => name === checkpoint);
  if (found?.position === undefined) throw noCheckpoint(run, checkpoint, known);
  const { step, epoch } = found.position;
  const parent = { run, checkpoint, step, epoch: await epochAt(folder, step, epoch) };
  return { parent, folder, file: found.file, network: networkFingerprint(document) };
}

/**
 * Throws a `HostFailure` when a document is another network than the checkpoint's, or has no epochs left after it: they are
 * counted from the first run on.
 */
export function demandContinuable({ parent, network }: StartingPoint, document: SkipwireDocument): void {
  if (networkFingerprint(document) !== network) {
    throw new HostFailure({
      code: 'weights/other-network',
      message: `The run "${parent.run}" trained another network than the one drawn now.`,
      remedy: 'Only settings may change. Undo the changes of the drawing, or train it as a new run.',
    });
  }
  const { training } = document;
  if (training.epochs > parent.epoch) return;
  throw new HostFailure({
    code: 'run/no-epochs-left',
    message: `The checkpoint "${parent.checkpoint}" of "${parent.run}" has ${formatEpochs(parent.epoch)} behind it, and the settings want ${training.epochs} in all.`,
    expected: `more than ${Math.floor(parent.epoch)} epochs`,
    received: String(training.epochs),
    remedy: 'Raise the number of epochs: those before the checkpoint count.',
  });
}

const formatEpochs = (epochs: number): string => `${Number(epochs.toFixed(2))} ${epochs === 1 ? 'epoch' : 'epochs'}`;

/** Gives the folder of a new run the checkpoint and the curve that it begins with, so that it needs its parent no more. */
export async function layStart(folder: string, { parent, folder: from, file }: StartingPoint): Promise<void> {
  const start = path.join(folder, runFiles.start);
  // One file with two names costs nothing; not every disk has that.
  await link(file, start).catch(() => copyFile(file, start));
  const before = (await readMetrics(from)).filter(({ step }) => step <= parent.step);
  const lines = before.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeAtomically(path.join(folder, runFiles.metrics), lines);
  await copyStatistics(from, folder);
}

function noCheckpoint(run: string, checkpoint: string, known: readonly KnownCheckpoint[]): HostFailure {
  const names = known.flatMap(({ name, position }) => (position === undefined ? [] : [name]));
  const damaged = known.some(({ name }) => name === checkpoint);
  return new HostFailure({
    code: damaged ? 'weights/damaged' : 'run/no-checkpoint',
    message: damaged
      ? `The checkpoint "${checkpoint}" of the run "${run}" is damaged.`
      : `The run "${run}" has no checkpoint "${checkpoint}".`,
    expected: names.length === 0 ? 'a run that has saved something' : `one of ${names.join(', ')}`,
    received: checkpoint,
    remedy: names.length === 0 ? 'Let the run train for an epoch first.' : 'Choose another checkpoint.',
  });
}
