import { useState } from 'react';
import { renameBookmark } from '../../graph-engine/document/commands/bookmarks.ts';
import { currentDocument, dispatch } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';

function whyNot(name: string, before: string): string | undefined {
  if (name === '') return 'A bookmark needs a name.';
  if (name.length > 120) return 'A name has at most 120 characters.';
  const taken = currentDocument().bookmarks?.some((one) => one.name === name && one.name !== before) === true;
  return taken ? `Another bookmark is called “${name}”.` : undefined;
}

/** Asks what a bookmark is to be called. */
export function RenameBookmark({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [text, setText] = useState(name);
  const problem = whyNot(text.trim(), name);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rename bookmark"
      width="sm"
      data-testid="rename-bookmark"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="rename-bookmark"
            disabled={problem !== undefined}
            data-testid="dialog-confirm"
          >
            Rename
          </Button>
        </>
      }
    >
      <form
        id="rename-bookmark"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem !== undefined) return;
          dispatch(renameBookmark, { from: name, to: text.trim() });
          onClose();
        }}
      >
        <TextField
          label="Name"
          wide
          autoFocus
          value={text}
          onChange={setText}
          error={problem}
          data-testid="bookmark-name"
        />
      </form>
    </Dialog>
  );
}
