import type {
  SplitNode,
  TabNode,
  TabsetNode,
  WorkspaceModel,
  WorkspaceModelInput,
  WorkspaceNode,
} from 'react-resizable-panels';
import type { Pane, PaneId, Side } from './pane.ts';

/** Where panes lie: a tree of splits whose leaves are sets of tabs, one of them the canvas. */
export type Layout = WorkspaceModel<null>;

/** The place of the canvas among the panes, and its only tab, which is not to be seen. */
export const CANVAS = 'canvas';
export const CANVAS_TAB = 'canvas-tab';

/** How large each side is at first: in hundredths of the window, or of the column of the canvas. */
const SIDE_SIZES: Readonly<Record<Side, number>> = { left: 16, right: 24, bottom: 28 };
/** Pixels that a pane below needs for more than its tabs and a line or two. */
const BOTTOM_HEIGHT = 260;

/** How large a side is when it comes to be. A low window gives more of itself to what lies below, and at most half. */
export function sideSize(side: Side, windowHeight: number): number {
  if (side !== 'bottom') return SIDE_SIZES[side];
  return Math.min(50, Math.max(SIDE_SIZES.bottom, Math.round((100 * BOTTOM_HEIGHT) / windowHeight)));
}

/** Sizes that the canvas and the sides of the first layout do not go below or above. */
const BOUNDS = {
  canvas: { minWidth: '320px', minHeight: '160px' },
  left: { minWidth: '180px', maxWidth: '420px' },
  right: { minWidth: '316px', maxWidth: '680px' },
  bottom: {},
} as const;

/** A pane as a tab of the layout. */
export function tabOf({ id, title }: Pick<Pane, 'id' | 'title'>): TabNode<null> {
  return { id, title, data: null };
}

/** The layout before the user has changed anything. */
export function firstLayout(panes: readonly Pane[], windowHeight: number): WorkspaceModelInput<null> {
  const at = (side: Side): TabsetNode<null>[] => {
    const tabs = panes.filter((pane) => pane.open && pane.home === side).map(tabOf);
    return tabs.length === 0
      ? []
      : [{ type: 'tabset', id: side, size: sideSize(side, windowHeight), tabs, ...BOUNDS[side] }];
  };
  const canvas: TabsetNode<null> = {
    type: 'tabset',
    id: CANVAS,
    tabs: [{ id: CANVAS_TAB, title: 'Canvas', data: null, disableClose: true, disableDrag: true }],
    disableDrag: true,
    ...BOUNDS.canvas,
  };
  const bottom = at('bottom');
  const centre: WorkspaceNode<null> =
    bottom.length === 0
      ? canvas
      : { type: 'split', id: 'centre', orientation: 'vertical', children: [canvas, ...bottom] };
  return {
    version: 1,
    root: { type: 'split', id: 'root', orientation: 'horizontal', children: [...at('left'), centre, ...at('right')] },
  };
}

/** All sets of tabs, from left to right and from top to bottom. */
export function tabsetsOf(node: WorkspaceNode<null>): readonly TabsetNode<null>[] {
  return node.type === 'tabset' ? [node] : node.children.flatMap(tabsetsOf);
}

/** The set of tabs that holds a pane; undefined while it is hidden. */
export function tabsetWith({ root, floating = [] }: Layout, pane: string): TabsetNode<null> | undefined {
  return [...tabsetsOf(root), ...floating].find(({ tabs }) => tabs.some(({ id }) => id === pane));
}

/** Whether a pane is to be seen: its tab is in front, and nothing covers it. */
export function isInFront(layout: Layout, pane: PaneId): boolean {
  const tabset = tabsetWith(layout, pane);
  if (tabset === undefined) return false;
  const { maximizedTabsetId } = layout;
  return tabset.selectedId === pane && (maximizedTabsetId === undefined || maximizedTabsetId === tabset.id);
}

function pathTo(node: WorkspaceNode<null>, tabset: string): readonly number[] | undefined {
  if (node.type === 'tabset') return node.id === tabset ? [] : undefined;
  for (const [index, child] of node.children.entries()) {
    const path = pathTo(child, tabset);
    if (path !== undefined) return [index, ...path];
  }
  return undefined;
}

/** On which side of the canvas a set of tabs lies; what was put above it counts as below. */
export function sideOf({ root }: Layout, tabset: string): Side | undefined {
  const [canvas, other] = [pathTo(root, CANVAS), pathTo(root, tabset)];
  if (canvas === undefined || other === undefined || tabset === CANVAS) return undefined;
  let node = root;
  for (let depth = 0; node.type === 'split'; depth++) {
    const [own = 0, its = 0] = [canvas[depth], other[depth]];
    if (own !== its) return node.orientation === 'vertical' ? 'bottom' : its < own ? 'left' : 'right';
    const child = node.children[own];
    if (child === undefined) return undefined;
    node = child;
  }
  return undefined;
}

/** The first set of tabs at a side. */
export function tabsetAt(layout: Layout, side: Side): TabsetNode<null> | undefined {
  return tabsetsOf(layout.root).find(({ id }) => sideOf(layout, id) === side);
}

/** The split that a set of tabs is a part of. */
export function splitAround(node: WorkspaceNode<null>, tabset: string): SplitNode<null> | undefined {
  if (node.type === 'tabset') return undefined;
  if (node.children.some(({ id }) => id === tabset)) return node;
  for (const child of node.children) {
    const split = splitAround(child, tabset);
    if (split !== undefined) return split;
  }
  return undefined;
}

/** Whether the canvas has the window for itself. */
export function isCanvasAlone({ maximizedTabsetId }: Layout): boolean {
  return maximizedTabsetId === CANVAS;
}
