import { useState, type KeyboardEvent } from 'react';
import { canvasCommands } from '../canvas/canvasCommands.ts';
import { keysOf, rebind, resetBindings, useKeyOverrides, type Bound } from '../store/keyBindings.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { displayShortcut, onMac, shortcutOf } from '../ui/shortcuts.ts';
import type { AppCommand } from './appCommands.tsx';

export interface ShortcutsDialogProps {
  readonly commands: readonly AppCommand[];
  readonly onClose: () => void;
}

interface Row extends Bound {
  readonly label: string;
}

/** What the mouse and a few fixed keys do; nothing of it can be changed. */
const GESTURES: readonly (readonly [string, string])[] = [
  ['Tab or double click', 'Add a node here'],
  ['Drag from a port', 'Draw a wire; let go anywhere to choose what it feeds'],
  ['Drag the end of a wire', 'Move it to another port'],
  ['Alt + press on a wire', 'Lead it through a point'],
  ['Ctrl + Shift + drag, node to node', 'Add the two'],
  ['Alt + right drag, node to node', 'Connect them'],
  ['Ctrl + right drag', 'Cut the wires that are crossed'],
  ['Shift + right drag', 'Put a point on the wires that are crossed'],
  ['Alt while letting go of a drag', 'Leave a copy there'],
  ['Drag on the canvas', 'Select; with Shift or Ctrl add to it'],
  ['Wheel, Ctrl + wheel, middle drag', 'Move, zoom, move'],
  ['Arrows, with Shift faster', 'Move what is selected'],
  ['Ctrl + C, X, V', 'Copy, cut, paste; Ctrl + Shift + V with the wires from outside'],
  ['Enter', 'Select a focused card, look into a selected block'],
  ['Esc', 'Give up a gesture, deselect, leave a block'],
];

/** Every shortcut, and the way to change it: press one, then the new keys. */
export function ShortcutsDialog({ commands, onClose }: ShortcutsDialogProps) {
  const overrides = useKeyOverrides();
  const [recording, setRecording] = useState<string | null>(null);
  const groups = [...new Set(canvasCommands.map(({ group }) => group))];
  const sections: readonly (readonly [string, readonly Row[]])[] = [
    ['Editor', commands],
    ...groups.map((group) => [group, canvasCommands.filter((command) => command.group === group)] as const),
  ];
  const all: readonly Row[] = [...commands, ...canvasCommands];

  function record(row: Row, event: KeyboardEvent): void {
    if (/^(Control|Shift|Alt|Meta)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    setRecording(null);
    if (event.key === 'Escape') return;
    rebind(row, event.key === 'Backspace' ? null : shortcutOf(event), all);
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
      <div className="columns-1 gap-8 sm:columns-2">
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
        <section className="break-inside-avoid-column">
          <h3 className="mb-1 text-xs font-medium text-ink-muted">Mouse and fixed keys</h3>
          <dl>
            {GESTURES.map(([keys, what]) => (
              <div key={keys} className="py-1 text-sm">
                <dt className="text-xs text-ink-muted">{keys}</dt>
                <dd>{what}</dd>
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
