import { useState } from 'react';
import { renameDocument } from '../../graph-engine/document/commands/editDocument.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';

/** The document's name, edited in place, with a dot while there are unsaved changes. */
export function DocumentName() {
  const name = useDocument((state) => state.document.name);
  const dirty = useDocument((state) => state.dirty);
  const path = useDocument((state) => state.file?.path ?? null);
  const [draft, setDraft] = useState<string | null>(null);

  function commit() {
    const next = draft?.trim() ?? '';
    if (next !== '' && next !== name) dispatch(renameDocument, { name: next });
    setDraft(null);
  }

  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <input
        aria-label="Document name"
        data-testid="document-name"
        title={path ?? 'Not saved to a file yet'}
        value={draft ?? name}
        maxLength={120}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setDraft(null);
        }}
        className="h-7 field-sizing-content max-w-64 min-w-16 truncate rounded-md bg-transparent px-1.5 text-sm font-medium text-ink hover:bg-hover focus:bg-surface"
      />
      <span
        role="status"
        aria-label={dirty ? 'Unsaved changes' : 'No unsaved changes'}
        data-testid="dirty"
        data-dirty={dirty}
        className={dirty ? 'size-1.5 shrink-0 rounded-full bg-accent' : 'size-1.5 shrink-0'}
      />
    </span>
  );
}
