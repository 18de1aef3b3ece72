import type { Entry } from '../program.ts';
import { foldConstants } from './foldConstants.ts';
import { fuseElementwise } from './fuseElementwise.ts';
import { removeDeadCode } from './removeDeadCode.ts';
import { shareSubexpressions } from './shareSubexpressions.ts';

/** What rewrites an entry into one that computes the same with less, in the order it is applied. */
export const passes = { foldConstants, shareSubexpressions, removeDeadCode, fuseElementwise } satisfies Record<
  string,
  (entry: Entry) => Entry
>;

export type PassName = keyof typeof passes;

/** Names of all passes, in order. */
export const passNames = Object.keys(passes).filter((name): name is PassName => name in passes);

/**
 * What helps every executor, in order. `fuseElementwise` is for those that make code of their own for an instruction: each
 * executor applies it to what it compiles, or does not.
 */
export const commonPasses: readonly PassName[] = ['foldConstants', 'shareSubexpressions', 'removeDeadCode'];

/** Applies the common passes, or the named ones. */
export function applyPasses(entry: Entry, names: readonly PassName[] = commonPasses): Entry {
  return passNames.reduce((rewritten, name) => (names.includes(name) ? passes[name](rewritten) : rewritten), entry);
}
