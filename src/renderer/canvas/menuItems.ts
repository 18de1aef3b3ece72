import type { NodeId } from '../../graph-engine/document/schema.ts';
import { makePlainTwin } from '../compare/makePlainTwin.ts';
import { pageOfNode } from '../reference/referenceLibrary.ts';
import { openReference } from '../reference/referenceStore.ts';
import { keysOf } from '../store/keyBindings.ts';
import { shownScope } from '../store/scope.ts';
import { enterBlock, select, uiStore } from '../store/uiStore.ts';
import type { MenuItem } from '../ui/Menu.tsx';
import { displayShortcut, onMac } from '../ui/shortcuts.ts';
import { canvasCommands, isPossible } from './canvasCommands.ts';
import type { CanvasView } from './canvasView.ts';
import { parseMark } from './marks/markKeys.ts';
import type { Point } from './routeWire.ts';

/** What was pressed with the right button. */
export type MenuTarget =
  | { readonly kind: 'card'; readonly id: NodeId }
  | { readonly kind: 'wire'; readonly id: string }
  | { readonly kind: 'mark'; readonly id: string }
  | { readonly kind: 'canvas' };

type Entry = MenuItem | 'separator';

/** Commands by what they are offered for, in groups. */
const OFFERED: Readonly<Record<MenuTarget['kind'], readonly (readonly string[])[]>> = {
  card: [
    ['connect', 'merge', 'swap-inputs'],
    ['bypass', 'mute', 'freeze'],
    ['unpack-block', 'make-unique', 'publish-block'],
    ['frame', 'make-block', 'duplicate'],
    ['select-upstream', 'select-downstream', 'fit-selection'],
    ['delete', 'delete-gap'],
  ],
  wire: [['reroute'], ['delete']],
  mark: [['fit-frame', 'duplicate'], ['delete']],
  canvas: [
    ['note', 'select-all'],
    ['arrange-right', 'arrange-down'],
    ['fit', 'zoom-reset', 'bookmark'],
  ],
};

/** Commands that need more than something selected. */
function isFitting(id: string): boolean {
  const { selection, selectedMarks } = uiStore.getState();
  const { graph } = shownScope();
  const nodes = [...selection].flatMap((one) => graph.nodes[one] ?? []);
  switch (id) {
    case 'connect':
    case 'merge':
      return nodes.length > 1;
    case 'swap-inputs':
      return nodes.some(({ inputs }) => Object.keys(inputs).length > 1);
    case 'unpack-block':
    case 'make-unique':
    case 'publish-block':
      return nodes.some((node) => 'block' in node);
    case 'fit-frame':
      return [...selectedMarks].some((mark) => parseMark(mark)?.kind === 'frame');
    default:
      return true;
  }
}

const SWITCHES: ReadonlySet<string> = new Set(['bypass', 'mute', 'freeze']);

/** Whether a command that switches something has done so to all that is selected. */
function isOn(id: string): boolean {
  const { graph } = shownScope();
  const nodes = [...uiStore.getState().selection].flatMap((one) => graph.nodes[one] ?? []);
  if (id === 'mute') return nodes.every(({ muted }) => muted === true);
  if (id === 'freeze') return nodes.every(({ frozen }) => frozen === true);
  return nodes.every(({ enabled }) => enabled === false);
}

function itemOf(id: string, view: CanvasView): Entry[] {
  const command = canvasCommands.find((one) => one.id === id);
  if (command === undefined) throw new Error(`There is no command "${id}" of the canvas`);
  if (!isPossible(command) || !isFitting(id)) return [];
  const [shortcut] = keysOf(command);
  return [
    {
      label: command.label,
      ...(SWITCHES.has(id) && { checked: isOn(id) }),
      ...(shortcut !== undefined && { shortcut: displayShortcut(shortcut, onMac()) }),
      danger: id === 'delete',
      onSelect: () => command.run(view),
      testId: `canvas-menu-${id}`,
    },
  ];
}

/** What only makes sense where it was pressed. */
function ownItems(target: MenuTarget, at: Point, view: CanvasView): readonly Entry[] {
  if (target.kind === 'canvas')
    return [{ label: 'Add a node here…', onSelect: () => view.openSearch(at), testId: 'canvas-menu-add' }];
  if (target.kind === 'wire')
    return [
      {
        label: 'Insert a node…',
        onSelect: () => view.openSearch(at, target.id),
        testId: 'canvas-menu-insert',
      },
    ];
  if (target.kind === 'mark') return [];
  const node = shownScope().graph.nodes[target.id];
  if (node === undefined) return [];
  return [
    ...('block' in node ? [{ label: 'Look inside', onSelect: () => enterBlock(target.id) }] : []),
    { label: 'Read about it', shortcut: 'F1', onSelect: () => openReference(pageOfNode(node)) },
    ...('op' in node && node.op === 'add'
      ? [{ label: 'Make a plain twin', onSelect: makePlainTwin, testId: 'canvas-menu-plain-twin' }]
      : []),
  ];
}

/** Takes what was pressed into the selection, unless it is part of it: a menu is about what is selected. */
export function selectForMenu(target: MenuTarget): void {
  const { selection, selectedWires, selectedMarks } = uiStore.getState();
  if (target.kind === 'card' && !selection.has(target.id)) select([target.id]);
  if (target.kind === 'wire' && !selectedWires.has(target.id)) select([], [target.id]);
  if (target.kind === 'mark' && !selectedMarks.has(target.id)) select([], [], [target.id]);
}

/** The menu of a place of the canvas, for what is selected now. */
export function menuItems(target: MenuTarget, at: Point, view: CanvasView): readonly Entry[] {
  const groups = [
    ownItems(target, at, view),
    ...OFFERED[target.kind].map((ids) => ids.flatMap((id) => itemOf(id, view))),
  ];
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index): Entry[] => (index === 0 ? [...group] : ['separator', ...group]));
}
