import { FileWarning } from 'lucide-react';
import { useStore } from 'zustand';
import { useHost } from '../connection/host.ts';
import { useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { save } from './fileActions.ts';
import { showFileDialog } from './fileDialog.ts';
import { nameOf } from './fileNames.ts';
import { keepMine, outsideStore, takeTheirs } from './outsideChanges.ts';

/** Says that another program changed the file of the shown document while there are unsaved changes here. */
export function OutsideBanner() {
  const { connection } = useHost();
  const id = useDocument((state) => state.id);
  const change = useStore(outsideStore, (changes) => changes[id]);
  if (change === undefined) return null;
  const gone = change.modified === null;
  return (
    <div
      role="status"
      data-testid="outside-banner"
      className="flex min-h-9 shrink-0 flex-wrap items-center gap-2 border-b border-line bg-warning-soft px-3 py-1 text-xs text-warning"
    >
      <FileWarning size={14} aria-hidden className="shrink-0" />
      <span className="min-w-0 flex-1">
        {gone
          ? `“${nameOf(change.path)}” is not there any more. What you have here is in no file.`
          : `“${nameOf(change.path)}” was changed by another program, and you have changes of your own.`}
      </span>
      {gone ? (
        <Button
          size="sm"
          onClick={() => {
            keepMine(id);
            void save(connection);
          }}
        >
          Save it again
        </Button>
      ) : (
        <>
          <Button size="sm" onClick={() => showFileDialog({ kind: 'compare' })}>
            Compare…
          </Button>
          <Button size="sm" onClick={() => void takeTheirs(connection, id)} data-testid="outside-reload">
            Take the file
          </Button>
          <Button size="sm" onClick={() => keepMine(id)} data-testid="outside-keep">
            Keep mine
          </Button>
        </>
      )}
    </div>
  );
}
