import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerDocument, type LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram, Executor, NamedTensors, TensorData } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { withStoredWeights } from '../files/storedWeights.ts';
import { matchWeights, readCheckpoint } from '../training/checkpoints.ts';
import type { WeightSource } from '../training/engineMessages.ts';

/** A network with weights, ready to predict. */
export interface TrainedNetwork {
  readonly lowered: LoweredDocument;
  /** Fetches of `predict` by name. Throws a `HostFailure` when an answer is no finite number. */
  predict(feeds: NamedTensors, fetches: readonly string[]): Promise<Readonly<Record<string, TensorData>>>;
  dispose(): Promise<void>;
}

/** Compiles what predicts, with these weights. Throws a `HostFailure` where the document has errors or the weights are another's. */
export async function openTrainedNetwork(
  executor: Executor,
  document: SkipwireDocument,
  weights: WeightSource,
): Promise<TrainedNetwork> {
  const drawn = requireLowered(document);
  const lowered = 'file' in weights ? drawn : (await withStoredWeights(document, drawn)).lowered;
  const { predict } = lowered.program.entries;
  if (predict === undefined) throw new Error('The program has no entry "predict"');
  // Without the other entries there is less to compile, and no optimizer state to hold.
  const variables = lowered.program.variables.filter(({ role }) => role !== 'slot');
  const compiled = await executor.compile(
    { variables, entries: { predict } },
    { seed: 'seed' in weights ? weights.seed : document.training.seed },
  );
  try {
    if ('file' in weights) await loadWeights(compiled, weights.file);
  } catch (error) {
    await compiled.dispose();
    throw error;
  }
  return {
    lowered,
    async predict(feeds, fetches) {
      const answers = await compiled.run('predict', feeds, fetches);
      if (fetches.some((fetch) => !(answers[fetch] ?? []).every(Number.isFinite))) throw notFinite();
      return answers;
    },
    dispose: () => compiled.dispose(),
  };
}

/** Lowers a document. Throws a `HostFailure` that names its first error. */
export function requireLowered(document: SkipwireDocument): LoweredDocument {
  const lowered = lowerDocument(document);
  if (lowered.ok) return lowered.value;
  throw new HostFailure({
    code: 'document/has-errors',
    message: `The network has errors: ${lowered.error[0]?.message ?? ''}`,
    remedy: 'Mend what the editor marks in red; "skipwire check" lists it too.',
  });
}

async function loadWeights(compiled: CompiledProgram, file: string): Promise<void> {
  const stored = matchWeights(compiled.program, await readCheckpoint(file));
  await compiled.writeVariables(Object.fromEntries(Object.entries(stored).map(([name, { data }]) => [name, data])));
}

function notFinite(): HostFailure {
  return new HostFailure({
    code: 'evaluation/not-finite',
    message: 'With these weights the network answers with numbers that are not finite: its training has diverged.',
    expected: 'finite numbers',
    received: 'NaN or infinity',
    remedy: 'Train again with a lower learning rate, or look at a run before it diverged.',
  });
}
