import { CircleCheck, Puzzle } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ImportReport } from '../../contract/imports.ts';
import { describeKept } from '../../graph-engine/sources/drawing/describeKept.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { closeFileDialog } from './fileDialog.ts';
import { nameOf } from './fileNames.ts';

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
        {blocks > 0 && <Figure label="Blocks found in it">{blocks.toLocaleString('en')}</Figure>}
        <Figure label="Numbers in its weights">{parameters.toLocaleString('en')}</Figure>
      </dl>
      {count === 0 ? (
        <p className="mt-3 flex gap-2 rounded-md bg-success-soft p-3 text-sm text-success">
          <CircleCheck size={16} className="mt-0.5 shrink-0" aria-hidden />
          Everything in it is known here. Training begins with the weights of the file.
        </p>
      ) : (
        <>
          <p className="mt-3 flex gap-2 rounded-md bg-warning-soft p-3 text-sm text-warning">
            <Puzzle size={16} className="mt-0.5 shrink-0" aria-hidden />
            <span>
              {count.toLocaleString('en')} of them {count === 1 ? 'is kept as it was' : 'are kept as they were'}. The
              network shows and is exported again, but it cannot be trained while {count === 1 ? 'it is' : 'they are'}{' '}
              in it.
            </span>
          </p>
          {describeKept(kept).map(({ title, operators }) => (
            <section key={title} className="mt-3">
              <h3 className="text-xs wrap-anywhere text-ink-muted">{title}</h3>
              <ul className="mt-1.5 flex flex-wrap gap-1.5 text-xs">
                {operators.map((operator) => (
                  <li key={operator} className="rounded bg-sunken px-1.5 py-0.5 wrap-anywhere select-text">
                    {operator}
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
      {notes.length > 0 && (
        <ul className="mt-3 flex list-disc flex-col gap-1 pl-5 text-xs text-ink-muted">
          {notes.map((note) => (
            <li key={note} className="wrap-anywhere">
              {note}
            </li>
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
