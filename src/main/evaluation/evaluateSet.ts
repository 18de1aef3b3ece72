import { setImmediate as letMessagesIn } from 'node:timers/promises';
import { MOST_EVALUATED_SAMPLES, type Evaluation, type SetPart } from '../../contract/evaluation.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { matchData, type DataMatch } from '../../graph-engine/training/matchData.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { batchesOf, SMALLEST_EVALUATION_BATCH } from '../training/batches.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import { prepareData, type PreparedData } from '../training/prepareData.ts';
import { tallyOutput } from './tallyOutput.ts';
import { openTrainedNetwork, requireLowered } from './trainedNetwork.ts';

/** Work of an engine process: looks at what the network says of every sample of a part of the data. */
export interface EvaluateTask {
  readonly kind: 'evaluate';
  readonly document: SkipwireDocument;
  readonly weights: WeightSource;
  readonly part: SetPart;
}

export interface EvaluationListeners {
  readonly report?: (done: number, total: number) => void;
  readonly goesOn?: () => boolean;
}

/** Numbers that are fetched at once, at most: masks and scores of large vocabularies are many. */
const NUMBERS_AT_ONCE = 16 * 1024 * 1024;

/** Evaluates a part of a document's data with given weights. Throws a `HostFailure` where there is nothing to look at. */
export async function evaluateSet(
  executor: Executor,
  { document, weights, part }: Omit<EvaluateTask, 'kind'>,
  { report, goesOn = () => true }: EvaluationListeners = {},
): Promise<Evaluation> {
  const lowered = requireLowered(document);
  const learning = lowered.outputs.filter(({ objective }) => objective !== undefined);
  if (learning.length === 0) throw nothingLearned();
  const prepared = await prepareData(lowered, document.training);
  const { samples, notices } = samplesOf(prepared, part);
  const match = requireMatch(prepared.description, lowered);
  const tallies = learning.flatMap((output) => {
    const data = match.targets.get(output.path);
    const { objective } = output;
    if (data === undefined || objective === undefined) return [];
    return [tallyOutput({ output, objective, data, samples: samples.length })];
  });
  const fetches = tallies.map(({ fetch }) => fetch);
  const numbers = tallies.reduce((sum, { size }) => sum + size, 1);
  const wanted = Math.max(document.training.batchSize, SMALLEST_EVALUATION_BATCH);
  const batchSize = Math.max(1, Math.min(wanted, Math.floor(NUMBERS_AT_ONCE / numbers)));
  const network = await openTrainedNetwork(executor, document, weights);
  try {
    let done = 0;
    for (const batch of batchesOf(prepared.columns, samples, batchSize)) {
      report?.(done, samples.length);
      await letMessagesIn();
      if (!goesOn()) throw stopped();
      const feeds = lowered.inputs.map(({ feed }) => [feed, batch.feeds[feed] ?? new Float32Array()] as const);
      const results = await network.predict(Object.fromEntries(feeds), fetches);
      for (const tally of tallies) {
        const [answers, targets] = [results[tally.fetch], batch.feeds[tally.targetFeed]];
        if (answers === undefined || targets === undefined) throw new Error(`There is nothing for "${tally.path}"`);
        tally.add({ from: done, size: batch.size, answers, targets });
      }
      done += batch.size;
    }
    report?.(done, samples.length);
    return { outputs: tallies.map((tally) => tally.finish([...samples])), notices };
  } finally {
    await network.dispose();
  }
}

/** What of a data set each end of a network gets. Throws a `HostFailure` where they do not fit. */
export function requireMatch(
  description: DataSetDescription,
  { inputs, outputs }: Pick<LoweredDocument, 'inputs' | 'outputs'>,
): DataMatch {
  const match = matchData(description, {
    inputs,
    outputs: outputs.flatMap(({ path, objective }) =>
      objective === undefined ? [] : [{ path, target: objective.target }],
    ),
  });
  if (match.ok) return match.value;
  throw new HostFailure(match.error);
}

function samplesOf(
  { split, description }: PreparedData,
  part: SetPart,
): { readonly samples: Int32Array; readonly notices: string[] } {
  const all = split[part];
  if (all === undefined || all.length === 0) {
    throw new HostFailure({
      code: 'evaluation/no-samples',
      message: `"${description.title}" has no samples for ${part === 'test' ? 'a test' : part}.`,
      remedy: 'Look at another part: validation or train.',
    });
  }
  if (all.length <= MOST_EVALUATED_SAMPLES) return { samples: all, notices: [] };
  const samples = Int32Array.from(
    { length: MOST_EVALUATED_SAMPLES },
    (_, place) => all[Math.floor((place * all.length) / MOST_EVALUATED_SAMPLES)] ?? 0,
  );
  return {
    samples,
    notices: [`${MOST_EVALUATED_SAMPLES} of ${all.length} samples were looked at, spread evenly over all.`],
  };
}

function nothingLearned(): HostFailure {
  return new HostFailure({
    code: 'evaluation/nothing-learned',
    message: 'No output of this network learns anything that could be compared with what is true.',
    expected: 'an output such as Classification, Segmentation, Regression or Next token',
  });
}

function stopped(): HostFailure {
  return new HostFailure({ code: 'evaluation/stopped', message: 'The evaluation was stopped.' });
}
