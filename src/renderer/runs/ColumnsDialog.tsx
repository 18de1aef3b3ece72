import { useState } from 'react';
import type { RunColumn } from '../../contract/runTable.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { runsView } from './runsView.ts';

const GROUPS = [
  ['run', 'About the run'],
  ['result', 'Results'],
  ['setting', 'Settings'],
] as const;

export interface ColumnsDialogProps {
  readonly all: readonly RunColumn[];
  readonly shown: readonly string[];
  readonly onClose: () => void;
}

/** Choice of the table's columns; each change is seen at once. */
export function ColumnsDialog({ all, shown, onClose }: ColumnsDialogProps) {
  const [words, setWords] = useState('');
  const found = all.filter(
    ({ key, title }) => key !== 'run' && title.toLowerCase().includes(words.trim().toLowerCase()),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Columns"
      width="md"
      data-testid="columns-dialog"
      footer={
        <>
          <Button onClick={() => runsView.setState({ columns: null })}>As at first</Button>
          <Button variant="primary" onClick={onClose} data-testid="dialog-close">
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField label="Find a column" wide autoFocus value={words} onChange={setWords} data-testid="columns-find" />
        {GROUPS.map(([group, title]) => {
          const columns = found.filter((column) => column.group === group);
          if (columns.length === 0) return null;
          return (
            <fieldset key={group}>
              <legend className="pb-1 text-xs font-medium text-ink-muted">{title}</legend>
              <div className="grid grid-cols-2 gap-x-4">
                {columns.map((column) => (
                  <label key={column.key} className="flex min-h-7 items-center gap-2 text-sm">
                    <input
                      type="checkbox"
                      checked={shown.includes(column.key)}
                      onChange={({ target }) =>
                        runsView.setState({
                          columns: target.checked ? [...shown, column.key] : shown.filter((key) => key !== column.key),
                        })
                      }
                      className="size-3.5 shrink-0 accent-accent"
                      data-testid={`column-${column.key}`}
                    />
                    <span className="truncate">{column.title}</span>
                  </label>
                ))}
              </div>
            </fieldset>
          );
        })}
        {found.length === 0 && <p className="text-sm text-ink-muted">No column is called like that.</p>}
      </div>
    </Dialog>
  );
}
