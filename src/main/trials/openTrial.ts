import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerDocument, type LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram, Executor } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { withStoredWeights } from '../files/storedWeights.ts';
import { balancedWeights } from '../training/balanceClasses.ts';
import { batchSource, type Batch, type BatchSource } from '../training/batches.ts';
import { prepareData, type PreparedData } from '../training/prepareData.ts';

/** A network with its data, compiled for a trial: its weights are its own and are thrown away. */
export interface OpenTrial {
  readonly lowered: LoweredDocument;
  readonly data: PreparedData;
  readonly compiled: CompiledProgram;
  readonly batches: BatchSource;
}

/** Lowers a document, or throws a `HostFailure` that says why it cannot be trained. */
export function lowerForTrial(document: SkipwireDocument, statistics = false): LoweredDocument {
  const lowered = lowerDocument(document, { statistics });
  if (lowered.ok) return lowered.value;
  const [first] = lowered.error;
  throw new HostFailure({
    code: first?.code.startsWith('training/') === true ? first.code : 'document/has-errors',
    message: first?.message ?? 'The network has errors.',
    remedy: 'Mend what the editor marks in red; "skipwire check" lists it too.',
  });
}

/** Prepares and compiles a document for a trial, and frees everything afterwards. */
export async function withTrial<Result>(
  executor: Executor,
  document: SkipwireDocument,
  { statistics = false }: { readonly statistics?: boolean },
  run: (trial: OpenTrial) => Promise<Result>,
): Promise<Result> {
  const settings = document.training;
  const drawn = lowerForTrial(document, statistics);
  const data = await prepareData(drawn, settings);
  const weighed = settings.classWeights?.kind === 'balanced' ? balanced(document, drawn, data, statistics) : drawn;
  const { lowered } = await withStoredWeights(document, weighed);
  const compiled = await executor.compile(lowered.program, { seed: settings.seed });
  try {
    return await run({ lowered, data, compiled, batches: batchSource(data, settings) });
  } finally {
    await compiled.dispose();
  }
}

function balanced(
  document: SkipwireDocument,
  drawn: LoweredDocument,
  data: PreparedData,
  statistics: boolean,
): LoweredDocument {
  const classWeights = balancedWeights(drawn, data.columns, data.split.train);
  const lowered = lowerDocument(document, { statistics, classWeights });
  return lowered.ok ? lowered.value : drawn;
}

/** Training batches without end, epoch after epoch. */
export async function* endlessBatches(batches: BatchSource): AsyncGenerator<Batch> {
  for (let epoch = 0; ; epoch++) yield* batches.training({ epoch, offset: 0 });
}
