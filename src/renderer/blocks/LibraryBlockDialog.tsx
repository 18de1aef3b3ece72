import { useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import type { BlockId } from '../../graph-engine/document/schema.ts';
import { useHost } from '../connection/host.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { BlockCardButtons, BlockCardForm, useBlockCard } from './BlockCardForm.tsx';
import { ownLibraryStore } from './ownLibrary.ts';
import { removeOwnBlock, renameOwnBlock } from './ownLibraryActions.ts';

/** Renames a block of the user's own library, describes it anew, or takes it out. */
export function LibraryBlockDialog({ id }: { readonly id: BlockId }) {
  const { connection } = useHost();
  const block = useStore(ownLibraryStore, ({ blocks }) => blocks.find(({ document }) => document.id === id));
  const state = useBlockCard(block?.document.block);
  if (block === undefined) return null;

  async function finish(work: Promise<HostProblem | null>) {
    const problem = await work;
    if (problem === null) closeFileDialog();
    else state.setProblem(problem);
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
          <Button
            variant="danger"
            className="mr-auto"
            onClick={() => void finish(removeOwnBlock(connection, block))}
            data-testid="library-remove"
          >
            Remove from the library
          </Button>
          <BlockCardButtons state={state} confirm="Save" replace="Replace the other" />
        </>
      }
    >
      <BlockCardForm
        state={state}
        picture={block.picture}
        testId="library"
        onSubmit={(card) => void finish(renameOwnBlock(connection, block, card))}
      />
    </Dialog>
  );
}
