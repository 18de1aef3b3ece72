import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { GenerationOptions } from '../../contract/examination.ts';
import { createExamineClient } from '../evaluation/examineClient.ts';
import { targetOfRun } from '../evaluation/runTarget.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { readRunFile } from '../runs/runFolder.ts';
import { exitCodes } from './exitCodes.ts';
import { findRun } from './findRun.ts';
import { tellingProblems } from './tellProblem.ts';

interface GenerateOptions extends Partial<Record<'length' | 'temperature' | 'topK' | 'topP' | 'seed', number>> {
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly json?: boolean;
}

/** Adds `generate <run>`. */
export function registerGenerateCommand(program: Command): void {
  program
    .command('generate <run>')
    .description('let a language model write on from a prompt, a token at a time')
    .option('--prompt <text>', 'what it writes on from')
    .option('--prompt-file <file>', 'a text file to write on from')
    .option('--length <n>', 'tokens to write (200)', number)
    .option('--temperature <t>', 'below 1 more likely, above 1 more surprising; 0 always the likeliest (0.8)', number)
    .option('--top-k <n>', 'draw among so many of the likeliest tokens; 0 among all (0)', number)
    .option('--top-p <p>', 'draw among the likeliest tokens that together have this probability (0.95)', number)
    .option('--seed <n>', 'the same seed writes the same text (1)', number)
    .option('--json', 'one JSON object with every token and its probability')
    .action((run: string, options: GenerateOptions) => tellingProblems(() => generate(run, options)));
}

async function generate(run: string, { prompt, promptFile, json = false, ...given }: GenerateOptions): Promise<void> {
  const { folder } = await findRun(run);
  const text = prompt ?? (promptFile === undefined ? '' : await readFile(promptFile, 'utf8'));
  const options = GenerationOptions.safeParse({ ...given, prompt: text });
  if (!options.success) {
    const [issue] = options.error.issues;
    throw new HostFailure({
      code: 'generation/options',
      message: `--${String(issue?.path[0] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} cannot be used: ${issue?.message ?? ''}.`,
    });
  }
  const target = await targetOfRun(folder);
  const examiner = createExamineClient({ folder: (await readRunFile(folder))?.dataFolder });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    if (!json) process.stdout.write(text);
    const order = { target, options: options.data };
    const written = await examiner.generate(
      order,
      ({ text: piece }) => json || process.stdout.write(piece),
      stop.signal,
    );
    if (json) console.log(JSON.stringify({ text: written.pieces.map((piece) => piece.text).join(''), ...written }));
    else {
      process.stdout.write('\n');
      for (const notice of written.notices) console.error(notice);
    }
    if (written.stopped) process.exitCode = exitCodes.stopped;
  } finally {
    process.off('SIGINT', interrupt);
    await examiner.dispose();
  }
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
