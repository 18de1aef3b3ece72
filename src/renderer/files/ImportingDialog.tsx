import { useEffect, useState } from 'react';
import type { ModelImportProgress } from '../../contract/imports.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { nameOf } from './fileNames.ts';

export interface ImportingDialogProps {
  readonly path: string;
  readonly connection: ManagedConnection;
}

const stages: Readonly<Record<ModelImportProgress['stage'], string>> = {
  reading: 'Reading the file',
  shapes: 'Working out shapes and constants',
  drawing: 'Drawing the network',
  writing: 'Writing the network and its weights',
};
const order = Object.keys(stages);

/** How far an import is, with a way out of it. */
export function ImportingDialog({ path, connection }: ImportingDialogProps) {
  const [{ stage, share }, setProgress] = useState<Omit<ModelImportProgress, 'path'>>({ stage: 'reading', share: 0 });
  useEffect(
    () =>
      connection.onEvent((message) => {
        if (message.event === 'importing' && message.payload.path === path) setProgress(message.payload);
      }),
    [connection, path],
  );
  const done = (order.indexOf(stage) + share) / order.length;
  const cancel = (): void => void connection.call('import/cancel', { path });
  return (
    <Dialog
      open
      onClose={cancel}
      title={`Bringing in “${nameOf(path)}”`}
      description={`${stages[stage]}…`}
      data-testid="importing-dialog"
      footer={
        <Button onClick={cancel} data-testid="import-cancel">
          Cancel
        </Button>
      }
    >
      <div
        role="progressbar"
        aria-label={stages[stage]}
        aria-valuenow={Math.round(done * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${done * 100}%` }} />
      </div>
    </Dialog>
  );
}
