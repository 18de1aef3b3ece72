import type { Command } from 'commander';
import { columnsOf, type RunColumn, type RunRow } from '../../contract/runTable.ts';
import { settingInWords, settingsThatDiffer } from '../../graph-engine/diff/compareSettings.ts';
import { describeDiff } from '../../graph-engine/diff/describeDiff.ts';
import { diffDocuments } from '../../graph-engine/diff/diffDocuments.ts';
import { networkDifferences } from '../../graph-engine/diff/documentDiff.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { openRun } from '../runs/runArchive.ts';
import { readFacts } from '../runs/runFacts.ts';
import { readRun } from '../runs/runFolder.ts';
import { findRun } from './findRun.ts';
import { formatSize, table } from './formatRows.ts';
import { formatFigure } from './runProgress.ts';
import { tellingProblems } from './tellProblem.ts';

/** Adds `compare`. */
export function registerCompareCommand(program: Command): void {
  program
    .command('compare <runs...>')
    .description('what runs came to, which settings they differ in, and what differs in their networks')
    .option('--json', 'one JSON object')
    .action((names: readonly string[], { json = false }: { json?: boolean }) =>
      tellingProblems(() => compare(names, json)),
    );
}

interface Compared {
  readonly row: RunRow;
  readonly document: SkipwireDocument;
}

async function open(name: string): Promise<Compared> {
  const { id, folder } = await findRun(name);
  await openRun(folder);
  const { summary, document } = await readRun(folder);
  return { row: { summary: { ...summary, id }, facts: await readFacts(folder, id) }, document };
}

/** What is worth comparing of every run, beside what it measures. */
const SHOWN = [
  'state',
  'tags',
  'data',
  'parent',
  'epochs',
  'duration',
  'bestEpoch',
  'bestLoss',
  'lastLoss',
  'trainLoss',
];

async function compare(names: readonly string[], json: boolean): Promise<void> {
  const runs = await Promise.all(names.map(open));
  const [first, ...others] = runs;
  if (first === undefined || others.length === 0) {
    throw new HostFailure({
      code: 'run/one-only',
      message: 'One run cannot be compared with itself.',
      remedy: 'Name two runs or more; "skipwire runs" lists those there are.',
    });
  }
  const rows = runs.map(({ row }) => row);
  const all = columnsOf(rows);
  const columns = [
    ...SHOWN.flatMap((key) => all.filter((column) => column.key === key)),
    ...all.filter(({ key }) => /^(best|last|train) /.test(key)),
  ];
  const settings = settingsThatDiffer(runs.map(({ document }) => document.training));
  const networks = others.map(({ row, document }) => ({
    from: first.row.summary.id,
    to: row.summary.id,
    difference: networkDifferences(diffDocuments(first.document, document)),
  }));
  if (json) {
    const told = rows.map((row) => ({
      run: row.summary.id,
      ...Object.fromEntries(columns.map((column) => [column.key, column.value(row)])),
    }));
    const byRun = settings.map(({ setting, values }) => ({
      setting,
      values: Object.fromEntries(values.map((value, index) => [rows[index]?.summary.id ?? '', value ?? null])),
    }));
    console.log(JSON.stringify({ runs: told, settings: byRun, networks }));
    return;
  }
  const filled = columns.filter((column) => rows.some((row) => column.value(row) !== undefined));
  const figures = [
    ['', ...rows.map(({ summary }) => summary.id)],
    ...filled.map((column) => [column.title.toLowerCase(), ...rows.map((row) => cellOf(column, row))]),
  ];
  const differing = settings.map(({ setting, values }) => [
    settingInWords(setting),
    ...values.map((value) => value ?? '-'),
  ]);
  const lines = table([...figures, ...differing]);
  for (const line of lines.slice(0, figures.length)) console.log(line);
  console.log(settings.length === 0 ? '\nAll settings are the same.' : '\nSettings that differ');
  for (const line of lines.slice(figures.length)) console.log(line);
  for (const { from, to, difference } of networks) console.log(`\n${from} → ${to}\n${describeDiff(difference)}`);
}

function cellOf({ kind, value }: RunColumn, row: RunRow): string {
  const found = value(row);
  if (found === undefined) return '-';
  if (typeof found === 'string') return found;
  switch (kind) {
    case 'share':
      return `${(100 * found).toFixed(1)} %`;
    case 'duration':
      return `${found.toFixed(1)} s`;
    case 'time':
      return new Date(found).toISOString();
    case 'bytes':
      return formatSize(found);
    case 'number':
    case 'text':
      return Number.isInteger(found) ? String(found) : formatFigure({ unit: 'number' }, found);
  }
}
