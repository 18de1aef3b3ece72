import type { Command } from 'commander';
import { tellingProblems } from './tellProblem.ts';
import { settingOptions, openWithSettings, type SettingOptions } from './trainCommand.ts';
import { tryOut } from './tryOut.ts';

/** Adds `lr-find <document>` and `batch-find <document>` and `memory <document>`. */
export function registerTrialCommands(program: Command): void {
  for (const [name, kind, description] of [
    ['lr-find', 'find-rate', 'find a learning rate: trains a few steps at growing rates and changes nothing'],
    ['batch-find', 'find-batch-size', 'find a batch size: tries sizes that double and stops before memory does'],
    ['memory', 'forecast-memory', 'say what memory a training will hold, and what there is'],
  ] as const) {
    settingOptions(program.command(`${name} <document>`).description(description))
      .option('--json', 'one JSON object a line')
      .action((file: string, options: SettingOptions & { readonly json?: boolean }) =>
        tellingProblems(async () => tryOut(await openWithSettings(file, options), kind, options.json === true)),
      );
  }
}
