import type { Command } from 'commander';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { exitCodes } from './exitCodes.ts';
import { openDocument } from './openDocument.ts';
import { describeDiagnostic, tellingProblems } from './tellProblem.ts';

/** Adds `check <document>`. */
export function registerCheckCommand(program: Command): void {
  program
    .command('check <document>')
    .description('say what is wrong with a network, and where')
    .option('--json', 'one JSON object a line')
    .action((file: string, options: { json?: boolean }) => tellingProblems(() => check(file, options)));
}

async function check(file: string, { json = false }: { json?: boolean }): Promise<void> {
  const { diagnostics } = inferDocument(await openDocument(file));
  for (const diagnostic of diagnostics) {
    if (json) console.log(JSON.stringify(diagnostic));
    else console.error(describeDiagnostic(diagnostic));
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) process.exitCode = exitCodes.wrongInput;
  if (json) return;
  const others = diagnostics.length - errors;
  const hints = others === 0 ? '' : `, ${others} ${others === 1 ? 'hint' : 'hints'}`;
  console.log(errors === 0 ? `No errors${hints}.` : `${errors} ${errors === 1 ? 'error' : 'errors'}${hints}.`);
}
