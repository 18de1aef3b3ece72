import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { DataInput, DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { DataMatch } from '../../graph-engine/training/matchData.ts';
import { dataSourceFor } from '../datasets/dataSourceFor.ts';
import type { FilePreparation } from '../datasets/filePreparation.ts';
import type { Normalization } from '../datasets/normalization.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { LoweredInput } from '../../graph-engine/lower/lowerDocument.ts';
import { readRunData } from '../runs/runData.ts';
import { requireMatch } from './evaluateSet.ts';
import type { TrainedNetwork } from './trainedNetwork.ts';

/** What a run knows of the data it learned from. */
export interface RunPreparation {
  readonly description: DataSetDescription;
  readonly preparation: FilePreparation | undefined;
  /** By the path of the input. */
  readonly normalization: ReadonlyMap<string, Normalization>;
}

/** Reads what a run wrote of its data; of an older run the data themselves are looked at. Throws a `HostFailure` when they are gone. */
export async function openRunPreparation(runFolder: string, document: SkipwireDocument): Promise<RunPreparation> {
  const kept = await readRunData(runFolder);
  const normalization = new Map((kept?.normalization ?? []).map(({ input, ...own }) => [input, own]));
  if (kept?.description !== undefined) {
    return { description: kept.description, preparation: kept.preparation, normalization };
  }
  const source = await dataSourceFor(document.training);
  const { description, preparation } = await source.load();
  return { description, preparation, normalization };
}

/** The one thing that a network takes, which a file can be. */
export interface SingleInput {
  readonly data: DataInput;
  readonly match: DataMatch;
  /** The inputs that take it; usually one. */
  readonly inputs: readonly LoweredInput[];
}

/** What the file of a user has to be. Throws a `HostFailure` where a network takes several things at once. */
export function singleInputOf(
  { lowered }: Pick<TrainedNetwork, 'lowered'>,
  { description }: RunPreparation,
): SingleInput {
  const match = requireMatch(description, lowered);
  const taken = [...new Set(match.inputs.values())];
  const [data] = taken;
  if (data === undefined || taken.length > 1) {
    throw new HostFailure({
      code: 'own-file/several-inputs',
      message: `This network takes ${taken.length} different things at once, which one file is not.`,
      expected: 'a network with one input',
      received: taken.map(({ name }) => name).join(', '),
    });
  }
  return { data, match, inputs: lowered.inputs };
}
