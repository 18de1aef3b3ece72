import path from 'node:path';
import type { Command } from 'commander';
import type { DataCheck, DataInspection } from '../../contract/data.ts';
import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import { dataSourceNamed, dataSources } from '../datasets/dataSources.ts';
import { checkFiles, inspectFiles } from '../datasets/examineFiles.ts';
import { fetchKnownSet, knownSetNamed, publishedSets } from '../datasets/knownSets.ts';
import { dataArgument } from './dataArgument.ts';
import { exitCodes } from './exitCodes.ts';
import { tellingProblems, tellProblem } from './tellProblem.ts';

/** Adds `data inspect`, `data list` and `data fetch`. */
export function registerDataCommand(program: Command): void {
  const data = program.command('data').description('look at data, and fetch known sets');
  data
    .command('inspect <path>')
    .description('say what a folder or file is, how it is read, and what cannot be read')
    .option('--quick', 'without reading every sample')
    .option('--json', 'one JSON object')
    .action((name: string, options: { quick?: boolean; json?: boolean }) =>
      tellingProblems(() => inspect(name, options)),
    );
  data
    .command('list')
    .description('the sets that come along, and those that can be fetched')
    .action(() => {
      for (const { description } of dataSources) console.log(`${description.id.padEnd(16)}${description.description}`);
      for (const { id, description } of publishedSets) console.log(`${id.padEnd(16)}${description} To be fetched.`);
    });
  data
    .command('fetch <set>')
    .description(
      `fetch ${publishedSets.map(({ id }) => id).join(', ')} from their makers; an interrupted one is gone on with`,
    )
    .option('--out <folder>', 'folder for the files (default: data/ and the name of the set)')
    .action((id: string, { out }: { out?: string }) => tellingProblems(() => fetchSet(id, out)));
}

async function inspect(name: string, { quick, json }: { quick?: boolean; json?: boolean }): Promise<void> {
  const { data, root } = await dataArgument(name);
  const inside = dataPathOf(data);
  if (inside === undefined) {
    const { description } = dataSourceNamed(data);
    console.log(json === true ? JSON.stringify({ description }) : `${description.title}: ${description.description}`);
    return;
  }
  const inspection = await inspectFiles({ root, path: inside });
  const blocked = inspection.problems.length > 0;
  const check =
    quick === true || blocked ? undefined : await checkFiles({ root, path: inside }, progressOn(process.stderr));
  if (json === true) console.log(JSON.stringify({ ...inspection, ...(check !== undefined && { check }) }));
  else tell(inspection, check);
  if (blocked || (check?.brokenCount ?? 0) > 0) process.exitCode = exitCodes.wrongInput;
}

function tell(
  { reader, description, understood, warnings, problems }: DataInspection,
  check: DataCheck | undefined,
): void {
  console.log(`${description.title}: ${reader.kind}`);
  for (const line of understood) console.log(`  ${line}`);
  for (const line of warnings) console.log(`  Mind: ${line}`);
  for (const problem of problems) tellProblem(problem);
  if (check === undefined) return;
  for (const { target, unit, classes } of check.balance) {
    console.log(`\n${target} (${unit})`);
    const most = Math.max(1, ...classes.map(({ count }) => count));
    for (const { name, count } of classes.slice(0, 40)) {
      console.log(
        `  ${name.slice(0, 24).padEnd(24)} ${String(count).padStart(9)} ${'█'.repeat(Math.round((count / most) * 30))}`,
      );
    }
    if (classes.length > 40) console.log(`  … and ${classes.length - 40} more`);
  }
  if (check.statistics.length > 0)
    console.log(
      `\n${''.padEnd(26)}${'mean'.padStart(12)}${'deviation'.padStart(12)}${'least'.padStart(12)}${'most'.padStart(12)}`,
    );
  for (const { name, mean, deviation, minimum, maximum } of check.statistics.slice(0, 60)) {
    const figures = [mean, deviation, minimum, maximum].map((figure) =>
      String(Number(figure.toPrecision(5))).padStart(12),
    );
    console.log(`  ${name.slice(0, 24).padEnd(24)}${figures.join('')}`);
  }
  if (check.brokenCount > 0) {
    console.log(`\n${check.brokenCount} cannot be read:`);
    for (const { path: file, why } of check.broken) console.log(`  ${file}: ${why}`);
    console.log('  With "leaveOut": true in the reader of a document, training goes on without them.');
  }
}

function progressOn(stream: NodeJS.WriteStream): (done: number, total: number) => void {
  if (!stream.isTTY) return () => undefined;
  let told = 0;
  return (done, total) => {
    const now = performance.now();
    if (now - told < 100 && done < total) return;
    told = now;
    stream.write(`\r${done} of ${total} read${done >= total ? '\n' : ''}`);
  };
}

async function fetchSet(id: string, out: string | undefined): Promise<void> {
  const set = knownSetNamed(id);
  const folder = path.resolve(out ?? path.join('data', id));
  const { isTTY } = process.stderr;
  await fetchKnownSet(set, folder, {
    onProgress(done, total) {
      if (isTTY) process.stderr.write(`\r${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
    },
  });
  if (isTTY) process.stderr.write('\n');
  console.log(`${set.title} is in ${folder}. Licence: ${set.licence}.`);
  console.log(`Train on it: skipwire train <document> --data ${path.relative(process.cwd(), folder) || folder}`);
}
