import type { Command } from 'commander';
import { describeDiff } from '../../graph-engine/diff/describeDiff.ts';
import { diffDocuments } from '../../graph-engine/diff/diffDocuments.ts';
import { isSameNetwork } from '../../graph-engine/diff/documentDiff.ts';
import { exitCodes } from './exitCodes.ts';
import { openVersion } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface DiffOptions {
  readonly json?: boolean;
  readonly exitCode?: boolean;
}

/** Adds `diff <before> <after>`. */
export function registerDiffCommand(program: Command): void {
  program
    .command('diff <before> <after>')
    .description('say what differs between two networks: files, or versions in git such as HEAD~1:net.json')
    .option('--json', 'the whole difference as one JSON object')
    .option('--exit-code', `end with ${exitCodes.differs} when the networks differ in more than layout and training`)
    .action((before: string, after: string, options: DiffOptions) =>
      tellingProblems(() => diff(before, after, options)),
    );
}

async function diff(before: string, after: string, { json = false, exitCode = false }: DiffOptions): Promise<void> {
  const difference = diffDocuments(await openVersion(before), await openVersion(after));
  console.log(json ? JSON.stringify(difference) : describeDiff(difference));
  if (exitCode && !isSameNetwork(difference)) process.exitCode = exitCodes.differs;
}
