import path from 'node:path';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { weightVariables } from '../../graph-engine/lower/weightVariables.ts';
import {
  matchCheckpoint,
  wantedWeights,
  type CheckpointMatch,
  type MatchedWeight,
} from '../../graph-engine/sources/checkpoint/matchCheckpoint.ts';
import { valuesInPlace } from '../../graph-engine/sources/checkpoint/valuesInPlace.ts';
import { exportPytorch } from '../../graph-engine/targets/pytorch/exportPytorch.ts';
import { streamSafetensors, type StreamedTensor } from '../../graph-engine/targets/safetensors/streamSafetensors.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { openCheckpoint } from './openCheckpoint.ts';

/** Finds the weights of a document in a checkpoint, without taking them. Throws a `HostFailure` when it cannot be read. */
export async function matchWeightsFile(document: SkipwireDocument, file: string): Promise<CheckpointMatch> {
  const checkpoint = await openCheckpoint(file);
  try {
    return matchCheckpoint(wantedOf(document), checkpoint.sizes);
  } finally {
    checkpoint.close();
  }
}

/**
 * Writes the weights that a checkpoint has for a document to `target`, a safetensors file under Skipwire's names that a document
 * can begin with. Throws a `HostFailure` when the checkpoint cannot be read or has none of them; then nothing is written.
 */
export async function takeWeights(document: SkipwireDocument, file: string, target: string): Promise<CheckpointMatch> {
  const checkpoint = await openCheckpoint(file);
  try {
    const match = matchCheckpoint(wantedOf(document), checkpoint.sizes);
    const tensors = new Map<string, StreamedTensor>();
    for (const row of match.rows) {
      if (row.kind !== 'matched') continue;
      const { weight, place } = row;
      const values = (): Float32Array => valuesInPlace(weight, place, checkpoint.read(place.tensor));
      tensors.set(weight.variable, { dims: weight.dims, values });
    }
    if (tensors.size === 0) throw nothingMatches(file, match);
    const metadata = {
      format: 'skipwire/weights@1',
      producer: `Skipwire ${productVersion}`,
      source: path.basename(file),
      names: match.title,
    };
    await writeAtomically(target, streamSafetensors(tensors, metadata));
    return match;
  } finally {
    checkpoint.close();
  }
}

/** What became of a weight, in words. */
export function describeRow(row: MatchedWeight): string {
  const { variable } = row.weight;
  switch (row.kind) {
    case 'matched': {
      const { tensor, part, of } = row.place;
      return `${variable} <- ${tensor}${of === 1 ? '' : ` (part ${part + 1} of ${of})`}`;
    }
    case 'size':
      return `${variable}: "${row.tensor}" is ${row.received.join('×')}, not ${row.expected.join('×')}`;
    case 'missing':
      return `${variable}: not there`;
  }
}

function wantedOf(document: SkipwireDocument) {
  const inferred = inferDocument(document);
  const problem = inferred.diagnostics.find(({ severity }) => severity === 'error');
  if (problem !== undefined) {
    throw new HostFailure({
      code: 'document/invalid',
      message: `The network has an error: ${problem.message}`,
      remedy: 'Mend it first, then take the weights.',
    });
  }
  return wantedWeights(weightVariables(document, inferred.root), exportPytorch(document, inferred).state);
}

function nothingMatches(file: string, { rows, unused }: CheckpointMatch): HostFailure {
  const wrong = rows.find((row) => row.kind === 'size') ?? rows[0];
  return new HostFailure({
    code: 'weights/no-match',
    message: `"${path.basename(file)}" has no weight of this network.`,
    expected: wrong === undefined ? 'weights' : describeRow(wrong),
    received: unused.length === 0 ? 'no tensors' : `${unused.length} others, such as "${unused[0]}"`,
    remedy:
      "The names are those of torchvision, timm, transformers, of the source that is exported, or Skipwire's own.",
  });
}
