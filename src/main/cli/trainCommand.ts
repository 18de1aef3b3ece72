import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { headlineOf, validationFigure } from '../../contract/measures.ts';
import { RunId, type RunSummary, type StepMetrics } from '../../contract/run.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { dataSourceFor } from '../datasets/dataSourceFor.ts';
import { newRunId } from '../runs/newRunId.ts';
import { createRunKeeper } from '../runs/runKeeper.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { requireTrainable } from '../training/requireTrainable.ts';
import { dataArgument } from './dataArgument.ts';
import { exitCodeFor, exitCodes } from './exitCodes.ts';
import { openDocument } from './openDocument.ts';
import { formatFigure, jsonLines, nameOf, showProgress } from './runProgress.ts';
import { tellingProblems, tellProblem } from './tellProblem.ts';

interface TrainOptions {
  readonly data?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds `train <document>`. */
export function registerTrainCommand(program: Command): void {
  program
    .command('train <document>')
    .description('train a network; what is not given here comes from the document')
    .option('--data <name or path>', 'data set, such as digits, or a folder or file of your own')
    .option('--epochs <n>', 'passes over the training part', number)
    .option('--batch-size <n>', 'examples per step', number)
    .option('--learning-rate <rate>', 'size of a step', number)
    .option('--seed <n>', 'start, shuffle and masks', number)
    .option('--out <folder>', 'folder of the run, new or empty (default: a new one in runs/)')
    .option('--json', 'one JSON object a line')
    .action((file: string, options: TrainOptions) => tellingProblems(() => train(file, options)));
}

async function train(file: string, options: TrainOptions): Promise<void> {
  const chosen = options.data === undefined ? undefined : await dataArgument(options.data);
  const document = withSettings(await openDocument(file), { ...options, ...(chosen && { data: chosen.data }) });
  const folderOfData = chosen?.root;
  await requireTrainable(
    document,
    async (settings) => (await dataSourceFor(settings, { root: folderOfData })).description,
  );
  const out = options.out ?? path.join('runs', newRunId('runs', document.name));
  const folder = path.resolve(out);
  const named = RunId.safeParse(path.basename(folder));
  const id = named.success ? named.data : newRunId(path.dirname(folder), document.name);

  const progress = options.json === true ? jsonLines() : showProgress(document.training.epochs);
  let lastStep: StepMetrics | undefined;
  let measure = headlineOf({});
  const engine = createEngineClient({ folder: folderOfData });
  const runs = createRunKeeper(engine, (event) => {
    if (event.kind === 'notice') progress.notice(event.text);
    if (event.kind === 'state') measure = headlineOf(event.summary);
    if (event.kind !== 'metrics') return;
    progress.metrics(event.metrics, measure);
    for (const entry of event.metrics) if (entry.kind === 'step') lastStep = entry;
  });
  const stopListening = onInterrupt(() => {
    progress.stop();
    console.error('Stopping after this step; the best weights are kept. Press Ctrl-C again to stop at once.');
    runs.stop(id);
  });
  try {
    await runs.start({ id, folder, document, documentPath: path.resolve(file) });
    const summary = await runs.whenOver(id);
    progress.stop();
    if (options.json === true) console.log(JSON.stringify(finalLine(summary, lastStep, folder)));
    else tellEnd(summary, out);
    process.exitCode = exitCodeOf(summary);
  } finally {
    progress.stop();
    stopListening();
    await engine.dispose();
  }
}

/** The document with the settings of the command line, checked like those of a file. */
function withSettings(document: SkipwireDocument, options: TrainOptions): SkipwireDocument {
  const { data, epochs, batchSize, learningRate, seed } = options;
  const given = Object.entries({ data, epochs, batchSize, learningRate, seed }).filter(
    ([, value]) => value !== undefined,
  );
  // How other files are read says nothing of these.
  const { reader: _reader, ...others } = document.training;
  const kept = data === undefined || data === document.training.data ? document.training : others;
  const settings = TrainingSettings.safeParse({ ...kept, ...Object.fromEntries(given) });
  if (settings.success) return { ...document, training: settings.data };
  const [issue] = settings.error.issues;
  throw new HostFailure({
    code: 'training-settings/out-of-range',
    message: `The setting "${issue?.path.join('.') ?? ''}" cannot be used: ${issue?.message ?? ''}.`,
  });
}

/** The last line of `--json`. Numbers are those of the last epoch; `best` is the epoch whose weights are exported. */
function finalLine({ state, lastEpoch, best }: RunSummary, step: StepMetrics | undefined, folder: string): object {
  return {
    kind: 'end',
    status: state.status,
    ...(state.status === 'failed' && { problem: state.problem }),
    ...(state.status === 'interrupted' && { reason: state.reason }),
    epochs: lastEpoch?.epoch ?? 0,
    trainLoss: lastEpoch?.trainLoss ?? null,
    trainAccuracy: lastEpoch?.trainAccuracy ?? null,
    validationLoss: lastEpoch?.validationLoss ?? null,
    validationAccuracy: lastEpoch?.validationAccuracy ?? null,
    trainMeasures: lastEpoch?.trainMeasures ?? {},
    validationMeasures: lastEpoch?.validationMeasures ?? {},
    samplesPerSecond: step?.samplesPerSecond ?? null,
    best: best ?? null,
    run: folder,
  };
}

function tellEnd(run: RunSummary, out: string): void {
  const { state, best } = run;
  switch (state.status) {
    case 'failed':
      tellProblem(state.problem);
      break;
    case 'interrupted':
      console.error(state.reason);
      break;
    case 'finished':
    case 'stopped':
      console.log(state.status === 'finished' ? 'Finished.' : 'Stopped.');
      break;
    case 'queued':
    case 'compiling':
    case 'running':
    case 'stopping':
      throw new Error(`A run that is over is ${state.status}`);
    default:
      assertNever(state);
  }
  if (best !== undefined) {
    const measure = headlineOf(run);
    const figure = formatFigure(measure, validationFigure(best, measure.key));
    console.log(`Best weights: epoch ${best.epoch}, validation ${nameOf(measure)} ${figure}.`);
  }
  console.log(`Run: ${out}`);
}

function exitCodeOf({ state }: RunSummary): number {
  switch (state.status) {
    case 'finished':
      return exitCodes.ok;
    case 'stopped':
      return exitCodes.stopped;
    case 'failed':
      return exitCodeFor(state.problem.code);
    default:
      return exitCodes.failed;
  }
}

/** Calls `stop` at the first Ctrl-C; the second ends the program. */
function onInterrupt(stop: () => void): () => void {
  let asked = false;
  const listener = (): void => {
    if (asked) process.exit(exitCodes.stopped);
    asked = true;
    stop();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
