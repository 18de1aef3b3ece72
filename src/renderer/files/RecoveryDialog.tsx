import { useState } from 'react';
import type { JournalEntry } from '../../contract/documents.ts';
import { useHost } from '../connection/host.ts';
import { formatAge } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { showToast } from '../ui/Toast.tsx';
import { closeFileDialog } from './fileDialog.ts';
import { forget, recover } from './journal.ts';

/** Unsaved work that was found, each document to be opened or thrown away; what is left alone is offered again. */
export function RecoveryDialog({ entries }: { readonly entries: readonly JournalEntry[] }) {
  const { connection } = useHost();
  const [left, setLeft] = useState(entries);
  const [now] = useState(() => Date.now());

  function settle(done: readonly JournalEntry[]) {
    const next = left.filter((entry) => !done.includes(entry));
    setLeft(next);
    if (next.length === 0) closeFileDialog();
  }

  async function open(chosen: readonly JournalEntry[]) {
    for (const entry of chosen) {
      if (await recover(connection, entry)) continue;
      showToast({ tone: 'danger', title: `“${entry.name}” cannot be read`, description: 'It is left where it is.' });
    }
    settle(chosen);
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Unsaved work was found"
      description="The editor or its host ended before these documents were saved."
      data-testid="recovery-dialog"
      footer={
        <>
          <Button onClick={closeFileDialog}>Decide later</Button>
          <Button variant="primary" data-testid="recover-all" onClick={() => void open(left)}>
            {left.length === 1 ? 'Open' : 'Open all'}
          </Button>
        </>
      }
    >
      <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
        {left.map((entry) => (
          <li key={entry.id} className="flex items-center gap-2 px-3 py-2" data-testid="recovery-entry">
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm font-medium">{entry.name}</p>
              <p className="truncate text-2xs text-ink-muted">
                {entry.file?.path ?? 'in no file yet'} · {formatAge(entry.saved, now)}
              </p>
            </div>
            <Button
              size="sm"
              variant="ghost"
              onClick={() => {
                void forget(connection, entry);
                settle([entry]);
              }}
            >
              Discard
            </Button>
            <Button size="sm" data-testid="recover" onClick={() => void open([entry])}>
              Open
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
