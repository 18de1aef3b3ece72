import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { headlineOf, validationFigure } from '../../contract/measures.ts';
import type { RunState, RunSummary } from '../../contract/run.ts';
import type { CheckpointDescription } from '../../contract/runControl.ts';
import { columnsOf, filterRows, sortRows, type RunColumn, type RunRow } from '../../contract/runTable.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { describeCheckpoints } from '../runs/continueRun.ts';
import { listRuns, openRun } from '../runs/runArchive.ts';
import { bytesOf } from '../runs/recordTrash.ts';
import { readAllFacts } from '../runs/runFacts.ts';
import { readRun, readRunFile } from '../runs/runFolder.ts';
import { holderOf } from '../runs/runLock.ts';
import { readRemarks } from '../runs/runRemarks.ts';
import { requestOf, type RunWish } from '../runs/runRequest.ts';
import { isAtRest } from '../runs/runState.ts';
import { findRun } from './findRun.ts';
import { formatSize, table } from './formatRows.ts';
import { formatFigure, nameOf } from './runProgress.ts';
import { registerRemarkCommands, registerTrashCommands } from './runsArchiveCommands.ts';
import { registerRunsExportCommand } from './runsExportCommand.ts';
import { tellingProblems } from './tellProblem.ts';
import { resumeTraining } from './trainCommand.ts';

interface RunsOptions {
  readonly json?: boolean;
}

interface ListOptions extends RunsOptions {
  readonly tag?: readonly string[];
  readonly state?: readonly string[];
  readonly find?: string;
  readonly sort?: string;
  readonly reverse?: boolean;
}

/** Adds `runs`, with what lists, shows, steers and keeps them. */
export function registerRunsCommand(program: Command): void {
  const runs = program.command('runs').description('what was trained');
  runs
    .command('list [folder]', { isDefault: true })
    .description('all runs in a folder, the newest first (default: runs/)')
    .option('--find <words>', 'only those in whose name, network, data, tags or note the words occur')
    .option('--tag <tag...>', 'only those with all these tags')
    .option('--state <state...>', 'only those that stand so: finished, stopped, failed …')
    .option('--sort <column>', 'by what: started, name, epochs, duration, bestLoss, "best accuracy", "setting seed" …')
    .option('--reverse', 'the other way round')
    .option('--json', 'one JSON object a line')
    .action((folder: string | undefined, options: ListOptions) =>
      tellingProblems(() => list(folder ?? 'runs', options)),
    );
  runs
    .command('show <run>')
    .description('one run: its state, its best epoch, and the checkpoints that can be gone on from')
    .option('--json', 'one JSON object')
    .action((run: string, options: RunsOptions) => tellingProblems(() => show(run, options)));
  runs
    .command('pause <run>')
    .description('ask whoever trains a run, a window or another command, to save where it stands and rest')
    .action((run: string) => tellingProblems(() => ask(run, 'pause')));
  runs
    .command('stop <run>')
    .description('ask whoever trains a run to end it; the best weights are kept')
    .action((run: string) => tellingProblems(() => ask(run, 'stop')));
  runs
    .command('resume <run>')
    .description('go on with a run here, as "train --resume" does')
    .option('--json', 'one JSON object a line')
    .action((run: string, options: RunsOptions) => tellingProblems(() => resumeTraining(run, options)));
  registerRemarkCommands(runs);
  registerTrashCommands(runs);
  registerRunsExportCommand(runs);
}

async function list(folder: string, options: ListOptions): Promise<void> {
  const { json = false, find = '', tag = [], state = [], sort, reverse = false } = options;
  const place = path.resolve(folder);
  const summaries = await listRuns(place, new Set());
  const facts = new Map((await readAllFacts(place)).map((one) => [one.run, one]));
  const rows = summaries.map((summary): RunRow => ({ summary, facts: facts.get(summary.id) }));
  const wanted = filterRows(rows, { words: find, tags: tag, states: state });
  // The newest comes first as long as nothing else is asked for.
  const sorted =
    sort === undefined
      ? reverse
        ? wanted.toReversed()
        : wanted
      : sortRows(wanted, columnNamed(columnsOf(rows), sort), reverse);
  if (json) {
    for (const { summary, facts: more } of sorted) console.log(JSON.stringify({ ...summary, ...more?.remarks }));
    return;
  }
  if (sorted.length === 0) {
    console.log(
      rows.length === 0 ? `No runs in "${folder}".` : `None of ${rows.length} runs in "${folder}" is like that.`,
    );
    return;
  }
  const cells = sorted.map(({ summary, facts: more }) => [
    summary.id,
    summary.state.status,
    epochsOf(summary),
    bestOf(summary),
    summary.data,
    more?.bytes === undefined ? '' : formatSize(more.bytes),
    more?.remarks.tags.join(', ') ?? '',
    more?.remarks.title ?? '',
  ]);
  const heads = ['run', 'state', 'epochs', 'best', 'data', 'size', 'tags', 'title'];
  for (const line of table([heads, ...cells])) console.log(line);
}

/** Throws a `HostFailure` that names those there are. */
function columnNamed(columns: readonly RunColumn[], name: string): RunColumn {
  const wanted = name.toLowerCase();
  const column = columns.find(({ key, title }) => key.toLowerCase() === wanted || title.toLowerCase() === wanted);
  if (column !== undefined) return column;
  throw new HostFailure({
    code: 'run/no-column',
    message: `Runs have no "${name}" to be sorted by.`,
    expected: `one of ${columns.map(({ key }) => (key.includes(' ') ? `"${key}"` : key)).join(', ')}`,
    received: name,
  });
}

async function show(name: string, { json = false }: RunsOptions): Promise<void> {
  const { id, folder } = await findRun(name);
  await openRun(folder);
  const { summary, document, notices } = await readRun(folder);
  const run = { ...summary, id };
  const checkpoints = await describeCheckpoints(folder);
  const [remarks, bytes] = await Promise.all([readRemarks(folder), bytesOf(folder)]);
  if (json) {
    console.log(
      JSON.stringify({ ...run, ...remarks, folder, bytes, settings: document.training, notices, checkpoints }),
    );
    return;
  }
  const { parent } = run;
  const lines: (readonly [string, string])[] = [
    ['run', id],
    ...(remarks.title === undefined ? [] : ([['title', remarks.title]] as const)),
    ['network', run.name],
    ['data', run.data],
    ['state', describeState(run.state)],
    ['started', new Date(run.started).toISOString()],
    ['epochs', epochsOf(run)],
    ['best', bestOf(run)],
    ...(parent === undefined
      ? []
      : ([['continues', `${parent.run}:${parent.checkpoint} (step ${parent.step})`]] as const)),
    ['size', formatSize(bytes)],
    ['checkpoints', checkpoints.map(describeCheckpoint).join(', ') || 'none'],
    ...(remarks.tags.length === 0 ? [] : ([['tags', remarks.tags.join(', ')]] as const)),
    ...(remarks.note === '' ? [] : ([['note', remarks.note]] as const)),
    ...notices.map((notice) => ['notice', notice] as const),
  ];
  for (const line of table(lines)) console.log(line);
}

/** Seconds after which a step at hand, which may be long, is waited for no more. */
const PATIENCE = 120;
const LOOK_EVERY = 100;

/** Asks the process that looks after a run for something, wherever it is, and waits until it is done. */
async function ask(name: string, wish: RunWish): Promise<void> {
  const { id, folder } = await findRun(name);
  await openRun(folder);
  const before = (await readRun(folder)).summary.state;
  if (isAtRest(before) || (await holderOf(folder)) === undefined) {
    throw new HostFailure({
      code: 'run/not-running',
      message: `Nobody trains the run "${id}": it is ${before.status}.`,
      remedy: '"skipwire runs resume" goes on with it.',
    });
  }
  await requestOf(folder, wish);
  const deadline = performance.now() + PATIENCE * 1000;
  while ((await holderOf(folder)) !== undefined && performance.now() < deadline) await pause(LOOK_EVERY);
  const state = (await readRunFile(folder))?.summary.state;
  console.log(
    state !== undefined && isAtRest(state)
      ? `The run "${id}" is ${state.status}.`
      : `The run "${id}" was asked to ${wish}; it does so after the step at hand.`,
  );
}

function describeState(state: RunState): string {
  switch (state.status) {
    case 'queued':
      return 'queued: it waits for its turn, or for Skipwire to be opened again.';
    case 'interrupted':
      return `interrupted: ${state.reason} Go on with "skipwire train --resume".`;
    case 'failed':
      return `failed: ${state.problem.message} ${state.problem.remedy ?? ''}`.trimEnd();
    default:
      return state.status;
  }
}

function describeCheckpoint({ name, step, epoch }: CheckpointDescription): string {
  return `${name} (epoch ${Number(epoch.toFixed(2))}, step ${step})`;
}

function epochsOf(run: RunSummary): string {
  return `${Number((run.lastEpoch?.epoch ?? 0).toFixed(2))}/${run.epochs}`;
}

function bestOf(run: RunSummary): string {
  if (run.best === undefined) return '-';
  const measure = headlineOf(run);
  const figure = formatFigure(measure, validationFigure(run.best, measure.key));
  return `${nameOf(measure)} ${figure} at epoch ${Number(run.best.epoch.toFixed(2))}`;
}
