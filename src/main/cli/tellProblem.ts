import type { HostProblem } from '../../contract/contract.ts';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { problemOf } from '../files/hostFailure.ts';
import { exitCodeFor } from './exitCodes.ts';

/** Runs a command; a mistake of the user is told on stderr in words and sets the exit code, a bug is thrown. */
export async function tellingProblems(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    tellProblem(problem);
    process.exitCode = exitCodeFor(problem.code);
  }
}

/** Prints what happened, what was expected, what came, and what to do. */
export function tellProblem(problem: HostProblem): void {
  console.error(problem.message);
  if (problem.expected !== undefined) console.error(`  expected: ${problem.expected}`);
  if (problem.received !== undefined) console.error(`  received: ${problem.received}`);
  if (problem.remedy !== undefined) console.error(`  ${problem.remedy}`);
}

/** A diagnostic on one to three lines: how bad, where, what, and how to mend it. */
export function describeDiagnostic({ severity, at, message, expected, received, fixes }: Diagnostic): string {
  const nodes = [...at.path, ...(at.node === undefined ? [] : [at.node])].join(' › ');
  const port = at.port === undefined ? '' : `, port ${at.port}`;
  const parameter = at.parameter === undefined ? '' : `, parameter ${at.parameter}`;
  const place = nodes === '' ? '' : ` ${nodes}${port}${parameter}:`;
  const compared =
    expected === undefined && received === undefined
      ? []
      : [`    expected ${expected ?? 'something else'}, received ${received ?? 'nothing'}`];
  const [fix] = fixes ?? [];
  const mend = fix === undefined ? [] : [`    the editor can mend it: ${fix.label}`];
  return [`${severity}:${place} ${message}`, ...compared, ...mend].join('\n');
}
