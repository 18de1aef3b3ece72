import { useMemo } from 'react';
import type { BlockId } from '../../graph-engine/document/schema.ts';
import { useHost } from '../connection/host.ts';
import { drawFigure } from '../figure/drawFigure.ts';
import { svgOf } from '../figure/svgOf.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { useDocument } from '../store/documentStore.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { showToast } from '../ui/Toast.tsx';
import { BlockCardButtons, BlockCardForm, useBlockCard } from './BlockCardForm.tsx';
import { libraryDocument, refreshLibrary } from './ownLibrary.ts';
import type { OwnBlockWords } from './ownLibraryActions.ts';

/** Puts a block into the user's own library, with a name, a description and its picture. */
export function PublishDialog({ block }: { readonly block: BlockId }) {
  const { connection } = useHost();
  const document = useDocument((state) => state.document);
  const definition = document.blocks[block];
  const state = useBlockCard(definition);
  const picture = useMemo(
    () =>
      definition === undefined
        ? ''
        : svgOf(drawFigure({ graph: definition.graph, inferred: undefined, blocks: document.blocks, shapes: false })),
    [definition, document.blocks],
  );
  if (definition === undefined) return null;

  async function publish({ replace, ...card }: OwnBlockWords) {
    const published = libraryDocument(document, block, card);
    const answer = await connection.call('library/write', { document: published, picture, replace });
    if (!answer.ok) {
      state.setProblem(answer.problem);
      return;
    }
    closeFileDialog();
    await refreshLibrary(connection);
    showToast({ tone: 'success', title: `“${card.name}” is in your library`, description: answer.value.path });
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Publish to your library"
      description="The block can then be dragged into any network from “My library” in the palette."
      data-testid="publish-dialog"
      footer={<BlockCardButtons state={state} confirm="Publish" replace="Replace" />}
    >
      <BlockCardForm state={state} picture={picture} testId="publish" onSubmit={(card) => void publish(card)} />
    </Dialog>
  );
}
