import type { Entry } from '../program.ts';
import { foldConstants } from './foldConstants.ts';
import { removeDeadCode } from './removeDeadCode.ts';
import { shareSubexpressions } from './shareSubexpressions.ts';

/** What rewrites an entry into one that computes the same with less, in the order it is applied. */
export const passes = { foldConstants, shareSubexpressions, removeDeadCode } satisfies Record<
  string,
  (entry: Entry) => Entry
>;

export type PassName = keyof typeof passes;

/** Names of all passes, in order. */
export const passNames = Object.keys(passes).filter((name): name is PassName => name in passes);

/** Applies the passes, or the named ones. */
export function applyPasses(entry: Entry, names: readonly PassName[] = passNames): Entry {
  return passNames.reduce((rewritten, name) => (names.includes(name) ? passes[name](rewritten) : rewritten), entry);
}
