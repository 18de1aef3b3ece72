import { useId, useState } from 'react';
import { useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import type { BlockId } from '../../graph-engine/document/schema.ts';
import { useHost } from '../connection/host.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { inputClassName } from '../ui/FieldLayout.tsx';
import { TextField } from '../ui/TextField.tsx';
import { idOf, ownLibraryStore } from './ownLibrary.ts';
import { removeOwnBlock, renameOwnBlock } from './ownLibraryActions.ts';

/** Renames a block of the user's own library, describes it anew, or takes it out. */
export function LibraryBlockDialog({ id }: { readonly id: BlockId }) {
  const { connection } = useHost();
  const block = useStore(ownLibraryStore, ({ blocks }) => blocks.find(({ document }) => document.id === id));
  const [name, setName] = useState(block?.document.block.name ?? '');
  const [description, setDescription] = useState(block?.document.block.description ?? '');
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const descriptionId = useId();
  if (block === undefined) return null;
  const next = name.trim() === '' ? undefined : idOf(name);
  const exists = problem?.code === 'file/exists';

  async function save() {
    if (block === undefined || next === undefined) return;
    const answer = await renameOwnBlock(connection, block, {
      id: next,
      name: name.trim(),
      description,
      replace: exists,
    });
    if (answer === null) closeFileDialog();
    else setProblem(answer);
  }

  async function remove() {
    if (block === undefined) return;
    const answer = await removeOwnBlock(connection, block);
    if (answer === null) closeFileDialog();
    else setProblem(answer);
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Block of your library"
      description="Networks that use the block have a copy of their own and stay as they are."
      data-testid="library-block-dialog"
      footer={
        <>
          <Button variant="danger" className="mr-auto" onClick={() => void remove()} data-testid="library-remove">
            Remove from the library
          </Button>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button
            variant={exists ? 'danger' : 'primary'}
            type="submit"
            form="library-block"
            disabled={next === undefined}
            data-testid="dialog-confirm"
          >
            {exists ? 'Replace the other' : 'Save'}
          </Button>
        </>
      }
    >
      <form
        id="library-block"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {block.picture !== null && (
          <img
            src={`data:image/svg+xml;utf8,${encodeURIComponent(block.picture)}`}
            alt="How the block looks in the palette"
            className="h-36 w-full rounded-lg border border-line bg-white object-contain p-2"
          />
        )}
        <TextField
          label="Name"
          wide
          autoFocus
          value={name}
          onChange={(text) => {
            setName(text.slice(0, 64));
            setProblem(null);
          }}
          data-testid="library-name"
        />
        <label htmlFor={descriptionId} className="-mb-2 text-xs text-ink-muted">
          Description
        </label>
        <textarea
          id={descriptionId}
          rows={3}
          maxLength={4000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
          className={`${inputClassName} h-auto py-1.5`}
          data-testid="library-description"
        />
        {problem !== null && (
          <p role="alert" className={exists ? 'text-xs text-warning' : 'text-xs text-danger'}>
            {problem.message} {problem.remedy}
          </p>
        )}
      </form>
    </Dialog>
  );
}
