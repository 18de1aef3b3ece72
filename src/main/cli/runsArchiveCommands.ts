import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { RunRemarks, RunTag } from '../../contract/runArchive.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { readRemarks, writeRemarks } from '../runs/runRemarks.ts';
import { emptyTrash } from '../runs/recordTrash.ts';
import { listTrash, restoreRun, trashRun } from '../runs/runTrash.ts';
import { findRun } from './findRun.ts';
import { formatSize, table } from './formatRows.ts';
import { tellingProblems } from './tellProblem.ts';

/** Adds `tag`, `note` and `rename` to `runs`. */
export function registerRemarkCommands(runs: Command): void {
  runs
    .command('tag <run> [tags...]')
    .description('put tags on a run; without tags, print those it has')
    .option('--remove', 'take them off instead')
    .action((run: string, tags: readonly string[], { remove = false }: { remove?: boolean }) =>
      tellingProblems(() => tag(run, tags, remove)),
    );
  runs
    .command('note <run> [text]')
    .description('write a note on a run ("" removes it); without a text, print the one it has')
    .action((run: string, text: string | undefined) => tellingProblems(() => note(run, text)));
  runs
    .command('rename <run> <title>')
    .description('give a run a title of your own ("" takes it away); its folder keeps its name')
    .action((run: string, title: string) => tellingProblems(() => rename(run, title)));
}

async function rename(name: string, text: string): Promise<void> {
  const { folder } = await findRun(name);
  const title = understood(RunRemarks.shape.title, text, 'A title has at most 120 characters.');
  await writeRemarks(folder, (before) => ({ ...before, title }));
}

async function tag(name: string, tags: readonly string[], remove: boolean): Promise<void> {
  const { folder } = await findRun(name);
  const wanted = understood(z.array(RunTag), tags, 'Tags are words of at most 40 characters.');
  const change = (before: readonly string[]): string[] =>
    remove ? before.filter((one) => !wanted.includes(one)) : [...before, ...wanted];
  const remarks =
    wanted.length === 0
      ? await readRemarks(folder)
      : await writeRemarks(folder, (before) => ({
          ...before,
          tags: understood(RunRemarks.shape.tags, change(before.tags), 'A run has at most 40 tags.'),
        }));
  console.log(remarks.tags.length === 0 ? 'no tags' : remarks.tags.join(', '));
}

async function note(name: string, text: string | undefined): Promise<void> {
  const { folder } = await findRun(name);
  if (text === undefined) {
    console.log((await readRemarks(folder)).note || 'no note');
    return;
  }
  const short = understood(RunRemarks.shape.note, text, 'A note has at most 4000 characters.');
  await writeRemarks(folder, (before) => ({ ...before, note: short }));
}

function understood<Schema extends z.ZodType>(schema: Schema, value: unknown, expected: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HostFailure({ code: 'run/bad-remark', message: `That cannot be written on a run. ${expected}` });
}

/** Adds `delete`, `restore` and `trash` to `runs`. */
export function registerTrashCommands(runs: Command): void {
  runs
    .command('delete <runs...>')
    .description('move runs at rest to the trash beside them')
    .action((names: readonly string[]) =>
      tellingProblems(async () => {
        for (const name of names) {
          const { id, folder } = await findRun(name);
          await trashRun(folder);
          console.log(`Moved ${id} to the trash. "skipwire runs restore ${id}" brings it back.`);
        }
      }),
    );
  runs
    .command('restore <run> [folder]')
    .description('bring back a run that was deleted from a folder (default: runs/)')
    .action((run: string, folder: string | undefined) => tellingProblems(() => restore(run, folder ?? 'runs')));
  runs
    .command('trash [folder]')
    .description('what was deleted from a folder of runs (default: runs/)')
    .option('--empty', 'remove all of it for good')
    .option('--json', 'one JSON object a line')
    .action((folder: string | undefined, options: { empty?: boolean; json?: boolean }) =>
      tellingProblems(() => trash(path.resolve(folder ?? 'runs'), options)),
    );
}

async function restore(run: string, folder: string): Promise<void> {
  const place = path.resolve(folder);
  // The one that was deleted last comes first.
  const found = (await listTrash(place)).find((one) => one.run === run || one.entry === run);
  await restoreRun(place, found?.entry ?? run);
  console.log(`${found?.run ?? run} is back in ${folder}.`);
}

async function trash(
  place: string,
  { empty = false, json = false }: { empty?: boolean; json?: boolean },
): Promise<void> {
  const found = await listTrash(place);
  if (empty) {
    await emptyTrash(place);
    console.log(`Removed ${found.length} ${found.length === 1 ? 'run' : 'runs'} for good.`);
  } else if (json) for (const one of found) console.log(JSON.stringify(one));
  else if (found.length === 0) console.log('The trash is empty.');
  else {
    const rows = found.map(({ run, name, deleted, bytes }) => [
      run,
      name,
      new Date(deleted).toISOString(),
      formatSize(bytes),
    ]);
    for (const line of table([['run', 'network', 'deleted', 'size'], ...rows])) console.log(line);
  }
}
