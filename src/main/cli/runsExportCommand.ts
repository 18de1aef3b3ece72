import path from 'node:path';
import type { Command } from 'commander';
import { exportRunsCsv, exportTensorboard } from '../exports/exportRuns.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { findRun } from './findRun.ts';
import { tellingProblems } from './tellProblem.ts';

interface ExportOptions {
  readonly csv?: string;
  readonly tensorboard?: string;
  readonly statistics: boolean;
  readonly json?: boolean;
}

/** Adds `export` to `runs`. */
export function registerRunsExportCommand(runs: Command): void {
  runs
    .command('export <runs...>')
    .description('take the curves of runs away')
    .option('--csv <file>', 'one table with a line for each report; a file that is there is replaced')
    .option('--tensorboard <folder>', 'event files for TensorBoard, with settings, statistics and histograms')
    .option('--no-statistics', 'event files without the statistics and histograms of nodes')
    .option('--json', 'one JSON object for each format')
    .action((names: readonly string[], options: ExportOptions) => tellingProblems(() => exportRuns(names, options)));
}

async function exportRuns(names: readonly string[], options: ExportOptions): Promise<void> {
  const { csv, tensorboard, statistics, json = false } = options;
  if (csv === undefined && tensorboard === undefined) {
    throw new HostFailure({
      code: 'export/no-format',
      message: 'Nothing says what to write.',
      remedy: 'Add --csv file.csv, or --tensorboard folder, or both.',
    });
  }
  const runs = await Promise.all(names.map(findRun));
  if (csv !== undefined) {
    const done = await exportRunsCsv(runs, { file: path.resolve(csv), overwrite: true });
    console.log(json ? JSON.stringify(done) : `Wrote ${csv}: ${done.lines} lines.`);
  }
  if (tensorboard !== undefined) {
    const done = await exportTensorboard(runs, { folder: path.resolve(tensorboard), statistics });
    if (json) console.log(JSON.stringify(done));
    else {
      console.log(`Wrote ${done.files.length} event files, ${done.bytes} bytes.`);
      console.log(`Look at them with: tensorboard --logdir ${tensorboard}`);
    }
  }
}
