import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { encodeSafetensors } from '../../src/graph-engine/targets/safetensors/safetensors.ts';
import { runFiles } from '../../src/main/runs/runFiles.ts';
import { lowered } from './networks.ts';

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
