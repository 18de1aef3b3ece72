import { useState, type KeyboardEvent } from 'react';
import { canvasCommands } from '../canvas/canvasCommands.ts';
import { canvasGestures } from '../canvas/canvasGestures.ts';
import { keysOf, rebind, resetBindings, useKeyOverrides, type Bound } from '../store/keyBindings.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { displayShortcut, onMac, shortcutOf } from '../ui/shortcuts.ts';
import type { AppCommand } from './appCommands.tsx';

export interface ShortcutsDialogProps {
  readonly commands: readonly AppCommand[];
  readonly onClose: () => void;
}

interface Row extends Bound {
  readonly label: string;
}

/** Every shortcut, and the way to change it: press one, then the new keys. */
export function ShortcutsDialog({ commands, onClose }: ShortcutsDialogProps) {
  const overrides = useKeyOverrides();
  const [query, setQuery] = useState('');
  const [recording, setRecording] = useState<string | null>(null);
  const groups = [...new Set(canvasCommands.map(({ group }) => group))];
  const words = query.toLowerCase();
  const isWanted = ({ label }: Row) => label.toLowerCase().includes(words);
  const all: readonly (readonly [string, readonly Row[]])[] = [
    ['Editor', commands.filter(({ whenAsked }) => whenAsked !== true)],
    ...groups.map((group) => [group, canvasCommands.filter((command) => command.group === group)] as const),
  ];
  const sections = all
    .map(([title, rows]) => [title, rows.filter(isWanted)] as const)
    .filter(([, rows]) => rows.length > 0);
  const everything: readonly Row[] = [...commands, ...canvasCommands];
  const gestures = canvasGestures.filter(({ keys, meaning }) => `${keys} ${meaning}`.toLowerCase().includes(words));

  function record(row: Row, event: KeyboardEvent): void {
    if (/^(Control|Shift|Alt|Meta)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    setRecording(null);
    if (event.key === 'Escape') return;
    rebind(row, event.key === 'Backspace' ? null : shortcutOf(event), everything);
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title="Keyboard shortcuts"
      description="Press a shortcut to change it; Backspace takes it away, Esc leaves it."
      width="lg"
      data-testid="shortcuts"
      footer={
        <Button disabled={Object.keys(overrides).length === 0} onClick={resetBindings}>
          Set all back
        </Button>
      }
    >
      <div className="sticky top-0 z-10 bg-raised pb-3">
        <TextField
          label="Search"
          wide
          placeholder="What it does"
          value={query}
          onChange={setQuery}
          data-testid="shortcut-search"
        />
      </div>
      {sections.length === 0 && gestures.length === 0 && <p className="text-sm text-ink-muted">No such command.</p>}
      <div className="min-h-40 columns-1 gap-8 sm:columns-2">
        {sections.map(([title, rows]) => (
          <section key={title} className="mb-4 break-inside-avoid-column">
            <h3 className="mb-1 text-xs font-medium text-ink-muted">{title}</h3>
            <ul>
              {rows.map((row) => (
                <li key={row.id} className="flex min-h-7 items-center gap-2 text-sm">
                  <span className="min-w-0 flex-1 truncate" title={row.label}>
                    {row.label}
                  </span>
                  <ShortcutButton
                    row={row}
                    changed={overrides[row.id] !== undefined}
                    recording={recording === row.id}
                    onStart={() => setRecording(row.id)}
                    onStop={() => setRecording(null)}
                    onKey={(event) => record(row, event)}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        <section className="break-inside-avoid-column" hidden={gestures.length === 0}>
          <h3 className="mb-1 text-xs font-medium text-ink-muted">Mouse and fixed keys</h3>
          <dl>
            {gestures.map(({ keys, meaning }) => (
              <div key={keys} className="py-1 text-sm">
                <dt className="text-xs text-ink-muted">{keys}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

interface ShortcutButtonProps {
  readonly row: Row;
  readonly changed: boolean;
  readonly recording: boolean;
  readonly onStart: () => void;
  readonly onStop: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

function ShortcutButton({ row, changed, recording, onStart, onStop, onKey }: ShortcutButtonProps) {
  const keys = keysOf(row).map((key) => displayShortcut(key, onMac()));
  const text = recording ? 'Press keys…' : keys.length === 0 ? 'none' : keys.join(', ');
  return (
    <button
      type="button"
      aria-label={`${row.label}: ${text}`}
      onClick={onStart}
      onBlur={onStop}
      onKeyDown={recording ? onKey : undefined}
      data-testid={`shortcut-${row.id}`}
      className={classNames(
        'h-6 shrink-0 rounded-sm border px-1.5 text-2xs tabular-nums',
        recording ? 'border-focus text-accent-ink' : 'border-line text-ink-muted hover:bg-hover hover:text-ink',
        changed && !recording && 'border-accent text-accent-ink',
      )}
    >
      {text}
    </button>
  );
}
