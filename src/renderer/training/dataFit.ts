import { sizeOf } from '../../graph-engine/core/shape.ts';
import { isImage, isSequence } from '../../graph-engine/core/shape.ts';
import type { DataInput, DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import {
  describeDataTarget,
  matchData,
  type NetworkEnds,
  type NetworkInput,
} from '../../graph-engine/training/matchData.ts';
import { formatCount } from './format.ts';

/** Whether a data set fits a drawn network: what is done to it, or why it does not. */
export type DataFit =
  | { readonly fits: true; readonly note: string | null }
  | { readonly fits: false; readonly reason: string; readonly remedy: string };

/** Says how a data set is fitted to the network as drawn; unknown sizes fit, and so does a network that has no ends yet. */
export function dataFit(data: DataSetDescription, network: NetworkEnds): DataFit {
  if (network.inputs.length === 0 || network.outputs.length === 0) return { fits: true, note: null };
  const match = matchData(data, network);
  if (!match.ok) return { fits: false, reason: match.error.message, remedy: match.error.remedy };
  const notes = network.inputs.flatMap((end) => {
    const input = match.value.inputs.get(end.path);
    return input?.kind === 'image' ? imageNotes(input, end) : [];
  });
  return { fits: true, note: notes.length === 0 ? null : `Images are ${notes.join(' and ')} to fit your Input.` };
}

function imageNotes(data: DataInput & { kind: 'image' }, { type }: NetworkInput): string[] {
  if (isSequence(type)) return ['read row by row'];
  if (!isImage(type)) return [];
  const [height, width] = [sizeOf(type, 'height') ?? data.height, sizeOf(type, 'width') ?? data.width];
  const channels = sizeOf(type, 'channels') ?? data.channels;
  const notes: string[] = [];
  if (data.height !== height || data.width !== width) {
    notes.push(`resized from ${data.height}×${data.width} to ${height}×${width}`);
  }
  if (data.channels !== channels) {
    notes.push(
      channels > data.channels
        ? `repeated over ${channels} channels`
        : `averaged to ${channels} ${channels === 1 ? 'channel' : 'channels'}`,
    );
  }
  return notes;
}

/** A data set in one line: `1 797 images of 8×8×1, one of 10 classes`. */
export function summarizeData({ inputs, targets, samples }: DataSetDescription): string {
  const parts = inputs.map((input) => {
    switch (input.kind) {
      case 'image':
        return `${formatCount(samples)} images of ${input.height}×${input.width}×${input.channels}`;
      case 'text':
        return `${formatCount(input.length)} characters, ${input.vocabulary.length} different`;
      case 'features':
        return `${formatCount(samples)} samples of ${input.names.length} numbers`;
    }
  });
  return [...parts, ...targets.map(describeDataTarget)].join(', ');
}
