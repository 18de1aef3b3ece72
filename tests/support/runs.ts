import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EpochMetrics } from '../../src/contract/run.ts';
import { networkFingerprint } from '../../src/graph-engine/document/networkFingerprint.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { encodeSafetensors } from '../../src/graph-engine/targets/safetensors/safetensors.ts';
import { initialize } from '../../src/graph-engine/random/initialize.ts';
import { createRunFolder } from '../../src/main/runs/runFolder.ts';
import { runFiles } from '../../src/main/runs/runFiles.ts';
import { lowered } from './networks.ts';

/**
 * A finished run of a document with the initial weights of its seed, in the workspace's folder of runs: everything a training
 * leaves, without its time. It says nothing of its data, as runs of older versions do not.
 */
export async function writeFinishedRun(workspace: string, id: string, document: SkipwireDocument): Promise<string> {
  const { program } = lowered(document);
  const { data, seed, epochs } = document.training;
  const epoch: EpochMetrics = {
    kind: 'epoch',
    step: 1,
    epoch: epochs,
    trainLoss: 1,
    validationLoss: 1,
    best: true,
    elapsed: 1,
  };
  const folder = path.join(workspace, 'runs', id);
  await createRunFolder(folder, document, {
    format: 'skipwire/run@1',
    summary: {
      id,
      name: document.name,
      network: networkFingerprint(document),
      data,
      started: 1,
      state: { status: 'finished' },
      epochs,
      lastEpoch: epoch,
      best: epoch,
    },
    notices: [],
    keeper: null,
  });
  const weights = new Map(program.variables.map((variable) => [variable.name, initialize(variable, seed)]));
  return writeRun(folder, document, { [runFiles.best]: weights, [runFiles.last]: weights });
}

/** Writes a run's weights files, named as in a run's folder, with these weights of the document; returns the folder. */
export async function writeRun(
  folder: string,
  document: SkipwireDocument,
  checkpoints: Readonly<Record<string, ReadonlyMap<string, Float32Array>>>,
): Promise<string> {
  await mkdir(path.join(folder, runFiles.checkpoints), { recursive: true });
  const weights = lowered(document).program.variables.filter(({ role }) => role !== 'slot');
  for (const [file, values] of Object.entries(checkpoints)) {
    const tensors = weights.map(({ name, dims }) => {
      const data = values.get(name);
      if (data === undefined) throw new Error(`There are no weights for ${name}`);
      return [name, { dims, data }] as const;
    });
    await writeFile(path.join(folder, file), encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: {} }));
  }
  return folder;
}
