import type { Fix } from '../../graph-engine/core/diagnostic.ts';
import { commandNamed } from '../../graph-engine/document/commands/index.ts';
import { dispatch } from '../store/documentStore.ts';

/** Mends a diagnostic: one step of undo. */
export function applyFix(fix: Fix): void {
  dispatch(commandNamed(fix.command), fix.arguments);
}
