import { createInterface } from 'node:readline/promises';
import { HostFailure } from '../files/hostFailure.ts';

/**
 * Asks before a program of the user's runs code that is not Skipwire's. Throws a `HostFailure` when the answer is no, or when
 * nobody is there to ask and nothing was said beforehand.
 */
export async function agreeToRunPython(what: string, agreed: boolean): Promise<void> {
  if (agreed) return;
  const refused = (message: string): HostFailure =>
    new HostFailure({
      code: 'import/not-agreed',
      message,
      remedy: 'Add --yes to let Python run it.',
    });
  const asked = `This runs Python, and with it the code of "${what}".`;
  if (!process.stdin.isTTY) throw refused(asked);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${asked} Go on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw refused('Nothing was run.');
  } finally {
    lines.close();
  }
}
