import { createStore } from 'zustand/vanilla';
import type { JournalEntry } from '../../contract/documents.ts';
import type { ImportReport } from '../../contract/imports.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import type { BlockId } from '../../graph-engine/document/schema.ts';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';

/** The one dialog about files that is open, if any. */
export type FileDialog =
  | { readonly kind: 'open' }
  /** Choice of data, or a look at those of a path. */
  | { readonly kind: 'data'; readonly path?: string }
  /** `then` goes on with what saving was for. */
  | { readonly kind: 'save-as'; readonly then?: () => void }
  | { readonly kind: 'export' }
  | { readonly kind: 'compare' }
  | { readonly kind: 'figure' }
  | { readonly kind: 'publish'; readonly block: BlockId }
  /** A block of the user's own library. */
  | { readonly kind: 'library-block'; readonly id: BlockId }
  /** The shown document has changes that `proceed` would lose. */
  | { readonly kind: 'unsaved'; readonly proceed: () => void }
  /** The file changed on disk since it was read. */
  | { readonly kind: 'conflict'; readonly path: string }
  /** Unsaved work that an editor which died has left with the host. */
  | { readonly kind: 'recovery'; readonly entries: readonly JournalEntry[] }
  /** A model of another program is being brought in. */
  | { readonly kind: 'importing'; readonly path: string; readonly connection: ManagedConnection }
  /** What came of bringing in a model of another program. */
  | { readonly kind: 'imported'; readonly name: string; readonly report: ImportReport }
  /** A model that the user's own Python writes, once the user has seen what runs. */
  | { readonly kind: 'torch' }
  /** A file of weights for the shown network; of this computer where `file` is given. */
  | { readonly kind: 'weights'; readonly file?: File }
  /** A file that could not be opened; the document shown before is untouched. */
  | { readonly kind: 'unreadable'; readonly name: string; readonly diagnostics: readonly Diagnostic[] };

export const fileDialogStore = createStore<{ readonly dialog: FileDialog | null }>()(() => ({ dialog: null }));

/** Opens a dialog in place of whatever dialog is open. */
export function showFileDialog(dialog: FileDialog): void {
  fileDialogStore.setState({ dialog });
}

/** Closes the open dialog. */
export function closeFileDialog(): void {
  fileDialogStore.setState({ dialog: null });
}
