import {
  ArrowLeft,
  ArrowRight,
  BookOpen,
  Columns2,
  Download,
  FilePlus2,
  FolderOpen,
  GitCompare,
  GraduationCap,
  ImageDown,
  Keyboard,
  Link,
  Moon,
  MoveRight,
  Play,
  PlugZap,
  Redo2,
  Save,
  SaveAll,
  Search,
  Share,
  Square,
  Undo2,
  X,
  FileInput,
  Weight,
} from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { makePlainTwin } from '../compare/makePlainTwin.ts';
import { useHost } from '../connection/host.ts';
import { chooseFile, closeTab, downloadDocument, save, startNew } from '../files/fileActions.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { copyShareLink } from '../files/shareLinks.ts';
import { openReferenceHere } from '../reference/referenceCommands.tsx';
import { sampleCommands } from '../samples/sampleCommands.tsx';
import { besideStore, showBeside } from '../store/besideStore.ts';
import { documentStore, redo, showDocument, undo, useDocument, type DocumentTab } from '../store/documentStore.ts';
import { chooseTheme, nextThemeChoice, themeStore } from '../theme/themeStore.ts';
import { canResume, resumeTour, startTour, useTour } from '../tour/tourStore.ts';
import { commitTyping, startTraining, stopTraining } from '../training/trainActions.ts';
import { useTrainBlocker } from '../training/TrainButton.tsx';
import { useActiveRun } from '../training/runStore.ts';
import { usePaneCommands } from '../panes/paneCommands.tsx';
import { showPane } from '../panes/paneStore.ts';
import type { PaneId } from '../panes/pane.ts';
import { focusRegion } from './regions.ts';
import { setConnectOpen, setPaletteOpen, setShortcutsOpen } from './shellStore.ts';

export type AppCommandId =
  | 'new'
  | 'open'
  | 'import-torch'
  | 'take-weights'
  | 'close'
  | 'next-document'
  | 'previous-document'
  | 'save'
  | 'save-as'
  | 'download'
  | 'copy-link'
  | 'export-onnx'
  | 'connect'
  | 'compare'
  | 'plain-twin'
  | 'figure'
  | 'beside'
  | 'undo'
  | 'redo'
  | 'train'
  | 'stop'
  | 'theme'
  | 'reference'
  | `reference:${string}`
  | `heat-map:${string}`
  | `sample:${string}`
  | `pane:${PaneId}`
  | `move-pane:${string}`
  | 'canvas-alone'
  | 'reset-layout'
  | 'command-palette'
  | 'shortcuts'
  | 'tour'
  | 'resume-tour'
  | 'next-region'
  | 'previous-region';

/** Something one can do to the whole editor: by menu, by key, by name. */
export interface AppCommand {
  readonly id: AppCommandId;
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: string;
  /** Other keys that do the same. */
  readonly alternatives?: readonly string[];
  /** Text fields keep these keys for themselves. */
  readonly leaveToFields?: boolean;
  readonly enabled: boolean;
  /** Why it cannot be done now: told to whoever presses its keys. */
  readonly hindrance?: string;
  /** Whether what it switches is on, where it is a switch. */
  readonly checked?: boolean;
  /** What its shortcut does where that is more than to run it. */
  readonly onKey?: () => void;
  /** Found by its name in the command palette, and not listed before: there are too many like it. */
  readonly whenAsked?: boolean;
  run(): void;
}

const SIZE = { size: 15, 'aria-hidden': true } as const;

/** The document whose tab is that many places further, round the ends. */
function neighbour(distance: number): DocumentTab | undefined {
  const { id, tabs } = documentStore.getState();
  const place = tabs.findIndex((tab) => tab.id === id) + distance;
  return tabs[(place + tabs.length) % tabs.length];
}

function showNeighbour(distance: number): void {
  commitTyping();
  const next = neighbour(distance);
  if (next !== undefined) showDocument(next.id);
}

/** All commands as they are now. */
export function useAppCommands(): readonly AppCommand[] {
  const { connection } = useHost();
  const undoLabel = useDocument((state) => state.undoLabel);
  const redoLabel = useDocument((state) => state.redoLabel);
  const blocked = useTrainBlocker()?.reason;
  const active = useActiveRun()?.id;
  const several = useDocument((state) => state.tabs.length > 1);
  const beside = useStore(besideStore, (state) => state.beside !== null);
  const theme = useStore(themeStore, (state) => state.choice);
  const paneCommands = usePaneCommands();
  const resumable = useTour(canResume);

  return useMemo(
    (): AppCommand[] => [
      {
        id: 'new',
        label: 'New',
        icon: <FilePlus2 {...SIZE} />,
        shortcut: 'Alt+N',
        enabled: true,
        run: startNew,
      },
      {
        id: 'open',
        label: 'Open…',
        icon: <FolderOpen {...SIZE} />,
        shortcut: 'Ctrl+O',
        enabled: true,
        run: chooseFile,
      },
      {
        id: 'import-torch',
        label: 'Import from PyTorch…',
        icon: <FileInput {...SIZE} />,
        enabled: true,
        run: () => {
          commitTyping();
          showFileDialog({ kind: 'torch' });
        },
      },
      {
        id: 'take-weights',
        label: 'Weights from a file…',
        icon: <Weight {...SIZE} />,
        enabled: true,
        run: () => {
          commitTyping();
          showFileDialog({ kind: 'weights' });
        },
      },
      {
        id: 'close',
        label: 'Close',
        icon: <X {...SIZE} />,
        shortcut: 'Alt+W',
        enabled: true,
        run: () => {
          commitTyping();
          closeTab(documentStore.getState().id);
        },
      },
      {
        id: 'next-document',
        label: 'Next document',
        icon: <ArrowRight {...SIZE} />,
        shortcut: 'Alt+PageDown',
        enabled: several,
        run: () => showNeighbour(1),
      },
      {
        id: 'previous-document',
        label: 'Previous document',
        icon: <ArrowLeft {...SIZE} />,
        shortcut: 'Alt+PageUp',
        enabled: several,
        run: () => showNeighbour(-1),
      },
      {
        id: 'save',
        label: 'Save',
        icon: <Save {...SIZE} />,
        shortcut: 'Ctrl+S',
        enabled: true,
        run: () => {
          commitTyping();
          void save(connection);
        },
      },
      {
        id: 'save-as',
        label: 'Save as…',
        icon: <SaveAll {...SIZE} />,
        shortcut: 'Ctrl+Shift+S',
        enabled: true,
        run: () => {
          commitTyping();
          showFileDialog({ kind: 'save-as' });
        },
      },
      { id: 'download', label: 'Download JSON', icon: <Download {...SIZE} />, enabled: true, run: downloadDocument },
      {
        id: 'copy-link',
        label: 'Copy a link to share',
        icon: <Link {...SIZE} />,
        enabled: true,
        run: () => {
          commitTyping();
          void copyShareLink();
        },
      },
      {
        id: 'export-onnx',
        label: 'Export ONNX or source code…',
        icon: <Share {...SIZE} />,
        shortcut: 'Ctrl+E',
        enabled: true,
        run: () => {
          commitTyping();
          showFileDialog({ kind: 'export' });
        },
      },
      {
        id: 'compare',
        label: 'Compare with…',
        icon: <GitCompare {...SIZE} />,
        shortcut: 'Alt+D',
        enabled: true,
        run: () => {
          commitTyping();
          showFileDialog({ kind: 'compare' });
        },
      },
      {
        id: 'plain-twin',
        label: 'Make a plain twin',
        icon: <MoveRight {...SIZE} />,
        enabled: true,
        run: () => {
          commitTyping();
          makePlainTwin();
        },
      },
      {
        id: 'connect',
        label: 'Connect to a host…',
        icon: <PlugZap {...SIZE} />,
        enabled: true,
        run: () => {
          commitTyping();
          setConnectOpen(true);
        },
      },
      {
        id: 'figure',
        label: 'Export a figure…',
        icon: <ImageDown {...SIZE} />,
        shortcut: 'Ctrl+Shift+E',
        enabled: true,
        run: () => {
          commitTyping();
          showFileDialog({ kind: 'figure' });
        },
      },
      {
        id: 'beside',
        label: beside ? 'Close the view beside' : 'Show the next document beside',
        icon: <Columns2 {...SIZE} />,
        shortcut: 'Alt+B',
        enabled: several,
        run: () => showBeside(beside ? null : (neighbour(1)?.id ?? null)),
      },
      {
        id: 'undo',
        label: undoLabel === null ? 'Undo' : `Undo: ${undoLabel}`,
        icon: <Undo2 {...SIZE} />,
        shortcut: 'Ctrl+Z',
        leaveToFields: true,
        enabled: undoLabel !== null,
        run: undo,
      },
      {
        id: 'redo',
        label: redoLabel === null ? 'Redo' : `Redo: ${redoLabel}`,
        icon: <Redo2 {...SIZE} />,
        shortcut: 'Ctrl+Shift+Z',
        alternatives: ['Ctrl+Y'],
        leaveToFields: true,
        enabled: redoLabel !== null,
        run: redo,
      },
      {
        id: 'train',
        label: 'Train',
        icon: <Play {...SIZE} />,
        shortcut: 'Ctrl+Enter',
        enabled: blocked === undefined && active === undefined,
        ...(active === undefined && blocked !== undefined && { hindrance: blocked }),
        run: () => {
          showPane('training');
          void startTraining(connection);
        },
      },
      {
        id: 'stop',
        label: 'Stop training',
        icon: <Square {...SIZE} />,
        shortcut: 'Ctrl+Shift+Enter',
        enabled: active !== undefined,
        run: () => {
          if (active !== undefined) void stopTraining(connection, active);
        },
      },
      {
        id: 'theme',
        label: `Theme: ${theme} (change)`,
        icon: <Moon {...SIZE} />,
        enabled: true,
        run: () => chooseTheme(nextThemeChoice(theme)),
      },
      {
        id: 'reference',
        label: 'Reference…',
        icon: <BookOpen {...SIZE} />,
        shortcut: 'F1',
        enabled: true,
        run: openReferenceHere,
      },
      {
        id: 'command-palette',
        label: 'All commands…',
        icon: <Search {...SIZE} />,
        shortcut: 'Ctrl+K',
        enabled: true,
        run: () => setPaletteOpen(true),
      },
      {
        id: 'shortcuts',
        label: 'Keyboard shortcuts…',
        icon: <Keyboard {...SIZE} />,
        shortcut: '?',
        leaveToFields: true,
        enabled: true,
        run: () => setShortcutsOpen(true),
      },
      {
        id: 'next-region',
        label: 'Go to the next part of the window',
        icon: <ArrowRight {...SIZE} />,
        shortcut: 'F6',
        enabled: true,
        run: () => focusRegion(1),
      },
      {
        id: 'previous-region',
        label: 'Go to the part of the window before',
        icon: <ArrowLeft {...SIZE} />,
        shortcut: 'Shift+F6',
        enabled: true,
        run: () => focusRegion(-1),
      },
      {
        id: 'tour',
        label: 'Take the tour',
        icon: <GraduationCap {...SIZE} />,
        enabled: true,
        run: startTour,
      },
      {
        id: 'resume-tour',
        label: 'Go on with the tour',
        icon: <GraduationCap {...SIZE} />,
        enabled: resumable,
        run: resumeTour,
      },
      ...sampleCommands,
      ...paneCommands,
    ],
    [resumable, paneCommands, connection, undoLabel, redoLabel, blocked, active, theme, several, beside],
  );
}
