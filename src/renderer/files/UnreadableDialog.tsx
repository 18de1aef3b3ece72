import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { chooseFile } from './fileActions.ts';
import { closeFileDialog } from './fileDialog.ts';

export interface UnreadableDialogProps {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a detail is missing or in the message already. */
function isTold({ message }: Diagnostic, detail: string | undefined): boolean {
  return detail === undefined || message.includes(detail);
}

/** Why a file could not be opened. */
export function UnreadableDialog({ name, diagnostics }: UnreadableDialogProps) {
  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title={`“${name}” cannot be opened`}
      description="What you have open here is untouched."
      data-testid="unreadable-dialog"
      footer={
        <>
          <Button onClick={chooseFile}>Choose another…</Button>
          <Button variant="primary" onClick={closeFileDialog} data-testid="dialog-confirm">
            Close
          </Button>
        </>
      }
    >
      <ul className="flex flex-col gap-2">
        {diagnostics.map((diagnostic, index) => (
          <li key={index} className="rounded-md bg-danger-soft p-3 text-sm text-danger">
            {diagnostic.message}
            {!isTold(diagnostic, diagnostic.expected) && (
              <span className="mt-1 block text-xs">Expected: {diagnostic.expected}</span>
            )}
            {!isTold(diagnostic, diagnostic.received) && (
              <span className="block text-xs">Received: {diagnostic.received}</span>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
