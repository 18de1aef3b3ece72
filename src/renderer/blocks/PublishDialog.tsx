import { useId, useMemo, useState } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import type { BlockId } from '../../graph-engine/document/schema.ts';
import { useHost } from '../connection/host.ts';
import { drawFigure } from '../figure/drawFigure.ts';
import { svgOf } from '../figure/svgOf.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { inputClassName } from '../ui/FieldLayout.tsx';
import { TextField } from '../ui/TextField.tsx';
import { showToast } from '../ui/Toast.tsx';
import { idOf, libraryDocument, refreshLibrary } from './ownLibrary.ts';

/** Puts a block into the user's own library, with a name, a description and its picture. */
export function PublishDialog({ block }: { readonly block: BlockId }) {
  const { connection } = useHost();
  const document = useDocument((state) => state.document);
  const definition = document.blocks[block];
  const [name, setName] = useState(definition?.name ?? '');
  const [description, setDescription] = useState(definition?.description ?? '');
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const descriptionId = useId();
  const picture = useMemo(
    () =>
      definition === undefined
        ? ''
        : svgOf(drawFigure({ graph: definition.graph, inferred: undefined, blocks: document.blocks, shapes: false })),
    [definition, document.blocks],
  );
  if (definition === undefined) return null;
  const id = name.trim() === '' ? undefined : idOf(name);
  const exists = problem?.code === 'file/exists';

  async function publish() {
    if (id === undefined) return;
    const published = libraryDocument(document, block, { id, name: name.trim(), description });
    const answer = await connection.call('library/write', { document: published, picture, replace: exists });
    if (!answer.ok) {
      setProblem(answer.problem);
      return;
    }
    closeFileDialog();
    await refreshLibrary(connection);
    showToast({ tone: 'success', title: `“${name.trim()}” is in your library`, description: answer.value.path });
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Publish to your library"
      description="The block can then be dragged into any network from “My library” in the palette."
      data-testid="publish-dialog"
      footer={
        <>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button
            variant={exists ? 'danger' : 'primary'}
            type="submit"
            form="publish-block"
            disabled={id === undefined}
            data-testid="dialog-confirm"
          >
            {exists ? 'Replace' : 'Publish'}
          </Button>
        </>
      }
    >
      <form
        id="publish-block"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void publish();
        }}
      >
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(picture)}`}
          alt="How the block looks in the palette"
          className="h-36 w-full rounded-lg border border-line bg-white object-contain p-2"
        />
        <TextField
          label="Name"
          wide
          autoFocus
          value={name}
          onChange={(next) => {
            setName(next.slice(0, 64));
            setProblem(null);
          }}
          data-testid="publish-name"
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
          data-testid="publish-description"
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
