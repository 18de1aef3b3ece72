import { InvalidArgumentError, Option, type Command } from 'commander';
import { SetPart, type EvaluatedOutput } from '../../contract/evaluation.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { readRunFile } from '../runs/runFolder.ts';
import { weightsOfRun } from '../runs/weightsOfRun.ts';
import { createEngineClient, problemOfEnd } from '../training/engineClient.ts';
import { reportOfClasses } from './evaluated/reportOfClasses.ts';
import { reportOfMasks } from './evaluated/reportOfMasks.ts';
import { reportOfTokens } from './evaluated/reportOfTokens.ts';
import { reportOfValues } from './evaluated/reportOfValues.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface EvaluateOptions {
  readonly part: SetPart;
  readonly weights: 'best' | 'last' | 'initial';
  readonly worst: number;
  readonly json?: boolean;
}

/** What is said of one output: figures for `--json`, and words. */
export interface OutputReport {
  readonly figures: object;
  readonly words: string;
}

/** Adds `evaluate <run>`. */
export function registerEvaluateCommand(program: Command): void {
  program
    .command('evaluate <source>')
    .description(
      'look at a part of the data: confusion, precision and recall; overlap of masks; perplexity; errors of values; worst samples',
    )
    .addOption(new Option('--part <name>', 'which samples').choices(SetPart.options).default('validation'))
    .addOption(
      new Option('--weights <which>', 'of a run: the best, the last or initial ones')
        .choices(['best', 'last', 'initial'])
        .default('best'),
    )
    .option('--worst <n>', 'how many of the worst samples are named', wholeNumber, 5)
    .option('--json', 'one JSON object for each output')
    .action((source: string, options: EvaluateOptions) => tellingProblems(() => evaluate(source, options)));
}

async function evaluate(source: string, { part, weights, worst, json = false }: EvaluateOptions): Promise<void> {
  const { document, runFolder } = await openRunOrDocument(source);
  const dataFolder = runFolder === null ? undefined : (await readRunFile(runFolder))?.dataFolder;
  const engine = createEngineClient({ folder: dataFolder });
  try {
    const order = {
      document,
      part,
      weights:
        runFolder === null || weights === 'initial'
          ? { seed: document.training.seed }
          : weightsOfRun(runFolder, weights),
    };
    const end = await engine.evaluate(order).end;
    if (end.kind !== 'done') throw new HostFailure(problemOfEnd(end));
    if (end.outcome.kind !== 'evaluated') throw new Error(`An evaluation ended as ${end.outcome.kind}`);
    const { outputs, notices } = end.outcome.evaluation;
    for (const notice of notices) console.error(notice);
    for (const output of outputs) {
      const { figures, words } = reportOf(output, part, worst);
      console.log(json ? JSON.stringify({ output: output.path, kind: output.kind, part, ...figures }) : words);
    }
  } finally {
    await engine.dispose();
  }
}

function reportOf(output: EvaluatedOutput, part: SetPart, worst: number): OutputReport {
  switch (output.kind) {
    case 'class':
      return reportOfClasses(output, part, worst);
    case 'mask':
      return reportOfMasks(output, part, worst);
    case 'values':
      return reportOfValues(output, part, worst);
    case 'tokens':
      return reportOfTokens(output, part, worst);
    default:
      return assertNever(output);
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}
