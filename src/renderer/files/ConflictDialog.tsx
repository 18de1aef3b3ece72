import { useHost } from '../connection/host.ts';
import { documentStore } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { CONFLICT_CODES, reloadOnRequest, tellNotSaved, writeTo } from './fileActions.ts';
import { closeFileDialog } from './fileDialog.ts';
import { nameOf, siblingPath } from './fileNames.ts';

/** The file changed on disk since it was read: neither version may be lost unasked. */
export function ConflictDialog({ path }: { readonly path: string }) {
  const { connection } = useHost();

  async function overwrite() {
    closeFileDialog();
    const problem = await writeTo(connection, path, undefined);
    if (problem !== null) tellNotSaved(problem);
  }

  async function reload() {
    closeFileDialog();
    await reloadOnRequest(connection, documentStore.getState().id, path);
  }

  async function keepBoth() {
    closeFileDialog();
    let copy = siblingPath(path);
    for (let tries = 0; tries < 100; tries++) {
      const problem = await writeTo(connection, copy, null);
      if (problem === null) return;
      if (!CONFLICT_CODES.has(problem.code)) return tellNotSaved(problem);
      copy = siblingPath(copy);
    }
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="The file changed on disk"
      description={`“${nameOf(path)}” was changed by something else since it was opened here. Your version is not saved yet.`}
      footer={
        <>
          <Button
            variant="danger"
            className="mr-auto"
            data-testid="conflict-overwrite"
            onClick={() => void overwrite()}
          >
            Overwrite
          </Button>
          <Button data-testid="conflict-reload" onClick={() => void reload()}>
            Discard mine, reload
          </Button>
          <Button variant="primary" data-testid="dialog-confirm" onClick={() => void keepBoth()}>
            Keep both
          </Button>
        </>
      }
    />
  );
}
