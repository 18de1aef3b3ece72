import { groupSelection, publishSelection, separateSelection, unpackSelection } from '../blocks/blockActions.ts';
import { shownScope } from '../store/scope.ts';
import { clearSelection, uiStore } from '../store/uiStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { arrange } from './arrange.ts';
import { alignSelection, distributeSelection, snapSelection, type Alignment } from './arrangeSelection.ts';
import { bookmarkHere } from './bookmarks.ts';
import { openFind, toggleSnap, wireFrom } from './canvasStore.ts';
import type { CanvasView } from './canvasView.ts';
import { duplicate } from './clipboard.ts';
import { expandAll } from './expandAll.ts';
import {
  connectSelection,
  deleteSelection,
  mergeNodes,
  swapSelectedInputs,
  toggleBypass,
  toggleFrozen,
  toggleMute,
} from './editing.ts';
import { addNoteAt, addWaypointToSelection, fitFrames, frameSelection } from './marks/editMarks.ts';
import { parseMark } from './marks/markKeys.ts';
import { selectAll } from './useCanvasNodes.ts';
import { selectStream, walk } from './walkSelection.ts';

export type CanvasCommandGroup = 'Add and wire' | 'Select' | 'Arrange' | 'View';

/** Something one can do on the canvas: by key, or by name in the command palette. */
export interface CanvasCommand {
  readonly id: string;
  readonly label: string;
  readonly group: CanvasCommandGroup;
  readonly shortcut?: string;
  /** Other keys that do the same. */
  readonly alternatives?: readonly string[];
  /** One of the few to know from the first day on. */
  readonly everyday?: true;
  /** What must be selected for it to do something. */
  readonly needs?: 'nodes' | 'anything';
  run(view: CanvasView): void;
}

function tell(title: string, description: string): void {
  showToast({ title, description });
}

function align(alignment: Alignment, shortcut: string): CanvasCommand {
  const words = { centre: 'centres', middle: 'middles' } as const;
  const label = alignment in words ? words[alignment as keyof typeof words] : alignment;
  return {
    id: `align-${alignment}`,
    label: `Align ${label}`,
    group: 'Arrange',
    shortcut,
    needs: 'nodes',
    run: () => alignSelection(alignment),
  };
}

function selectedNodes() {
  const { graph } = shownScope();
  return [...uiStore.getState().selection]
    .filter((id) => graph.nodes[id] !== undefined)
    .sort((a, b) => (graph.nodes[a]?.position.x ?? 0) - (graph.nodes[b]?.position.x ?? 0));
}

/** Every command of the canvas, in the order they are listed. */
export const canvasCommands: readonly CanvasCommand[] = [
  {
    id: 'search',
    label: 'Add a node…',
    group: 'Add and wire',
    everyday: true,
    shortcut: '/',
    run: (view) => view.openSearch(null),
  },
  {
    id: 'connect',
    label: 'Connect the selection',
    group: 'Add and wire',
    everyday: true,
    shortcut: 'F',
    needs: 'nodes',
    run() {
      if (connectSelection() === 0) tell('Nothing to connect', 'Select nodes with a free input.');
    },
  },
  {
    id: 'connect-to',
    label: 'Connect to…',
    group: 'Add and wire',
    shortcut: 'Shift+F',
    needs: 'nodes',
    run() {
      const [last] = [...uiStore.getState().selection].reverse();
      if (last !== undefined) wireFrom(last);
    },
  },
  {
    id: 'merge',
    label: 'Add of the selection',
    group: 'Add and wire',
    shortcut: '+',
    needs: 'nodes',
    run() {
      const ids = selectedNodes().slice(-2).reverse();
      if (mergeNodes('add', ids) === undefined) tell('Nothing added', 'Select two nodes with outputs.');
    },
  },
  {
    id: 'swap-inputs',
    label: 'Swap inputs',
    group: 'Add and wire',
    shortcut: 'S',
    needs: 'nodes',
    run() {
      if (swapSelectedInputs() === 0) tell('Nothing to swap', 'Select a node with two inputs.');
    },
  },
  {
    id: 'bypass',
    label: 'Bypass',
    group: 'Add and wire',
    everyday: true,
    shortcut: 'Ctrl+B',
    needs: 'nodes',
    run: toggleBypass,
  },
  {
    id: 'mute',
    label: 'Mute',
    group: 'Add and wire',
    shortcut: 'M',
    needs: 'nodes',
    run: toggleMute,
  },
  {
    id: 'freeze',
    label: 'Freeze',
    group: 'Add and wire',
    shortcut: 'Shift+Z',
    needs: 'nodes',
    run: toggleFrozen,
  },
  {
    id: 'reroute',
    label: 'Lead the selected wire through a point',
    group: 'Add and wire',
    shortcut: 'W',
    run() {
      if (!addWaypointToSelection()) tell('No wire is selected', 'Press a wire first.');
    },
  },
  {
    id: 'duplicate',
    label: 'Duplicate',
    group: 'Add and wire',
    everyday: true,
    shortcut: 'Ctrl+D',
    needs: 'anything',
    run: duplicate,
  },
  {
    id: 'delete',
    label: 'Delete and close the gap',
    group: 'Add and wire',
    everyday: true,
    shortcut: 'Delete',
    alternatives: ['Backspace'],
    needs: 'anything',
    run: () => deleteSelection(true),
  },
  {
    id: 'delete-gap',
    label: 'Delete and leave the gap',
    group: 'Add and wire',
    shortcut: 'Shift+Delete',
    alternatives: ['Shift+Backspace'],
    needs: 'anything',
    run: () => deleteSelection(false),
  },
  { id: 'select-all', label: 'Select everything', group: 'Select', shortcut: 'Ctrl+A', run: selectAll },
  { id: 'select-none', label: 'Select nothing', group: 'Select', shortcut: 'Ctrl+Shift+A', run: clearSelection },
  {
    id: 'select-upstream',
    label: 'Select what feeds it',
    group: 'Select',
    shortcut: 'Ctrl+ArrowLeft',
    needs: 'nodes',
    run: () => selectStream('upstream'),
  },
  {
    id: 'select-downstream',
    label: 'Select what it feeds',
    group: 'Select',
    shortcut: 'Ctrl+ArrowRight',
    needs: 'nodes',
    run: () => selectStream('downstream'),
  },
  {
    id: 'walk-left',
    label: 'Go to the source',
    group: 'Select',
    shortcut: 'Alt+ArrowLeft',
    run: () => walk('left'),
  },
  {
    id: 'walk-right',
    label: 'Go to what it feeds',
    group: 'Select',
    shortcut: 'Alt+ArrowRight',
    run: () => walk('right'),
  },
  { id: 'walk-up', label: 'Go to the card above', group: 'Select', shortcut: 'Alt+ArrowUp', run: () => walk('up') },
  {
    id: 'walk-down',
    label: 'Go to the card below',
    group: 'Select',
    shortcut: 'Alt+ArrowDown',
    run: () => walk('down'),
  },
  {
    id: 'find',
    label: 'Find in the network…',
    group: 'Select',
    everyday: true,
    shortcut: 'Ctrl+F',
    run: () => openFind(true),
  },
  {
    id: 'frame',
    label: 'Frame the selection',
    group: 'Arrange',
    shortcut: 'Ctrl+G',
    needs: 'anything',
    run() {
      if (!frameSelection()) tell('Nothing to frame', 'Select nodes first.');
    },
  },
  {
    id: 'make-block',
    label: 'Make a block of the selection',
    group: 'Arrange',
    shortcut: 'Ctrl+Shift+G',
    needs: 'nodes',
    run: groupSelection,
  },
  {
    id: 'unpack-block',
    label: 'Unpack the selected block',
    group: 'Arrange',
    shortcut: 'Ctrl+Shift+U',
    needs: 'nodes',
    run: unpackSelection,
  },
  {
    id: 'make-unique',
    label: 'Make the selected block unique',
    group: 'Arrange',
    needs: 'nodes',
    run: separateSelection,
  },
  {
    id: 'publish-block',
    label: 'Publish the selected block…',
    group: 'Arrange',
    needs: 'nodes',
    run: publishSelection,
  },
  {
    id: 'fit-frame',
    label: 'Fit the frame to what lies in it',
    group: 'Arrange',
    run() {
      const marks = [...uiStore.getState().selectedMarks].map(parseMark);
      fitFrames(marks.flatMap((mark) => (mark?.kind === 'frame' ? [mark.id] : [])));
    },
  },
  { id: 'note', label: 'Add a note', group: 'Arrange', shortcut: 'N', run: (view) => addNoteAt(view.place()) },
  { id: 'arrange-right', label: 'Arrange left to right', group: 'Arrange', shortcut: 'L', run: () => arrange('right') },
  {
    id: 'arrange-down',
    label: 'Arrange top to bottom',
    group: 'Arrange',
    shortcut: 'Shift+L',
    run: () => arrange('down'),
  },
  align('left', 'Shift+A'),
  align('centre', 'Shift+H'),
  align('right', 'Shift+D'),
  align('top', 'Shift+W'),
  align('middle', 'Shift+V'),
  align('bottom', 'Shift+S'),
  {
    id: 'distribute-x',
    label: 'Distribute left to right',
    group: 'Arrange',
    shortcut: 'Alt+Shift+H',
    needs: 'nodes',
    run: () => distributeSelection('x'),
  },
  {
    id: 'distribute-y',
    label: 'Distribute top to bottom',
    group: 'Arrange',
    shortcut: 'Alt+Shift+V',
    needs: 'nodes',
    run: () => distributeSelection('y'),
  },
  { id: 'snap', label: 'Move to the grid', group: 'Arrange', needs: 'nodes', run: snapSelection },
  { id: 'snap-toggle', label: 'Snap to the grid while dragging: on or off', group: 'Arrange', run: toggleSnap },
  {
    id: 'fit',
    label: 'Show everything',
    group: 'View',
    everyday: true,
    shortcut: '1',
    run: (view) => view.fit('all'),
  },
  {
    id: 'fit-selection',
    label: 'Show the selection',
    group: 'View',
    everyday: true,
    shortcut: '.',
    run(view) {
      const { selection, selectedMarks } = uiStore.getState();
      const keys = new Set<string>([...selection, ...selectedMarks]);
      view.fit(keys.size > 0 ? keys : 'all');
    },
  },
  { id: 'zoom-reset', label: 'Zoom to 100 %', group: 'View', shortcut: '0', run: (view) => view.zoomTo(1) },
  { id: 'zoom-in', label: 'Zoom in', group: 'View', shortcut: '=', run: (view) => view.zoomIn() },
  { id: 'zoom-out', label: 'Zoom out', group: 'View', shortcut: '-', run: (view) => view.zoomOut() },
  { id: 'minimap', label: 'Minimap', group: 'View', shortcut: 'Shift+M', run: (view) => view.toggleMinimap() },
  {
    id: 'expand-all',
    label: 'Unpack all blocks into a copy of the network',
    group: 'View',
    run() {
      const problem = expandAll();
      if (problem !== null) showToast({ tone: 'danger', title: 'Not unpacked', description: problem });
    },
  },
  { id: 'bookmark', label: 'Bookmark this place', group: 'View', shortcut: 'Shift+B', run: bookmarkHere },
];

/** Whether a command would do something with what is selected now. */
export function isPossible({ needs }: CanvasCommand): boolean {
  const { selection, selectedWires, selectedMarks } = uiStore.getState();
  if (needs === 'nodes') return selection.size > 0;
  return needs === undefined || selection.size + selectedWires.size + selectedMarks.size > 0;
}
