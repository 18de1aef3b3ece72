import type { Caller } from '../../contract/contract.ts';
import { SILENCE_IS_LOSS } from '../../contract/messages.ts';

/** Whose the documents are that the journal keeps: which connection has them open, and since when nobody has. */
export interface JournalHolders {
  /** A connection has a document open, as the one that wrote it last. */
  hold(id: string, editor: string | undefined, caller: Caller): void;
  /** A document was saved, or closed on purpose. */
  release(id: string): void;
  /** Whether a connection that is there has it open. */
  isOpen(id: string): boolean;
  /** Whether another editor, by its name, has it open. */
  isOpenElsewhere(id: string, editor: string | undefined): boolean;
  /** Milliseconds until the editor that had it counts as gone for good: 0 when it does, infinite while it is there. */
  untilFree(id: string): number;
}

/**
 * Milliseconds in which an editor comes back whose connection broke. It notices a broken tunnel by silence alone, and then tries
 * again every few seconds; the same after a host was started anew.
 */
export const COMES_BACK = SILENCE_IS_LOSS + 30_000;

/** Nobody holds anything yet: who had documents open under an earlier host counts as having gone when this one began. */
export function createJournalHolders(now: () => number = Date.now): JournalHolders {
  const began = now();
  const open = new Map<string, { readonly editor: string | undefined; readonly caller: Caller }>();
  const left = new Map<string, number>();
  const followed = new WeakSet<Caller>();

  const leave = (caller: Caller): void => {
    for (const [id, holder] of open) {
      if (holder.caller !== caller) continue;
      open.delete(id);
      left.set(id, now());
    }
  };

  return {
    hold(id, editor, caller) {
      // A request that was on its way when its connection broke.
      if (caller.isGone()) return void left.set(id, now());
      open.set(id, { editor, caller });
      left.delete(id);
      if (followed.has(caller)) return;
      followed.add(caller);
      caller.onGone(() => leave(caller));
    },
    release(id) {
      open.delete(id);
      left.delete(id);
    },
    isOpen: (id) => open.has(id),
    isOpenElsewhere(id, editor) {
      const holder = open.get(id);
      return holder !== undefined && holder.editor !== editor;
    },
    untilFree: (id) => (open.has(id) ? Infinity : Math.max(0, (left.get(id) ?? began) + COMES_BACK - now())),
  };
}
