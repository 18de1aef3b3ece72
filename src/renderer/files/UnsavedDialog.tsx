import { useHost } from '../connection/host.ts';
import { useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { save } from './fileActions.ts';
import { closeFileDialog } from './fileDialog.ts';

/** Asks what becomes of unsaved changes before the shown document is closed. */
export function UnsavedDialog({ proceed }: { readonly proceed: () => void }) {
  const { connection } = useHost();
  const name = useDocument((state) => state.document.name);

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Save your changes first?"
      description={`“${name}” has changes that are not in a file.`}
      width="sm"
      footer={
        <>
          <Button
            variant="danger"
            className="mr-auto"
            data-testid="dialog-discard"
            onClick={() => {
              closeFileDialog();
              proceed();
            }}
          >
            Discard changes
          </Button>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button
            variant="primary"
            data-testid="dialog-confirm"
            onClick={() => {
              closeFileDialog();
              void save(connection, proceed);
            }}
          >
            Save
          </Button>
        </>
      }
    />
  );
}
