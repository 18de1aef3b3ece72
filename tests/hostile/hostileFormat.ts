import type { Dice } from './mutate.ts';

/** How opening a file ended, as the user would be told. */
export type Outcome =
  { readonly opened: true } | { readonly opened: false; readonly code: string; readonly message: string };

/** One kind of file that users open, with ways of breaking it. */
export interface HostileFormat {
  readonly name: string;
  /** How many of its files are opened a round. */
  readonly turns: number;
  /** True files to start from. */
  seeds(): Promise<readonly Uint8Array[]>;
  /** A broken file made of `seed`; `other` is another of the seeds. */
  mutate(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array;
  /**
   * Opens the file as the product does, and uses it as far as a user would see at once. `folder` is the workspace, empty and
   * its own. An exception is a finding.
   */
  open(bytes: Uint8Array, folder: string): Promise<Outcome>;
}

/** Lies beside the workspace: no file may make the product tell what it says. */
export const SECRET = 'c0rrect-horse-battery-staple';

export const OPENED: Outcome = { opened: true };

/** The outcome of a list of problems. */
export function refused(problems: readonly { readonly code: string; readonly message: string }[]): Outcome {
  const [first] = problems;
  return { opened: false, code: first?.code ?? '', message: first?.message ?? '' };
}
