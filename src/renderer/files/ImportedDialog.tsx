import { CircleCheck, Puzzle } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ImportReport } from '../../contract/imports.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { closeFileDialog } from './fileDialog.ts';
import { nameOf } from './fileNames.ts';
import { describeKept } from './importModel.ts';

export interface ImportedDialogProps {
  readonly name: string;
  readonly report: ImportReport;
}

/** What came of an import. */
export function ImportedDialog({ name, report }: ImportedDialogProps) {
  const { opset, nodes, drawn, parameters, kept, blocks, notes } = report;
  const count = kept.reduce((sum, one) => sum + one.count, 0);
  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title={`“${nameOf(name)}” is a network now`}
      description={describeOrigin(report)}
      data-testid="imported-dialog"
      footer={
        <Button variant="primary" onClick={closeFileDialog} data-testid="dialog-confirm">
          Look at it
        </Button>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <Figure label={opset === null ? 'Layers of the file' : 'Operators of the file'}>
          {nodes.toLocaleString('en')}
        </Figure>
        <Figure label="Nodes of the drawing">{drawn.toLocaleString('en')}</Figure>
        <Figure label="Blocks found in it">{blocks.toLocaleString('en')}</Figure>
        <Figure label="Numbers in its weights">{parameters.toLocaleString('en')}</Figure>
      </dl>
      {count === 0 ? (
        <p className="mt-3 flex gap-2 rounded-md bg-success-soft p-3 text-sm text-success">
          <CircleCheck size={16} className="mt-0.5 shrink-0" aria-hidden />
          Everything in it is known here. Training begins with the weights of the file.
        </p>
      ) : (
        <p className="mt-3 flex gap-2 rounded-md bg-warning-soft p-3 text-sm text-warning">
          <Puzzle size={16} className="mt-0.5 shrink-0" aria-hidden />
          <span>
            Not known here and kept as {count === 1 ? 'it was' : 'they were'}: {describeKept(report)}. They show and are
            exported again, but the network cannot be trained while they are in it.
          </span>
        </p>
      )}
      {notes.length > 0 && (
        <ul className="mt-3 flex list-disc flex-col gap-1 pl-5 text-xs text-ink-muted">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function describeOrigin({ opset, producer }: ImportReport): string {
  if (opset === null) return `Written by ${producer}.`;
  return `Opset ${opset}${producer === '' ? '' : `, written by ${producer}`}.`;
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-muted">{label}</dt>
      <dd className="text-right tabular-nums">{children}</dd>
    </>
  );
}
