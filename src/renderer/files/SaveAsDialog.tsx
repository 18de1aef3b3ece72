import { useState } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import { useHost } from '../connection/host.ts';
import { documentStore } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CONFLICT_CODES, downloadDocument, writeTo } from './fileActions.ts';
import { closeFileDialog } from './fileDialog.ts';
import { FileList } from './FileList.tsx';
import { fileNameFor, folderOf, nameOf, pathForName } from './fileNames.ts';

/** Asks for the place of the document in the workspace. */
export function SaveAsDialog({ then }: { readonly then?: (() => void) | undefined }) {
  const { connection } = useHost();
  const [start] = useState(() => {
    const { document, file } = documentStore.getState();
    return file === null
      ? { folder: '', name: fileNameFor(document.name, '.json') }
      : { folder: folderOf(file.path), name: nameOf(file.path) };
  });
  const [folder, setFolder] = useState(start.folder);
  const [name, setName] = useState(start.name);
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const [saving, setSaving] = useState(false);
  const path = pathForName(folder, name, '.json');
  const exists = problem !== null && CONFLICT_CODES.has(problem.code);
  const error = path.ok ? undefined : path.error;

  async function confirm() {
    if (!path.ok) return;
    setSaving(true);
    const failed = await writeTo(connection, path.path, exists ? undefined : null);
    setSaving(false);
    setProblem(failed);
    if (failed !== null) return;
    closeFileDialog();
    then?.();
  }

  function edit<Value>(set: (value: Value) => void): (value: Value) => void {
    return (value) => {
      setProblem(null);
      set(value);
    };
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Save as"
      width="lg"
      footer={
        <>
          <Button variant="ghost" className="mr-auto" onClick={downloadDocument}>
            Download JSON
          </Button>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button
            variant={exists ? 'danger' : 'primary'}
            type="submit"
            form="save-document"
            disabled={!path.ok || saving}
            data-testid="dialog-confirm"
          >
            {exists ? 'Replace' : 'Save'}
          </Button>
        </>
      }
    >
      <form
        id="save-document"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <TextField
          label="File name"
          wide
          autoFocus
          value={name}
          onChange={edit(setName)}
          error={error}
          data-testid="dialog-name"
        />
        <FileList
          folder={folder}
          onFolder={edit(setFolder)}
          chosen={name}
          accepts={(entry) => entry.kind === 'document'}
          onChoose={(entry) => edit(setName)(entry.name)}
        />
        {problem !== null && (
          <p role="alert" className={exists ? 'text-xs text-warning' : 'text-xs text-danger'}>
            {exists ? 'There is a file of this name. Replace it, or choose another name.' : problem.message}{' '}
            {exists ? '' : problem.remedy}
          </p>
        )}
      </form>
    </Dialog>
  );
}
