import type { Metrics } from '../../contract/run.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerDocument, type LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram, Executor } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { matchWeights, readCheckpoint } from './checkpoints.ts';
import type { EngineTask, Prediction } from './engineMessages.ts';
import { feedsOf } from './networkFeeds.ts';
import { prepareData } from './prepareData.ts';
import { trainNetwork, type TrainingOrder } from './trainingLoop.ts';

/** What a training tells while it goes on. */
export interface TrainingListeners {
  readonly onNotice: (text: string) => void;
  /** Everything is compiled; the first step comes. */
  readonly onBegun: () => void;
  readonly onMetrics: (metrics: Metrics) => void;
  readonly wish: TrainingOrder['wish'];
}

/** Trains a document into a folder for checkpoints; returns whether it got to the end. Throws a `HostFailure`. */
export async function trainDocument(
  executor: Executor,
  { document, folder }: Extract<EngineTask, { kind: 'train' }>,
  { onNotice, onBegun, onMetrics, wish }: TrainingListeners,
): Promise<boolean> {
  const settings = document.training;
  const lowered = lower(document);
  const data = await prepareData(lowered, settings);
  for (const notice of data.notices) onNotice(notice);
  const compiled = await executor.compile(lowered.program, { seed: settings.seed });
  try {
    onBegun();
    const order = { lowered, compiled, data, settings, checkpoints: folder, report: onMetrics, wish };
    return (await trainNetwork(order)).completed;
  } finally {
    await compiled.dispose();
  }
}

/** Samples of one call: bounds the memory of a prediction whatever its size. */
const PREDICTED_AT_ONCE = 64;

/** Predicts with given weights. Throws a `HostFailure` when they belong to another network. */
export async function predictDocument(
  executor: Executor,
  { document, weights, inputs, samples }: Extract<EngineTask, { kind: 'predict' }>,
): Promise<Prediction> {
  const lowered = lower(document);
  const { input, output } = feedsOf(lowered);
  const seed = 'seed' in weights ? weights.seed : document.training.seed;
  const { predict } = lowered.program.entries;
  if (predict === undefined) throw new Error('The program has no entry "predict"');
  // Without the other entries there is less to compile, and no optimizer state to hold.
  const program = {
    variables: lowered.program.variables.filter(({ role }) => role !== 'slot'),
    entries: { predict },
  };
  const compiled = await executor.compile(program, { seed });
  try {
    if ('file' in weights) await loadWeights(compiled, weights.file);
    const logits = new Float32Array(samples * output.classes);
    const probabilities = new Float32Array(samples * output.classes);
    const sampleSize = inputs.length / samples;
    for (let start = 0; start < samples; start += PREDICTED_AT_ONCE) {
      const end = Math.min(samples, start + PREDICTED_AT_ONCE);
      const feeds = { [input.feed]: inputs.subarray(start * sampleSize, end * sampleSize) };
      const result = await compiled.run('predict', feeds, [output.logits, output.probabilities]);
      logits.set(result[output.logits] ?? [], start * output.classes);
      probabilities.set(result[output.probabilities] ?? [], start * output.classes);
    }
    return { logits, probabilities };
  } finally {
    await compiled.dispose();
  }
}

async function loadWeights(compiled: CompiledProgram, file: string): Promise<void> {
  const stored = matchWeights(compiled.program, await readCheckpoint(file));
  await compiled.writeVariables(Object.fromEntries(Object.entries(stored).map(([name, { data }]) => [name, data])));
}

function lower(document: SkipwireDocument): LoweredDocument {
  const lowered = lowerDocument(document);
  if (lowered.ok) return lowered.value;
  throw new HostFailure({
    code: 'document/has-errors',
    message: `The network has errors: ${lowered.error[0]?.message ?? ''}`,
    remedy: 'Mend what the editor marks in red; "skipwire check" lists it too.',
  });
}
