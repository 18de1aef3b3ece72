import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { headlineOf, validationFigure } from '../../contract/measures.ts';
import { RunId, type RunEvent, type RunSummary, type StepMetrics } from '../../contract/run.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { dataSourceFor } from '../datasets/dataSourceFor.ts';
import { newRunId } from '../runs/newRunId.ts';
import { startingPoint } from '../runs/continueRun.ts';
import { readRunDocument, readRunFile, type RunPlace } from '../runs/runFolder.ts';
import { createRunKeeper, type RunKeeper, type RunOrder } from '../runs/runKeeper.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { requireTrainable } from '../training/requireTrainable.ts';
import { parseEngineWish } from '../engines/engineWish.ts';
import { adoptEngine } from './adoptEngine.ts';
import { dataArgument } from './dataArgument.ts';
import { exitCodeFor, exitCodes } from './exitCodes.ts';
import { findCheckpoint, findRun } from './findRun.ts';
import { openDocument } from './openDocument.ts';
import { formatFigure, jsonLines, nameOf, showProgress } from './runProgress.ts';
import { tellingProblems, tellProblem } from './tellProblem.ts';
import { tryOut, type TrialSubject } from './tryOut.ts';

/** Options that stand for training settings of the document. */
export interface SettingOptions {
  readonly data?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
}

interface TrainOptions extends SettingOptions {
  readonly out?: string;
  readonly resume?: string;
  readonly from?: string;
  readonly json?: boolean;
  readonly fastDevRun?: boolean;
  readonly overfit?: boolean;
  readonly engine?: string;
}

/** Adds the options that stand for settings of the document. */
export function settingOptions(command: Command): Command {
  return command
    .option('--data <name or path>', 'data set, such as digits, or a folder or file of your own')
    .option('--epochs <n>', 'passes over the training part', number)
    .option('--batch-size <n>', 'examples per step', number)
    .option('--learning-rate <rate>', 'size of a step', number)
    .option('--seed <n>', 'start, shuffle and masks', number);
}

/** Adds `train [document]`. */
export function registerTrainCommand(program: Command): void {
  settingOptions(
    program
      .command('train [document]')
      .description('train a network, or go on training a run; what is not given here comes from the document'),
  )
    .option('--fast-dev-run', 'send one batch through everything, keep nothing, and say whether it works')
    .option('--overfit', 'learn one batch by heart, keep nothing, and say what is wrong if that fails')
    .option('--out <folder>', 'folder of the run, new or empty (default: a new one in runs/)')
    .option(
      '--resume <run>',
      'go on with an interrupted, paused, stopped or failed run, in its folder and on its curve',
    )
    .option('--from <run[:checkpoint]>', 'begin a new run with a checkpoint of another; settings given here may differ')
    .option('--engine <name>', 'tensorflow, cuda, webgpu or wasm (default: the fastest that works here)')
    .option('--json', 'one JSON object a line')
    .action((file: string | undefined, options: TrainOptions, command: Command) =>
      tellingProblems(() => {
        const trial = trialOf(options);
        if (trial === undefined) return train(orderOf(file, options, command), options);
        if (file === undefined) command.error("error: missing required argument 'document'");
        return adoptEngine(options.engine, { measure: true })
          .then(() => openWithSettings(file, options))
          .then((subject) => tryOut(subject, trial, options.json === true));
      }),
    );
}

/** Goes on with a run where it stood, in this process. */
export async function resumeTraining(
  run: string,
  options: { readonly json?: boolean; readonly engine?: string },
): Promise<void> {
  await train(() => resumeOrder(run, options.engine), options);
}

/** What is only tried, if anything. */
function trialOf({ fastDevRun, overfit }: TrainOptions): 'fast-run' | 'overfit-batch' | undefined {
  return fastDevRun === true ? 'fast-run' : overfit === true ? 'overfit-batch' : undefined;
}

/** What to do for a command line. A combination that makes no sense is a mistake of usage. */
function orderOf(file: string | undefined, options: TrainOptions, command: Command): () => Promise<TrainOrder> {
  const { resume, from } = options;
  if (resume !== undefined) {
    const { resume: _resume, json: _json, engine, ...others } = options;
    const [other] = file === undefined ? Object.keys(others) : ['document'];
    if (other !== undefined) {
      command.error(
        `error: a run is resumed as it is, without "${other}"; --from begins a new one with changed settings`,
      );
    }
    return () => resumeOrder(resume, engine);
  }
  if (from !== undefined) return () => continueOrder(from, file, options);
  if (file === undefined) command.error("error: missing required argument 'document' (or --resume, or --from)");
  return () => startOrder(file, options);
}

/** A run that is about to be queued. */
interface TrainOrder extends RunPlace {
  readonly epochs: number;
  /** The folder in the user's words. */
  readonly out: string;
  /** Where paths of data lead from, when it is not the current folder. */
  readonly dataFolder: string | undefined;
  begin(runs: RunKeeper): Promise<void>;
}

async function demandTrainable(document: SkipwireDocument, root: string | undefined): Promise<void> {
  await requireTrainable(document, async (settings) => (await dataSourceFor(settings, { root })).description);
}

async function resumeOrder(name: string, engineName: string | undefined): Promise<TrainOrder> {
  const place = await findRun(name);
  const document = await readRunDocument(place.folder);
  const dataFolder = (await readRunFile(place.folder))?.dataFolder;
  await demandTrainable(document, dataFolder);
  const { epochs } = document.training;
  const wish = engineName === undefined ? undefined : parseEngineWish(engineName).engine;
  const engine = wish === 'automatic' ? undefined : wish;
  return { ...place, out: name, epochs, dataFolder, begin: (runs) => runs.resume({ ...place, engine }) };
}

async function continueOrder(name: string, file: string | undefined, options: TrainOptions): Promise<TrainOrder> {
  const { run, checkpoint } = await findCheckpoint(name);
  const trained = await readRunDocument(run.folder);
  const from = await startingPoint(run, trained, checkpoint);
  const dataFolder = (await readRunFile(run.folder))?.dataFolder;
  const document = file === undefined ? trained : await openDocument(file);
  return newRun(document, options, {
    from,
    dataFolder,
    ...(file !== undefined && { documentPath: path.resolve(file) }),
  });
}

async function startOrder(file: string, options: TrainOptions): Promise<TrainOrder> {
  return newRun(await openDocument(file), options, { documentPath: path.resolve(file) });
}

async function newRun(
  opened: SkipwireDocument,
  options: TrainOptions,
  given: Pick<RunOrder, 'from' | 'documentPath' | 'dataFolder'>,
): Promise<TrainOrder> {
  const chosen = options.data === undefined ? undefined : await dataArgument(options.data);
  const document = withSettings(opened, { ...options, ...(chosen && { data: chosen.data }) });
  const dataFolder = chosen?.root ?? given.dataFolder;
  await demandTrainable(document, dataFolder);
  const out = options.out ?? path.join('runs', newRunId('runs', document.name));
  const folder = path.resolve(out);
  const named = RunId.safeParse(path.basename(folder));
  const id = named.success ? named.data : newRunId(path.dirname(folder), document.name);
  const { epochs } = document.training;
  const order: RunOrder = { ...given, id, folder, document, dataFolder };
  return { id, folder, out, epochs, dataFolder, begin: (runs) => runs.start(order) };
}

async function train(
  prepare: () => Promise<TrainOrder>,
  options: { readonly json?: boolean; readonly engine?: string; readonly resume?: string },
): Promise<void> {
  const { id, folder, out, epochs, dataFolder, begin } = await prepare();
  const engines = await adoptEngine(options.engine, { measure: options.resume === undefined });
  const progress = options.json === true ? jsonLines() : showProgress(epochs);
  let lastStep: StepMetrics | undefined;
  let measure = headlineOf({});
  const engine = createEngineClient({ folder: dataFolder });
  const hear = (event: RunEvent): void => {
    if (event.kind === 'notice') progress.notice(event.text);
    if (event.kind === 'state') measure = headlineOf(event.summary);
    if (event.kind !== 'metrics') return;
    progress.metrics(event.metrics, measure);
    for (const entry of event.metrics) if (entry.kind === 'step') lastStep = entry;
  };
  const runs = createRunKeeper(engine, hear, (wanted) => engines.engineFor(wanted));
  const stopListening = onInterrupt(() => {
    progress.stop();
    console.error('Stopping after this step; the best weights are kept. Press Ctrl-C again to stop at once.');
    runs.stop(id);
  });
  try {
    await begin(runs);
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

/** A document to train, with the settings of the command line, and where its data are. */
export async function openWithSettings(file: string, options: SettingOptions): Promise<TrialSubject> {
  const chosen = options.data === undefined ? undefined : await dataArgument(options.data);
  const dataRoot = chosen?.root;
  return {
    document: withSettings(await openDocument(file), { ...options, ...(chosen && { data: chosen.data }) }),
    dataRoot,
    describeData: async (settings) => (await dataSourceFor(settings, { root: dataRoot })).description,
  };
}

/** The document with the settings of the command line, checked like those of a file. */
function withSettings(document: SkipwireDocument, options: SettingOptions): SkipwireDocument {
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
function finalLine(
  { state, lastEpoch, best, engine }: RunSummary,
  step: StepMetrics | undefined,
  folder: string,
): object {
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
    engine: engine?.name ?? null,
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
      console.log('Finished.');
      break;
    case 'stopped':
      console.log('Stopped.');
      break;
    case 'paused':
      console.log('Paused.');
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
    console.log(`Best weights: epoch ${Number(best.epoch.toFixed(2))}, validation ${nameOf(measure)} ${figure}.`);
  }
  if (run.engine !== undefined) console.log(`Engine: ${run.engine.name}`);
  console.log(`Run: ${out}`);
}

function exitCodeOf({ state }: RunSummary): number {
  switch (state.status) {
    case 'finished':
      return exitCodes.ok;
    case 'stopped':
    case 'paused':
      return exitCodes.stopped;
    case 'failed':
      return exitCodeFor(state.problem.code);
    default:
      return exitCodes.failed;
  }
}

/** Calls `stop` at the first Ctrl-C; the second ends the program. */
/** Asks once for an end on Ctrl-C; the second time the program ends at once. Returns what stops listening. */
export function onInterrupt(stop: () => void): () => void {
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

/** Reads the number of an option. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
