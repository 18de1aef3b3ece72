import type { Command } from 'commander';
import { openAdvice } from '../../graph-engine/advice/adviseDocument.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { trainingHints } from '../../graph-engine/training/trainingHints.ts';
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
  const document = await openDocument(file);
  const diagnostics = [...inferDocument(document).diagnostics, ...trainingHints(document)];
  const advice = openAdvice(document);
  for (const diagnostic of [...diagnostics, ...advice]) {
    if (json) console.log(JSON.stringify(diagnostic));
    else console.error(describeDiagnostic(diagnostic));
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) process.exitCode = exitCodes.wrongInput;
  if (json) return;
  const others = diagnostics.length - errors;
  const parts = [
    errors === 0 ? 'No errors' : counted(errors, 'error', 'errors'),
    ...(others === 0 ? [] : [counted(others, 'hint', 'hints')]),
    ...(advice.length === 0 ? [] : [counted(advice.length, 'piece of advice', 'pieces of advice')]),
  ];
  console.log(`${parts.join(', ')}.`);
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
