import path from 'node:path';
import { Option, type Command } from 'commander';
import type { SweepAttempt, SweepSummary } from '../../contract/sweeps.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { parseAxis } from '../../graph-engine/training/sweep/axisText.ts';
import { checkSweep, describePoint } from '../../graph-engine/training/sweep/checkSweep.ts';
import { goalMeasures } from '../../graph-engine/training/sweep/goalMeasures.ts';
import { halvingRungs } from '../../graph-engine/training/sweep/halvingRungs.ts';
import { ranked } from '../../graph-engine/training/sweep/rankTrials.ts';
import { SweepPlan, type SweepAxis } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { pointOf, trialCount } from '../../graph-engine/training/sweep/sweepPoints.ts';
import { dataSourceFor } from '../datasets/dataSourceFor.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { newRunId } from '../runs/newRunId.ts';
import { createRunKeeper } from '../runs/runKeeper.ts';
import { noSweep, openSweep } from '../sweeps/sweepFolder.ts';
import { createSweepKeeper, sweepFailure, type SweepKeeper, type SweepPlace } from '../sweeps/sweepKeeper.ts';
import { sweepRoom } from '../sweeps/sweepRoom.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { requireTrainable } from '../training/requireTrainable.ts';
import { adoptEngine } from './adoptEngine.ts';
import { exitCodeFor, exitCodes } from './exitCodes.ts';
import { formatFigure, nameOf } from './runProgress.ts';
import { findSweep } from './sweepsCommand.ts';
import { tellingProblems, tellProblem } from './tellProblem.ts';
import { number, onInterrupt, openWithSettings, settingOptions, type SettingOptions } from './trainCommand.ts';

interface SweepOptions extends SettingOptions {
  readonly axis?: readonly string[];
  readonly strategy: 'grid' | 'random' | 'halving';
  readonly trials?: number;
  readonly drawSeed?: number;
  readonly eta?: number;
  readonly minEpochs?: number;
  readonly maxEpochs?: number;
  readonly goal?: string;
  readonly concurrency?: number;
  readonly target?: number;
  readonly patience?: number;
  readonly minutes?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly engine?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Axes:
  training.learningRate=log(1e-4,1e-1,5)   five values by equal factors; random points anywhere between
  training.optimizer.kind=adam,momentum    listed values
  conv1.filters+conv2.filters=16,32        two parameters with one value
  stage1.repeat=int(1,9,3)                 whole numbers; also linear(from,to,n) and logint(from,to,n)
  blocks.basic.dropRate=0,0.1              what a block declares, or blocks.basic.conv1.kernel inside it
`;

/** Adds `sweep [document]`. */
export function registerSweepCommand(program: Command): void {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  settingOptions(
    program
      .command('sweep [document]')
      .description('train a network many times with other settings or parameters, and say which are best'),
  )
    .option('-a, --axis <path=values>', 'what is varied; give it again for another axis', collect)
    .addOption(
      new Option('--strategy <name>', 'which points are tried').choices(['grid', 'random', 'halving']).default('grid'),
    )
    .option('--trials <n>', 'points to draw (random: 20, halving: 27)', number)
    .option('--draw-seed <n>', 'for the points that are drawn', number)
    .option('--eta <n>', 'halving: one of so many goes on (3)', number)
    .option('--min-epochs <n>', 'halving: epochs of the first round (1)', number)
    .option('--max-epochs <n>', 'halving: epochs of the last round (27)', number)
    .option('--goal <measure>', 'what trials are compared by on the validation part: loss, or a measure (loss)')
    .option('--concurrency <n>', 'trials at the same time (1)', number)
    .option('--target <value>', 'stop when a trial is as good as this', number)
    .option('--patience <n>', 'stop when so many trials in a row were no better', number)
    .option('--minutes <n>', 'stop when trials have trained for so long', number)
    .option('--out <folder>', 'folder of the sweep, new or empty (default: a new one in sweeps/)')
    .option('--resume <sweep>', 'go on with a sweep where it stood')
    .option('--engine <name>', 'tensorflow, cuda, webgpu or wasm (default: the fastest that works here)')
    .option('--dry-run', 'list the trials and train nothing')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action((file: string | undefined, options: SweepOptions, command: Command) =>
      tellingProblems(() => {
        if (options.resume !== undefined) {
          if (file !== undefined || options.axis !== undefined)
            command.error('error: a sweep is resumed as it is, without a document or axes');
          return resume(options.resume, options);
        }
        if (file === undefined) command.error("error: missing required argument 'document' (or --resume)");
        if (options.axis === undefined) command.error("error: missing option '--axis': what is to be varied?");
        return begin(file, options.axis, options);
      }),
    );
}

function axisOf(text: string): SweepAxis {
  const parsed = parseAxis(text);
  if (parsed.ok) return parsed.axis;
  throw sweepFailure([parsed.problem]);
}

function planOf(axes: readonly string[], options: SweepOptions, better: 'lower' | 'higher'): SweepPlan {
  const { strategy, trials, drawSeed, eta, minEpochs, maxEpochs, goal, concurrency, target, patience, minutes } =
    options;
  const drawn = { ...(trials !== undefined && { trials }), ...(drawSeed !== undefined && { seed: drawSeed }) };
  const rounds = {
    ...(eta !== undefined && { eta }),
    ...(minEpochs !== undefined && { minimum: minEpochs }),
    ...(maxEpochs !== undefined && { maximum: maxEpochs }),
  };
  const plan = SweepPlan.safeParse({
    axes: axes.map(axisOf),
    strategy: {
      kind: strategy,
      ...(strategy !== 'grid' && drawn),
      ...(strategy === 'halving' && rounds),
    },
    goal: { measure: goal, better },
    concurrency,
    stop: { target, patience, minutes },
  });
  if (plan.success) return plan.data;
  const [issue] = plan.error.issues;
  throw new HostFailure({
    code: 'sweep/out-of-range',
    message: `The option "${issue?.path.join('.') ?? ''}" of the sweep cannot be used: ${issue?.message ?? ''}.`,
  });
}

async function begin(file: string, axes: readonly string[], options: SweepOptions): Promise<void> {
  const { document, dataRoot } = await openWithSettings(file, options);
  const measures = goalMeasures(inferDocument(document).root);
  const better = measures.find(({ key }) => key === options.goal)?.better ?? 'lower';
  const plan = planOf(axes, options, better);
  if (options.dryRun === true) {
    const problems = checkSweep(
      document,
      plan,
      measures.map(({ key }) => key),
    );
    if (problems.length > 0) throw sweepFailure(problems);
    listTrials(plan, document.training.epochs, options.json === true);
    return;
  }
  const out = options.out ?? path.join('sweeps', newRunId('sweeps', document.name));
  const folder = path.resolve(out);
  const place = { id: path.basename(folder), folder };
  await follow(place, { out, dataRoot, options }, (sweeps) =>
    sweeps.start({
      ...place,
      document,
      plan,
      documentPath: path.resolve(file),
      dataFolder: dataRoot,
      runsFolder: path.resolve('runs'),
    }),
  );
}

function listTrials(plan: SweepPlan, epochs: number, json: boolean): void {
  const rungs = plan.strategy.kind === 'halving' ? halvingRungs(plan.strategy) : [{ trials: trialCount(plan), epochs }];
  const points = Array.from({ length: trialCount(plan) }, (_, trial) => pointOf(plan, trial));
  if (json) {
    console.log(JSON.stringify({ kind: 'plan', rungs, points }));
    return;
  }
  for (const rung of rungs)
    console.log(`${rung.trials} ${rung.trials === 1 ? 'trial' : 'trials'}, ${rung.epochs} epochs each`);
  for (const [trial, point] of points.entries()) console.log(`${trial + 1}: ${describePoint(plan.axes, point)}`);
}

async function resume(name: string, options: SweepOptions): Promise<void> {
  const place = await findSweep(name);
  const file = await openSweep(place.folder);
  if (file === undefined) throw noSweep(place.folder);
  // Without a word on it, its data are where it was begun: beside its runs, wherever this shell is.
  const dataRoot = file.dataFolder ?? path.dirname(path.resolve(place.folder, file.runs));
  const within = await sweepRoom(place, file, process.cwd());
  await follow(place, { out: name, dataRoot, options }, (sweeps) => sweeps.resume({ ...place, within }));
}

interface Following {
  /** The folder in the user's words. */
  readonly out: string;
  readonly dataRoot: string | undefined;
  readonly options: SweepOptions;
}

/** Begins or goes on with a sweep, tells of each trial that ends, and of what came of all. */
async function follow(
  { id }: SweepPlace,
  { out, dataRoot, options: { engine: wanted, json = false } }: Following,
  start: (sweeps: SweepKeeper) => Promise<void>,
): Promise<void> {
  const engines = await adoptEngine(wanted, { measure: true });
  const engine = createEngineClient({ folder: dataRoot });
  const runs = createRunKeeper(
    engine,
    () => undefined,
    (one) => engines.engineFor(one),
  );
  let told: readonly SweepAttempt[] | undefined;
  const sweeps = createSweepKeeper({
    runs,
    demandTrainable: (document) =>
      requireTrainable(document, async (settings) => (await dataSourceFor(settings, { root: dataRoot })).description),
    onEvent(summary) {
      // What was there before is no news.
      told ??= summary.attempts;
      tellNews(told, summary, json);
      told = summary.attempts;
    },
  });
  const stopListening = onInterrupt(() => {
    console.error('Pausing after this step; what was trained is kept. Press Ctrl-C again to stop at once.');
    sweeps.pause(id);
  });
  try {
    await start(sweeps);
    const summary = await sweeps.whenOver(id);
    if (json) console.log(JSON.stringify(endLine(summary, path.resolve(out))));
    else tellEnd(summary, out);
    process.exitCode = exitCodeOf(summary);
  } finally {
    stopListening();
    sweeps.close();
    await engine.dispose();
  }
}

function tellNews(before: readonly SweepAttempt[], summary: SweepSummary, json: boolean): void {
  for (const attempt of summary.attempts) {
    const known = before.find(({ run }) => run === attempt.run);
    if (known?.outcome.status === attempt.outcome.status) continue;
    if (json) console.log(JSON.stringify({ kind: 'trial', ...attempt }));
    else if (attempt.outcome.status !== 'under-way') console.log(describeAttempt(attempt, summary));
  }
}

function describeAttempt(attempt: SweepAttempt, { plan, measure, attempts }: SweepSummary): string {
  const { trial, epochs, point, outcome, seconds } = attempt;
  const place = `${trial + 1}/${trialCount(plan)}`;
  const values = describePoint(plan.axes, point);
  if (outcome.status === 'failed') return `${place}  ${values}  failed: ${outcome.problem.message}`;
  if (outcome.status === 'under-way') return `${place}  ${values}`;
  const [best] = ranked(attempts, plan.goal);
  const rounds = plan.strategy.kind === 'halving' ? ` after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}` : '';
  const time = seconds === undefined ? '' : ` (${seconds.toFixed(1)} s)`;
  const figure = `${nameOf(measure)} ${formatFigure(measure, outcome.value)}${rounds}${time}`;
  return `${place}  ${values}  ${figure}${best?.run === attempt.run ? ' · best so far' : ''}`;
}

function bestOf({ attempts, plan }: SweepSummary): SweepAttempt | undefined {
  return ranked(attempts, plan.goal)[0];
}

function endLine(summary: SweepSummary, folder: string): object {
  const { state, attempts, plan } = summary;
  const best = bestOf(summary);
  const values = best?.point.map((value, axis) => [plan.axes[axis]?.paths.join('+') ?? '', value] as const);
  return {
    kind: 'end',
    ...state,
    trials: attempts.length,
    failed: attempts.filter(({ outcome }) => outcome.status === 'failed').length,
    best: best === undefined ? null : { ...best, values: Object.fromEntries(values ?? []) },
    sweep: folder,
  };
}

const REASONS = {
  'all-done': 'Finished.',
  target: 'Finished: a trial is as good as was wished.',
  patience: 'Finished: no trial was better for a while.',
  minutes: 'Finished: the time is up.',
} as const;

function tellEnd(summary: SweepSummary, out: string): void {
  const { state, plan, measure } = summary;
  switch (state.status) {
    case 'finished':
      console.log(REASONS[state.reason]);
      break;
    case 'paused':
    case 'stopped':
      console.log(`${state.status === 'paused' ? 'Paused' : 'Stopped'}. Go on with: skipwire sweep --resume ${out}`);
      break;
    case 'failed':
      tellProblem(state.problem);
      break;
    case 'interrupted':
      console.error(state.reason);
      break;
    case 'running':
    case 'stopping':
      throw new Error(`A sweep that is over is ${state.status}`);
    default:
      assertNever(state);
  }
  const best = bestOf(summary);
  if (best?.outcome.status === 'done') {
    const figure = formatFigure(measure, best.outcome.value);
    console.log(`Best: ${describePoint(plan.axes, best.point)} · ${nameOf(measure)} ${figure} · run ${best.run}`);
  }
  console.log(`Sweep: ${out}`);
}

function exitCodeOf(summary: SweepSummary): number {
  const { state } = summary;
  switch (state.status) {
    case 'finished':
      // Some trials may fail; where all do, nothing was learned.
      return bestOf(summary) === undefined ? exitCodes.failed : exitCodes.ok;
    case 'failed':
      return exitCodeFor(state.problem.code);
    case 'paused':
    case 'stopped':
      return exitCodes.stopped;
    case 'running':
    case 'stopping':
    case 'interrupted':
      return exitCodes.failed;
    default:
      return assertNever(state);
  }
}
