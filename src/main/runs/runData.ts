import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { FilePreparation } from '../datasets/filePreparation.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { PreparedData } from '../training/prepareData.ts';

/** Name of the file in a run's folder that says what the run learned from. */
const FILE = 'data.json';

/** What a run learned from, and how its numbers were normalized. */
export const RunData = z.object({
  format: z.literal('skipwire/run-data@1'),
  data: z.string(),
  samples: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  /** By the path of the input: what is taken from each channel or feature, and what it is divided by. */
  normalization: z.array(
    z.object({ input: z.string(), mean: z.array(z.number()), deviation: z.array(z.number().positive()) }),
  ),
  /** What the data were, and how another file becomes a sample like theirs; older runs do not say. */
  description: DataSetDescription.optional(),
  preparation: FilePreparation.optional(),
});
export type RunData = z.infer<typeof RunData>;

/** Writes what a run learns from into its folder. */
export async function writeRunData(
  folder: string,
  { description, split, normalization, preparation }: PreparedData,
  inputs: readonly { readonly path: string; readonly feed: string }[],
): Promise<void> {
  const kept: RunData = {
    format: 'skipwire/run-data@1',
    data: description.id,
    samples: {
      train: split.train.length,
      validation: split.validation.length,
      test: split.test?.length ?? 0,
    },
    normalization: inputs.flatMap(({ path: input, feed }) => {
      const own = normalization[feed];
      return own === undefined ? [] : [{ input, mean: [...own.mean], deviation: [...own.deviation] }];
    }),
    description,
    ...(preparation !== undefined && { preparation }),
  };
  await mkdir(folder, { recursive: true });
  await writeAtomically(path.join(folder, FILE), `${JSON.stringify(kept, null, 2)}\n`);
}

/** What a run learned from; `undefined` for one that does not say, such as an older one. */
export async function readRunData(folder: string): Promise<RunData | undefined> {
  try {
    return RunData.parse(JSON.parse(await readFile(path.join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
