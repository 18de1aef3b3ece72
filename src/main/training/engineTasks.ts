import path from 'node:path';
import type { MeasureDescription, Metrics } from '../../contract/run.ts';
import { elementCount } from '../../graph-engine/core/shape.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerDocument, type LoweredDocument, type LowerOptions } from '../../graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { describeShare, withoutStoredWeights, withStoredWeights } from '../files/storedWeights.ts';
import { writeRunData } from '../runs/runData.ts';
import { watchDeviceMemory } from './deviceMemory.ts';
import { balancedWeights } from './balanceClasses.ts';
import { createMetricsWriter } from '../runs/metricsFile.ts';
import { runFiles } from '../runs/runFiles.ts';
import { thinned, thinnedDims } from '../verification/thinning.ts';
import type { BatchSource } from './batches.ts';
import { matchWeights, readCheckpoint } from './checkpoints.ts';
import { furthestCheckpoint } from './checkpointFiles.ts';
import { createCheckpointWriter } from './checkpointWriter.ts';
import type { EngineTask, Prediction } from './engineMessages.ts';
import { explainOutOfMemory } from './explainOutOfMemory.ts';
import { describeMeasures } from './networkMeasures.ts';
import { openBatches } from './prefetchedBatches.ts';
import { prepareData, type PreparedData } from './prepareData.ts';
import { compileResident } from './residentData.ts';
import { takeUpRun, type TakenUp } from './takeUpRun.ts';
import { trainNetwork, type TrainingOrder } from './trainingLoop.ts';
import { statisticsEvery } from './statisticsPart.ts';
import { createTrainingParts } from './trainingParts.ts';
import { STARTING_POSITION } from './trainingPosition.ts';

/** What a training tells while it goes on. */
export interface TrainingListeners {
  readonly onNotice: (text: string) => void;
  /** The run goes on from a checkpoint. */
  readonly onTakenUp?: (run: TakenUp) => void;
  /** Everything is compiled; the first step comes. */
  readonly onBegun: (measures: readonly MeasureDescription[]) => void;
  readonly onMetrics: (metrics: Metrics) => void;
  readonly wish: TrainingOrder['wish'];
}

/** Trains a document in the folder of a run, from its furthest checkpoint on; returns whether it got to the end. Throws a `HostFailure`. */
export async function trainDocument(
  executor: Executor,
  { document: whole, folder, statisticsFolder }: Extract<EngineTask, { kind: 'train' }>,
  { onNotice, onTakenUp, onBegun, onMetrics, wish }: TrainingListeners,
  choose: (batches: BatchSource) => BatchSource = (batches) => batches,
): Promise<boolean> {
  const checkpointFolder = path.join(folder, runFiles.checkpoints);
  const isBegun = whole.weights !== undefined && (await furthestCheckpoint(checkpointFolder)).name !== undefined;
  // Whatever became of the file that the run once began with.
  const document = isBegun ? withoutStoredWeights(whole) : whole;
  const settings = document.training;
  const options = { statistics: statisticsFolder !== undefined && statisticsEvery(settings) > 0 };
  const { lowered: drawn, share } = await withStoredWeights(document, lower(document, options));
  if (share !== undefined) onNotice(describeShare(share));
  const data = await prepareData(drawn, settings);
  for (const notice of data.notices) onNotice(notice);
  await writeRunData(folder, data, drawn.inputs);
  const lowered = await withClassWeights(document, options, drawn, data);
  const resident = await compileResident(executor, lowered.program, data, settings);
  if (resident !== undefined) onNotice(resident.notice);
  const compiled = resident?.compiled ?? (await executor.compile(lowered.program, { seed: settings.seed }));
  const opened = openBatches(data, settings);
  const metrics = createMetricsWriter(folder);
  const checkpoints = createCheckpointWriter(checkpointFolder, lowered.program, compiled, () => metrics.flushed());
  const report = (entry: Metrics): void => {
    metrics.append(entry);
    onMetrics(entry);
  };
  const device = watchDeviceMemory();
  try {
    const taken = await takeUpRun(folder, compiled, onNotice);
    if (taken !== undefined) onTakenUp?.(taken);
    onBegun(describeMeasures(lowered));
    const batches = choose(resident?.batches(opened) ?? opened);
    const replay = {
      executor,
      folder,
      openBatches() {
        const again = openBatches(data, settings);
        return { batches: choose(again), dispose: () => again.dispose() };
      },
      checkpointsWritten: () => checkpoints.settled(),
    };
    const parts = createTrainingParts({ lowered, settings, statisticsFolder, replay, notice: onNotice });
    const from = taken?.position ?? STARTING_POSITION;
    const order = {
      ...{ lowered, compiled, batches, settings, from, parts, checkpoints, report, wish },
      deviceMemory: device.bytes,
    };
    const { completed } = await trainNetwork(order);
    await metrics.flushed();
    const waited = opened.waitShare();
    if (waited !== undefined) onNotice(`Steps waited for data during ${(waited * 100).toFixed(1)} % of the time.`);
    return completed;
  } catch (error) {
    const { batchSize } = settings;
    throw explainOutOfMemory(error, { program: lowered.program, batchSize, memory: executor.device?.memory });
  } finally {
    device.stop();
    await opened.dispose();
    await checkpoints.dispose();
    await compiled.dispose();
  }
}

/** Samples and numbers of one call: they bound the memory of a prediction whatever its size. */
const SAMPLES_AT_ONCE = 64;
const NUMBERS_AT_ONCE = 32 * 1024 * 1024;

/** Predicts with given weights. Throws a `HostFailure` when they belong to another network. */
export async function predictDocument(
  executor: Executor,
  { document, weights, inputs, samples, thinnings }: Extract<EngineTask, { kind: 'predict' }>,
): Promise<Prediction> {
  const { lowered } =
    'file' in weights ? { lowered: lower(document) } : await withStoredWeights(document, lower(document));
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
    const answers = answersFor(lowered, samples, thinnings);
    const numbers = answers.reduce((sum, { whole }) => sum + whole, 1);
    const atOnce = Math.max(1, Math.min(SAMPLES_AT_ONCE, Math.floor(NUMBERS_AT_ONCE / numbers)));
    for (let start = 0; start < samples; start += atOnce) {
      const end = Math.min(samples, start + atOnce);
      const result = await compiled.run('predict', feedsOf(lowered, inputs, samples, start, end));
      for (const { fetch, dims, thinning, size, values } of answers) {
        const data = result[fetch];
        if (data !== undefined)
          values.set(thinned({ dims: [end - start, ...dims], data }, thinning).data, start * size);
      }
    }
    return Object.fromEntries(
      lowered.outputs.map(({ path }) => [
        path,
        Object.fromEntries(answers.filter((one) => one.path === path).map(({ port, values }) => [port, values])),
      ]),
    );
  } finally {
    await compiled.dispose();
  }
}

/** Room for everything that a prediction answers. */
function answersFor(
  { outputs }: LoweredDocument,
  samples: number,
  thinnings: Extract<EngineTask, { kind: 'predict' }>['thinnings'],
) {
  return outputs.flatMap(({ path, ports }) =>
    Object.entries(ports).map(([port, { fetch, type }]) => {
      const whole = elementCount(type);
      if (whole === null) throw new Error(`"${fetch}" has an unknown size`);
      const [dims, thinning] = [type.axes.map((axis) => axis.size ?? 1), thinnings?.[path]?.[port]];
      const size = thinnedDims([1, ...dims], thinning).reduce((product, one) => product * one, 1);
      const values = type.dtype === 'int32' ? new Int32Array(samples * size) : new Float32Array(samples * size);
      return { path, port, fetch, dims, thinning, whole, size, values };
    }),
  );
}

/** The feeds of some of the samples. */
function feedsOf(
  { inputs: declared }: LoweredDocument,
  inputs: NamedTensors,
  samples: number,
  start: number,
  end: number,
): NamedTensors {
  return Object.fromEntries(
    declared.map(({ path, feed }) => {
      const data = inputs[path];
      if (data === undefined) throw new Error(`There are no numbers for the input "${path}"`);
      const size = data.length / samples;
      return [feed, data.subarray(start * size, end * size)];
    }),
  );
}

async function loadWeights(compiled: CompiledProgram, file: string): Promise<void> {
  const stored = matchWeights(compiled.program, await readCheckpoint(file));
  await compiled.writeVariables(Object.fromEntries(Object.entries(stored).map(([name, { data }]) => [name, data])));
}

/** Lowered anew where the classes count by how many samples of them there are, which only the data tell. */
async function withClassWeights(
  document: SkipwireDocument,
  options: LowerOptions,
  drawn: LoweredDocument,
  data: PreparedData,
): Promise<LoweredDocument> {
  if (document.training.classWeights?.kind !== 'balanced') return drawn;
  const balanced = lower(document, {
    ...options,
    classWeights: balancedWeights(drawn, data.columns, data.split.train),
  });
  return (await withStoredWeights(document, balanced)).lowered;
}

function lower(document: SkipwireDocument, options: LowerOptions = {}): LoweredDocument {
  const lowered = lowerDocument(document, options);
  if (lowered.ok) return lowered.value;
  throw new HostFailure({
    code: 'document/has-errors',
    message: `The network has errors: ${lowered.error[0]?.message ?? ''}`,
    remedy: 'Mend what the editor marks in red; "skipwire check" lists it too.',
  });
}
