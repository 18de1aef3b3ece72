import { AlignStartVertical, BoxSelect, Eye, Spline } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { canvasCommands, isPossible, type CanvasCommandGroup } from '../canvas/canvasCommands.ts';
import { canvasView } from '../canvas/canvasView.ts';
import { focusCanvas } from '../canvas/focusCanvas.ts';
import { keysOf } from '../store/keyBindings.ts';
import { SearchDialog } from '../ui/SearchDialog.tsx';
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

function shownKey(command: PaletteEntry): string {
  const [key] = keysOf(command);
  return key === undefined ? '' : displayShortcut(key, onMac());
}

/** Every command by its name: type, arrow, Enter. */
export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  const [all] = useState(() => [
    ...commands.filter(({ enabled, id }) => enabled && id !== 'command-palette'),
    ...canvasEntries(),
  ]);

  function find(query: string): readonly PaletteEntry[] {
    const words = query.toLowerCase().trim().split(/\s+/);
    const found = all.filter(
      ({ label, whenAsked }) =>
        (query.trim() !== '' || whenAsked !== true) && words.every((word) => label.toLowerCase().includes(word)),
    );
    // Who types "train" wants to train, not to undo a change of training settings.
    const begins = ({ label }: PaletteEntry): boolean => label.toLowerCase().startsWith(words.join(' '));
    return [...found.filter(begins), ...found.filter((entry) => !begins(entry))];
  }

  return (
    <SearchDialog
      title="All commands"
      label="Command"
      listLabel="Commands"
      placeholder="What do you want to do?"
      find={find}
      nothing={() => 'No such command.'}
      keyOf={({ id }) => id}
      onChoose={(command) => {
        onClose();
        command.run();
      }}
      onClose={onClose}
      data-testid="command-palette"
    >
      {(command) => (
        <>
          <span className="text-ink-muted">{command.icon}</span>
          <span className="flex-1">{command.label}</span>
          <kbd className="font-sans text-2xs text-ink-muted">{shownKey(command)}</kbd>
        </>
      )}
    </SearchDialog>
  );
}
