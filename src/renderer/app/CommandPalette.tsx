import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { AlignStartVertical, BoxSelect, Eye, Spline } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { canvasCommands, isPossible, type CanvasCommandGroup } from '../canvas/canvasCommands.ts';
import { canvasView } from '../canvas/canvasView.ts';
import { focusCanvas } from '../canvas/focusCanvas.ts';
import { keysOf } from '../store/keyBindings.ts';
import { classNames } from '../ui/classNames.ts';
import { displayShortcut, onMac } from '../ui/shortcuts.ts';
import type { AppCommand } from './appCommands.tsx';

export interface CommandPaletteProps {
  readonly commands: readonly AppCommand[];
  readonly onClose: () => void;
}

/** What the palette needs of a command. */
type PaletteEntry = Pick<AppCommand, 'label' | 'icon' | 'shortcut' | 'alternatives' | 'whenAsked' | 'run'> & {
  readonly id: string;
};

/** What can be done on the canvas with what is selected now. */
function canvasEntries(): readonly PaletteEntry[] {
  return canvasCommands.filter(isPossible).map((command) => ({
    ...command,
    icon: CANVAS_ICONS[command.group],
    run() {
      const view = canvasView();
      if (view === undefined) return;
      focusCanvas();
      command.run(view);
    },
  }));
}

const CANVAS_ICONS: Readonly<Record<CanvasCommandGroup, ReactNode>> = {
  'Add and wire': <Spline size={15} aria-hidden />,
  Select: <BoxSelect size={15} aria-hidden />,
  Arrange: <AlignStartVertical size={15} aria-hidden />,
  View: <Eye size={15} aria-hidden />,
};

/** Every command by its name: type, arrow, Enter. */
export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  const listId = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [all] = useState(() => [
    ...commands.filter(({ enabled, id }) => enabled && id !== 'command-palette'),
    ...canvasEntries(),
  ]);
  const words = query.toLowerCase().split(/\s+/);
  const found = all.filter(
    ({ label, whenAsked }) =>
      (query.trim() !== '' || whenAsked !== true) && words.every((word) => label.toLowerCase().includes(word)),
  );
  const chosen = found[Math.min(active, found.length - 1)];
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  function run(command: PaletteEntry | undefined) {
    if (command === undefined) return;
    onClose();
    command.run();
  }

  function shown(command: PaletteEntry): string {
    const [key] = keysOf(command);
    return key === undefined ? '' : displayShortcut(key, onMac());
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') run(chosen);
    else if (event.key === 'ArrowDown') setActive((index) => Math.min(index + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive((index) => Math.max(index - 1, 0));
    else return;
    event.preventDefault();
  }

  return (
    <BaseDialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 bg-backdrop opacity-30" />
        <BaseDialog.Popup
          data-modal
          data-testid="command-palette"
          className="fixed top-[12vh] left-1/2 w-[520px] max-w-[calc(100vw-2rem)] -translate-x-1/2 overflow-hidden rounded-xl bg-raised text-ink shadow-dialog outline-none"
        >
          <BaseDialog.Title className="sr-only">All commands</BaseDialog.Title>
          <input
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={chosen === undefined ? undefined : `${listId}-${chosen.id}`}
            aria-label="Command"
            autoFocus
            placeholder="What do you want to do?"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            className="h-11 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-ink-faint"
          />
          <ul ref={list} id={listId} role="listbox" aria-label="Commands" className="max-h-80 overflow-auto p-1.5">
            {found.map((command) => (
              <li
                key={command.id}
                id={`${listId}-${command.id}`}
                role="option"
                aria-selected={command === chosen}
                onClick={() => run(command)}
                onPointerMove={() => setActive(found.indexOf(command))}
                className={classNames(
                  'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm',
                  command === chosen && 'bg-hover',
                )}
              >
                <span className="text-ink-muted">{command.icon}</span>
                <span className="flex-1">{command.label}</span>
                <kbd className="font-sans text-2xs text-ink-muted">{shown(command)}</kbd>
              </li>
            ))}
            {found.length === 0 && <li className="px-2.5 py-2 text-sm text-ink-muted">No such command.</li>}
          </ul>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
