import { History, Monitor, Moon, Redo2, Sun, Undo2 } from 'lucide-react';
import { useStore } from 'zustand';
import { useHost } from '../connection/host.ts';
import { openOrImport } from '../files/importModel.ts';
import { recentStore } from '../files/recentDocuments.ts';
import { chooseTheme, nextThemeChoice, themeStore, type ThemeChoice } from '../theme/themeStore.ts';
import { showPane, usePanes } from '../panes/paneStore.ts';
import { keysOf } from '../store/keyBindings.ts';
import { TrainButton } from '../training/TrainButton.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, type MenuItem, type MenuProps } from '../ui/Menu.tsx';
import type { AppCommand, AppCommandId } from './appCommands.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { DocumentName } from './DocumentName.tsx';
import { Logo } from './Logo.tsx';
import { displayShortcut, onMac } from '../ui/shortcuts.ts';

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;
const THEME_NAMES: Readonly<Record<ThemeChoice, string>> = {
  system: 'Theme of the system',
  light: 'Light theme',
  dark: 'Dark theme',
};
const MAXIMUM_RECENT = 12;
const isMac = onMac();

/** The bar on top: the document, its file, undo, training, the theme. */
export function TopBar({ commands }: { readonly commands: readonly AppCommand[] }) {
  const theme = useStore(themeStore, (state) => state.choice);
  const { connection } = useHost();
  const recent = useStore(recentStore, (state) => state.documents);
  const panes = usePanes((state) => state.panes);
  const ThemeIcon = THEME_ICONS[theme];

  function command(id: AppCommandId): AppCommand {
    const found = commands.find((one) => one.id === id);
    if (found === undefined) throw new Error(`There is no command "${id}"`);
    return found;
  }

  function item(id: AppCommandId): MenuItem {
    const { label, icon, enabled, checked, run } = command(id);
    const [key] = keysOf(command(id));
    return {
      label,
      icon,
      disabled: !enabled,
      onSelect: run,
      testId: `file-${id}`,
      ...(key !== undefined && { shortcut: displayShortcut(key, isMac) }),
      ...(checked !== undefined && { checked }),
    };
  }

  const [undo, redo] = [command('undo'), command('redo')];
  return (
    <header
      data-window-region
      className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-surface pr-2 pl-3"
    >
      <Logo />
      <BarMenu
        name="File"
        items={[
          item('new'),
          item('open'),
          {
            label: 'Open recent',
            icon: <History size={15} aria-hidden />,
            testId: 'file-recent',
            items: recent.slice(0, MAXIMUM_RECENT).map(({ path }) => ({
              label: path,
              testId: 'recent-document',
              onSelect: () => void openOrImport(connection, path),
            })),
          },
          item('import-torch'),
          item('take-weights'),
          'separator',
          item('close'),
          item('save'),
          item('save-as'),
          item('download'),
          'separator',
          item('compare'),
          item('plain-twin'),
          item('figure'),
          item('export-onnx'),
          'separator',
          item('connect'),
        ]}
      />
      <BarMenu
        name="View"
        items={[
          ...panes.map(({ id, title }) => ({ ...item(`pane:${id}`), label: title })),
          'separator',
          item('canvas-alone'),
          item('reset-layout'),
          'separator',
          item('beside'),
          item('theme'),
        ]}
      />
      <BarMenu
        name="Help"
        items={[
          item('tour'),
          ...(command('resume-tour').enabled ? [item('resume-tour')] : []),
          'separator',
          item('reference'),
          item('command-palette'),
          item('shortcuts'),
        ]}
      />
      <span className="mx-1 h-5 w-px bg-line" aria-hidden />
      <IconButton
        label={undo.label}
        shortcut={displayShortcut('Ctrl+Z', isMac)}
        icon={<Undo2 size={15} aria-hidden />}
        disabled={!undo.enabled}
        onClick={undo.run}
        data-testid="undo"
      />
      <IconButton
        label={redo.label}
        shortcut={displayShortcut('Ctrl+Shift+Z', isMac)}
        icon={<Redo2 size={15} aria-hidden />}
        disabled={!redo.enabled}
        onClick={redo.run}
        data-testid="redo"
      />
      <div className="flex min-w-0 flex-1 items-center justify-center">
        <DocumentName />
      </div>
      <ConnectionNotice />
      <IconButton
        label={THEME_NAMES[theme]}
        icon={<ThemeIcon size={15} aria-hidden />}
        onClick={() => chooseTheme(nextThemeChoice(theme))}
        data-testid="theme"
      />
      <TrainButton onTrain={() => showPane('training')} />
    </header>
  );
}

function BarMenu({ name, items }: { readonly name: string; readonly items: MenuProps['items'] }) {
  return (
    <Menu
      trigger={
        <Button variant="ghost" className="h-7 px-2" data-testid={`menu-${name.toLowerCase()}`}>
          {name}
        </Button>
      }
      items={items}
    />
  );
}
