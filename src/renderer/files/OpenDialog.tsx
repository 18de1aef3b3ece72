import { FolderOpen } from 'lucide-react';
import { useRef, useState } from 'react';
import { useHost } from '../connection/host.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { closeFileDialog } from './fileDialog.ts';
import { FileList } from './FileList.tsx';
import { pathForName } from './fileNames.ts';
import { isModel, openOrImport } from './importModel.ts';
import { takeFiles } from './takeFiles.ts';

/** Choice of a document of the workspace, or of this computer. */
export function OpenDialog() {
  const { connection } = useHost();
  const [folder, setFolder] = useState('');
  const [name, setName] = useState('');
  const picker = useRef<HTMLInputElement>(null);
  const path = pathForName(folder, name, endingOf(name));
  const open = (file: string) => void openOrImport(connection, file);

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Open"
      width="lg"
      footer={
        <>
          <Button
            variant="ghost"
            className="mr-auto"
            icon={<FolderOpen size={14} aria-hidden />}
            onClick={() => picker.current?.click()}
          >
            From this computer…
          </Button>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button variant="primary" type="submit" form="open-document" disabled={!path.ok} data-testid="dialog-confirm">
            Open
          </Button>
        </>
      }
    >
      <form
        id="open-document"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (path.ok) open(path.path);
        }}
      >
        <FileList
          folder={folder}
          onFolder={setFolder}
          chosen={name}
          accepts={(entry) => entry.kind === 'document' || isModel(entry.name)}
          onChoose={(entry) => setName(entry.name)}
          onConfirm={(entry) => open(entry.path)}
        />
        <TextField label="File name" wide autoFocus value={name} onChange={setName} data-testid="dialog-name" />
        <input
          ref={picker}
          type="file"
          multiple
          accept=".json,.png,.onnx,.keras,.h5,.hdf5,.bin,application/json,image/png"
          className="hidden"
          aria-label="File of this computer"
          data-testid="local-file"
          onChange={(event) => {
            void takeFiles(connection, [...(event.target.files ?? [])]);
          }}
        />
      </form>
    </Dialog>
  );
}

/** What is added to a name that is typed without one. */
function endingOf(name: string): `.${string}` {
  return isModel(name) ? `.${name.slice(name.lastIndexOf('.') + 1).toLowerCase()}` : '.json';
}
