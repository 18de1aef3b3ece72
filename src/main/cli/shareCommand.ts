import type { Command } from 'commander';
import { linkFragment, LONGEST_LINK } from '../../graph-engine/sharing/linkFragment.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { openDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface ShareOptions {
  readonly base: string;
  readonly json?: boolean;
}

/** Adds `share <document>`. */
export function registerShareCommand(program: Command): void {
  program
    .command('share <document>')
    .description('print a link that carries the whole network in its fragment')
    .option('--base <address>', 'address of the editor that shall open it', 'skipwire:')
    .option('--json', 'one JSON object with the link and its length')
    .action((file: string, options: ShareOptions) => tellingProblems(() => share(file, options)));
}

async function share(file: string, { base, json = false }: ShareOptions): Promise<void> {
  const result = linkFragment(await openDocument(file));
  if (!result.ok) {
    throw new HostFailure({
      code: 'link/too-long',
      message: `A link with "${file}" would have ${result.length} characters, which mail and chat programs cut.`,
      expected: `at most ${LONGEST_LINK} characters`,
      received: String(result.length),
      remedy: 'Send the file itself, or a picture that carries it.',
    });
  }
  const link = `${base.replace(/#.*$/, '')}${result.fragment}`;
  console.log(json ? JSON.stringify({ link, characters: link.length }) : link);
}
