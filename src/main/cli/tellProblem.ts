import type { HostProblem } from '../../contract/contract.ts';
import type { Advice } from '../../graph-engine/advice/advice.ts';
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

/** A diagnostic on one to four lines: how bad, where, what, which paper says so, and how to mend it. */
export function describeDiagnostic(diagnostic: Diagnostic | Advice): string {
  const { severity, at, message, expected, received, fixes } = diagnostic;
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
  const papers = 'source' in diagnostic ? [`    ${diagnostic.source}`] : [];
  return [`${severity}:${place} ${message}`, ...compared, ...papers, ...mend].join('\n');
}
