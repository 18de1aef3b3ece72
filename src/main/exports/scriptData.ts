import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { InferredDocument } from '../../graph-engine/infer/inferDocument.ts';
import type { ScriptData } from '../../graph-engine/targets/python/training/scriptOrder.ts';
import type { StoredTensor } from '../../graph-engine/targets/safetensors/safetensors.ts';
import type { DataInput, DataTarget } from '../../graph-engine/training/dataDescription.ts';
import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import { matchData } from '../../graph-engine/training/matchData.ts';
import { networkEnds } from '../../graph-engine/training/networkEnds.ts';
import { dataSourceNamed } from '../datasets/dataSources.ts';
import type { HeldDataSet } from '../datasets/dataSet.ts';
import { openFiles } from '../datasets/readers/openFiles.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** The data of a training script, and how their columns come into a file where they are not files already. */
export interface FoundData {
  readonly data: ScriptData;
  readonly columns: (() => Promise<Readonly<Record<string, StoredTensor>>>) | null;
}

/**
 * Looks at the data that a document's settings name: files are described as far as a script needs to know, and a set that comes
 * along is to be written beside it. Throws a `HostFailure` when there are none or when the network cannot learn from them.
 */
export async function scriptData(
  { training }: SkipwireDocument,
  inferred: InferredDocument,
  root: string,
  module: string,
): Promise<FoundData> {
  const found = await look(training, root, module);
  const match = matchData(found.data.description, networkEnds(inferred.root));
  if (!match.ok) throw new HostFailure(match.error);
  return found;
}

async function look({ data, reader }: SkipwireDocument['training'], root: string, module: string): Promise<FoundData> {
  const path = dataPathOf(data);
  if (path === undefined) {
    const source = dataSourceNamed(data);
    return {
      data: { description: source.description, path: `${module}_data.safetensors`, reader: null },
      columns: async () => columnsOf(await source.load()),
    };
  }
  const files = await openFiles(root, path, reader);
  const survey = await files.survey();
  const [problem] = survey.problems;
  if (problem !== undefined) throw new HostFailure(problem);
  return { data: { description: survey.description, path, reader: survey.reader }, columns: null };
}

function columnsOf({ description, inputs, targets }: HeldDataSet): Readonly<Record<string, StoredTensor>> {
  const ends: readonly (readonly [DataInput | DataTarget, Float32Array | Int32Array | undefined])[] = [
    ...description.inputs.map((input, index) => [input, inputs[index]] as const),
    ...description.targets.map((target, index) => [target, targets[index]] as const),
  ];
  return Object.fromEntries(
    ends.map(([end, data]) => {
      if (data === undefined) throw new Error(`"${description.title}" lacks its column "${end.name}"`);
      return [end.name, { dims: dimsOf(end, data.length), data }];
    }),
  );
}

function dimsOf(end: DataInput | DataTarget, length: number): readonly number[] {
  const sample = sampleDims(end);
  return [length / sample.reduce((product, size) => product * size, 1), ...sample];
}

function sampleDims(end: DataInput | DataTarget): readonly number[] {
  switch (end.kind) {
    case 'image':
      return [end.height, end.width, end.channels];
    case 'mask':
      return [end.height, end.width];
    case 'features':
    case 'values':
      return [end.names.length];
    case 'probabilities':
      return [end.choices.length];
    case 'class':
    case 'text':
    case 'next-token':
      return [];
  }
}
