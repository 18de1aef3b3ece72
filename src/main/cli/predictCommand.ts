import path from 'node:path';
import { Option, type Command } from 'commander';
import type { FilePrediction, PredictedPart } from '../../contract/examination.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { createExamineClient } from '../evaluation/examineClient.ts';
import { targetOfRun } from '../evaluation/runTarget.ts';
import { readRunFile } from '../runs/runFolder.ts';
import { exitCodeFor, exitCodes } from './exitCodes.ts';
import { digits, percent } from './evaluated/figuresInWords.ts';
import { findRun } from './findRun.ts';
import { tellingProblems, tellProblem } from './tellProblem.ts';
import { problemOf } from '../files/hostFailure.ts';

interface PredictOptions {
  readonly weights: 'best' | 'last';
  readonly json?: boolean;
}

/** Adds `predict <run> <files...>`. */
export function registerPredictCommand(program: Command): void {
  program
    .command('predict <run> <files...>')
    .description('what the weights of a run say of your own files: images, rows of a table, .npy arrays, texts')
    .addOption(new Option('--weights <which>', 'the best or the last').choices(['best', 'last']).default('best'))
    .option('--json', 'one JSON object for each file')
    .action((run: string, files: string[], options: PredictOptions) =>
      tellingProblems(() => predict(run, files, options)),
    );
}

async function predict(
  run: string,
  files: readonly string[],
  { weights, json = false }: PredictOptions,
): Promise<void> {
  const { folder } = await findRun(run);
  const target = await targetOfRun(folder, weights);
  const examiner = createExamineClient({ folder: (await readRunFile(folder))?.dataFolder });
  try {
    for (const file of files) {
      try {
        const prediction = await examiner.file({
          target,
          file: { absolute: path.resolve(file), name: path.basename(file) },
        });
        console.log(json ? JSON.stringify(prediction) : describe(prediction));
      } catch (error) {
        // One file that is of no use does not keep the others from being looked at.
        const problem = problemOf(error);
        if (problem === undefined) throw error;
        if (json) console.log(JSON.stringify({ file: path.basename(file), problem }));
        else tellProblem(problem);
        process.exitCode = exitCodeFor(problem.code);
      }
    }
  } finally {
    await examiner.dispose();
  }
  process.exitCode ??= exitCodes.ok;
}

function describe({ file, received, steps, samples, continuation }: FilePrediction): string {
  return [
    `${file}: ${received}`,
    ...steps.map((step) => `  ${step}`),
    ...samples.flatMap(({ name, truth, outputs }) => {
      const head = [name, ...(truth === undefined ? [] : [`(${truth})`])].filter((word) => word !== '').join(' ');
      return outputs.map((part) => `${head === '' ? '' : `${head}: `}${inWords(part)}`);
    }),
    ...(continuation === undefined ? [] : [`it goes on: ${continuation.map(({ text }) => text).join('')}`]),
  ].join('\n');
}

function inWords(part: PredictedPart): string {
  switch (part.kind) {
    case 'class':
      return part.top.map(({ name, probability }) => `${name} ${percent(probability)}`).join(', ');
    case 'mask':
      return part.shares
        .map((share, index) => ({ share, name: part.classes[index] ?? String(index) }))
        .filter(({ share }) => share > 0)
        .map(({ name, share }) => `${name} ${percent(share)}`)
        .join(', ');
    case 'values':
      return part.values
        .map(
          ({ name, value, truth }) =>
            `${name} ${digits(value)}${truth === undefined ? '' : ` (true ${digits(truth)})`}`,
        )
        .join(', ');
    case 'image': {
      const { picture } = part;
      return picture.kind === 'image' ? `an image of ${picture.height}×${picture.width}` : picture.kind;
    }
    case 'tokens':
      return [
        ...(part.perplexity === undefined ? [] : [`perplexity ${digits(part.perplexity)}`]),
        `next ${part.next.map(({ name, probability }) => `${JSON.stringify(name)} ${percent(probability)}`).join(', ')}`,
      ].join('; ');
    default:
      return assertNever(part);
  }
}
