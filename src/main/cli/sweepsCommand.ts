import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { SweepTitle, type SweepSummary } from '../../contract/sweeps.ts';
import { ranked } from '../../graph-engine/training/sweep/rankTrials.ts';
import { trialCount } from '../../graph-engine/training/sweep/sweepPoints.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { emptyTrash } from '../runs/recordTrash.ts';
import { trashRun } from '../runs/runTrash.ts';
import { listSweeps, noSweep, openSweep } from '../sweeps/sweepFolder.ts';
import type { SweepPlace } from '../sweeps/sweepKeeper.ts';
import {
  listTrashedSweeps,
  restoreSweep,
  runsOfSweep,
  sizeOfSweep,
  titleSweep,
  trashSweep,
} from '../sweeps/sweepTrash.ts';
import { formatSize, table } from './formatRows.ts';
import { formatFigure, nameOf } from './runProgress.ts';
import { tellingProblems } from './tellProblem.ts';

/** Adds `sweeps`, with what lists, names and deletes them; `sweep` begins them and goes on with them. */
export function registerSweepsCommand(program: Command): void {
  const sweeps = program.command('sweeps').description('sweeps that were begun');
  sweeps
    .command('list [folder]', { isDefault: true })
    .description('all sweeps in a folder, the newest first (default: sweeps/)')
    .option('--json', 'one JSON object a line')
    .action((folder: string | undefined, { json = false }: { json?: boolean }) =>
      tellingProblems(() => list(folder ?? 'sweeps', json)),
    );
  sweeps
    .command('rename <sweep> <title>')
    .description('give a sweep a title of your own ("" takes it away); its folder keeps its name')
    .action((sweep: string, title: string) => tellingProblems(() => rename(sweep, title)));
  sweeps
    .command('delete <sweeps...>')
    .description('move sweeps at rest to the trash beside them')
    .option('--with-runs', 'and their runs to theirs')
    .action((names: readonly string[], { withRuns = false }: { withRuns?: boolean }) =>
      tellingProblems(async () => {
        for (const name of names) await remove(name, withRuns);
      }),
    );
  sweeps
    .command('restore <sweep> [folder]')
    .description('bring back a sweep that was deleted from a folder (default: sweeps/)')
    .action((sweep: string, folder: string | undefined) => tellingProblems(() => restore(sweep, folder ?? 'sweeps')));
  sweeps
    .command('trash [folder]')
    .description('what was deleted from a folder of sweeps (default: sweeps/)')
    .option('--empty', 'remove all of it for good')
    .option('--json', 'one JSON object a line')
    .action((folder: string | undefined, options: { empty?: boolean; json?: boolean }) =>
      tellingProblems(() => trash(path.resolve(folder ?? 'sweeps'), options)),
    );
}

/** The folder that a name on the command line means: a path, or the name of a sweep in `sweeps`. Throws a `HostFailure`. */
export async function findSweep(name: string): Promise<SweepPlace> {
  for (const folder of [name, path.join('sweeps', name)]) {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() === true) return { id: path.basename(path.resolve(folder)), folder: path.resolve(folder) };
  }
  throw new HostFailure({
    code: 'sweep/missing',
    message: `There is no sweep "${name}".`,
    expected: 'the folder of a sweep, or the name of one in sweeps/',
    remedy: '"skipwire sweeps" lists those there are; one of another folder is named by its path.',
  });
}

async function list(folder: string, json: boolean): Promise<void> {
  const place = path.resolve(folder);
  const summaries = await listSweeps(place, new Set());
  if (json) {
    for (const summary of summaries) console.log(JSON.stringify(summary));
    return;
  }
  if (summaries.length === 0) {
    console.log(`No sweeps in "${folder}".`);
    return;
  }
  const rows = await Promise.all(
    summaries.map(async (summary) => {
      const { size } = await sizes({ id: summary.id, folder: path.join(place, summary.id) });
      return [
        summary.id,
        summary.title ?? summary.name,
        summary.state.status,
        trialsOf(summary),
        bestOf(summary),
        size,
      ];
    }),
  );
  for (const line of table([['sweep', 'title', 'state', 'trials', 'best', 'size'], ...rows])) console.log(line);
}

function trialsOf({ attempts, plan }: SweepSummary): string {
  const done = new Set(attempts.flatMap(({ trial, outcome }) => (outcome.status === 'under-way' ? [] : [trial])));
  return `${done.size}/${trialCount(plan)}`;
}

function bestOf({ attempts, plan, measure }: SweepSummary): string {
  const [best] = ranked(attempts, plan.goal);
  return best?.outcome.status === 'done' ? `${nameOf(measure)} ${formatFigure(measure, best.outcome.value)}` : '-';
}

/** What a sweep has on the disk, runs included, and its runs. */
async function sizes(place: SweepPlace) {
  const file = await openSweep(place.folder);
  if (file === undefined) throw noSweep(place.folder);
  const runs = await runsOfSweep(place, file, path.resolve(place.folder, file.runs));
  const { bytes, bytesOfRuns } = await sizeOfSweep(place.folder, runs);
  return { runs, size: formatSize(bytes + bytesOfRuns) };
}

async function rename(name: string, text: string): Promise<void> {
  const title = SweepTitle.safeParse(text);
  if (!title.success)
    throw new HostFailure({ code: 'sweep/bad-title', message: 'A title has at most 120 characters.' });
  await titleSweep((await findSweep(name)).folder, title.data);
}

async function remove(name: string, withRuns: boolean): Promise<void> {
  const place = await findSweep(name);
  const { runs, size } = await sizes(place);
  await trashSweep(place.folder);
  if (withRuns) for (const run of runs) await trashRun(run.folder);
  const others = runs.length === 0 ? '' : withRuns ? ` with its ${counted(runs.length)}` : '';
  const kept = runs.length > 0 && !withRuns ? ` Its ${counted(runs.length)} stay; --with-runs takes them along.` : '';
  console.log(
    `Moved ${place.id}${others} (${size}) to the trash.${kept} "skipwire sweeps restore ${place.id}" brings it back.`,
  );
}

async function restore(name: string, folder: string): Promise<void> {
  const place = path.resolve(folder);
  // The one that was deleted last comes first.
  const found = (await listTrashedSweeps(place)).find((one) => one.sweep === name || one.entry === name);
  await restoreSweep(place, found?.entry ?? name);
  console.log(`${found?.sweep ?? name} is back in ${folder}. Its runs are brought back by "skipwire runs restore".`);
}

async function trash(
  place: string,
  { empty = false, json = false }: { empty?: boolean; json?: boolean },
): Promise<void> {
  const found = await listTrashedSweeps(place);
  if (empty) {
    await emptyTrash(place);
    console.log(`Removed ${found.length} ${found.length === 1 ? 'sweep' : 'sweeps'} for good.`);
  } else if (json) for (const one of found) console.log(JSON.stringify(one));
  else if (found.length === 0) console.log('The trash is empty.');
  else {
    const rows = found.map(({ sweep, name, deleted, bytes }) => [
      sweep,
      name,
      new Date(deleted).toISOString(),
      formatSize(bytes),
    ]);
    for (const line of table([['sweep', 'title', 'deleted', 'size'], ...rows])) console.log(line);
  }
}

function counted(runs: number): string {
  return `${runs} ${runs === 1 ? 'run' : 'runs'}`;
}
