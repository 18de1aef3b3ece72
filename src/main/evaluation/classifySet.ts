import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerDocument, type LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { matchData } from '../../graph-engine/training/matchData.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { batchesOf, SMALLEST_EVALUATION_BATCH } from '../training/batches.ts';
import { matchWeights, readCheckpoint } from '../training/checkpoints.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import { prepareData, type PreparedData } from '../training/prepareData.ts';

/** Which samples a network is tested on. */
export const setParts = ['validation', 'train', 'test'] as const;
export type SetPart = (typeof setParts)[number];

/** Work of an engine process: classifies every sample of a part of the data. */
export interface ClassifyTask {
  readonly kind: 'classify';
  readonly document: SkipwireDocument;
  readonly weights: WeightSource;
  readonly part: SetPart;
}

/** What one classifying output said of each sample. */
export interface ClassifiedSet {
  /** Path of the output. */
  readonly path: string;
  readonly classes: readonly string[];
  /** Numbers of the samples in the data set; everything else is in the same order. */
  readonly samples: Int32Array;
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Probability of the predicted class. */
  readonly confidence: Float32Array;
  /** Probability of the true class. */
  readonly likelihood: Float32Array;
}

/** Classifies a part of a document's data with given weights. Throws a `HostFailure` where there is nothing to classify. */
export async function classifySet(
  executor: Executor,
  { document, weights, part }: ClassifyTask,
): Promise<readonly ClassifiedSet[]> {
  const lowered = lowerDocument(document);
  if (!lowered.ok) {
    throw new HostFailure({
      code: 'document/has-errors',
      message: `The network has errors: ${lowered.error[0]?.message ?? ''}`,
    });
  }
  const { program, inputs } = lowered.value;
  const outputs = classifiers(lowered.value);
  const data = await prepareData(lowered.value, document.training);
  const samples = samplesOf(data, part);
  const names = classNames(lowered.value, data);
  const { predict } = program.entries;
  if (predict === undefined) throw new Error('The program has no entry "predict"');
  const variables = program.variables.filter(({ role }) => role !== 'slot');
  const compiled = await executor.compile(
    { variables, entries: { predict } },
    { seed: 'seed' in weights ? weights.seed : document.training.seed },
  );
  try {
    if ('file' in weights) {
      const stored = matchWeights(compiled.program, await readCheckpoint(weights.file));
      await compiled.writeVariables(Object.fromEntries(Object.entries(stored).map(([name, { data: v }]) => [name, v])));
    }
    const sets = outputs.map((output) => emptySet(output, names.get(output.path) ?? [], samples));
    const batchSize = Math.max(document.training.batchSize, SMALLEST_EVALUATION_BATCH);
    const fetches = outputs.map(({ fetch }) => fetch);
    let done = 0;
    for (const batch of batchesOf(data.columns, samples, batchSize)) {
      await letMessagesIn();
      const feeds = Object.fromEntries(inputs.flatMap(({ feed }) => [[feed, batch.feeds[feed] ?? new Float32Array()]]));
      const results = await compiled.run('predict', feeds, fetches);
      for (const [index, output] of outputs.entries()) {
        const set = sets[index];
        if (set === undefined) continue;
        read(set, done, batch.size, results[output.fetch] ?? [], batch.feeds[output.targetFeed] ?? []);
      }
      done += batch.size;
    }
    return sets;
  } finally {
    await compiled.dispose();
  }
}

interface Classifier {
  readonly path: string;
  readonly fetch: string;
  readonly targetFeed: string;
}

function classifiers({ outputs }: LoweredDocument): readonly Classifier[] {
  const found = outputs.flatMap(({ path, ports, objective }): Classifier[] => {
    const fetch = ports['probabilities']?.fetch;
    if (objective?.target.kind !== 'class' || fetch === undefined) return [];
    return [{ path, fetch, targetFeed: objective.targetFeed }];
  });
  if (found.length > 0) return found;
  throw new HostFailure({
    code: 'evaluation/no-classifier',
    message: 'No output of this network names one class for each sample.',
    expected: 'a Classification output',
  });
}

function samplesOf({ split, description }: PreparedData, part: SetPart): Int32Array {
  const samples = split[part];
  if (samples !== undefined && samples.length > 0) return samples;
  throw new HostFailure({
    code: 'evaluation/no-samples',
    message: `"${description.title}" has no samples for ${part === 'test' ? 'a test' : part}.`,
    remedy: 'Look at another part: validation or train.',
  });
}

function classNames(
  { inputs, outputs }: LoweredDocument,
  { description }: PreparedData,
): ReadonlyMap<string, string[]> {
  const match = matchData(description, {
    inputs,
    outputs: outputs.flatMap(({ path, objective }) =>
      objective === undefined ? [] : [{ path, target: objective.target }],
    ),
  });
  if (!match.ok) throw new HostFailure(match.error);
  return new Map(
    [...match.value.targets].flatMap(([path, one]) => (one.kind === 'class' ? [[path, one.classes]] : [])),
  );
}

function emptySet({ path }: Classifier, classes: readonly string[], samples: Int32Array): ClassifiedSet {
  const count = samples.length;
  return {
    path,
    classes,
    samples,
    truth: new Int32Array(count),
    predicted: new Int32Array(count),
    confidence: new Float32Array(count),
    likelihood: new Float32Array(count),
  };
}

/** Puts a batch in its place. */
function read(
  { truth, predicted, confidence, likelihood }: ClassifiedSet,
  from: number,
  size: number,
  probabilities: ArrayLike<number>,
  targets: ArrayLike<number>,
): void {
  const classes = probabilities.length / size;
  for (let row = 0; row < size; row++) {
    let best = 0;
    const at = (index: number): number => probabilities[row * classes + index] ?? 0;
    for (let index = 1; index < classes; index++) if (at(index) > at(best)) best = index;
    const actual = targets[row] ?? 0;
    truth[from + row] = actual;
    predicted[from + row] = best;
    confidence[from + row] = at(best);
    likelihood[from + row] = at(actual);
  }
}
