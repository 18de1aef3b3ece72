import { normalizeWorkspaceModel, type TabDropTarget, type WorkspaceImperativeHandle } from 'react-resizable-panels';
import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { keep, readKept } from '../store/kept.ts';
import {
  CANVAS,
  CANVAS_TAB,
  firstLayout,
  isCanvasAlone,
  isInFront,
  sideOf,
  sideSize,
  splitAround,
  tabOf,
  tabsetAt,
  tabsetsOf,
  tabsetWith,
  type Layout,
} from './layout.ts';
import type { Pane, PaneId, Side } from './pane.ts';

const STORAGE_KEY = 'skipwire.panes';

const Place = z.object({ tabset: z.string(), index: z.int(), side: z.enum(['left', 'right', 'bottom']) });
/** Where a hidden pane was, for when it is shown again. */
type Place = z.infer<typeof Place>;

const Kept = z.object({
  layout: z.unknown(),
  places: z.record(z.string(), Place),
  /** The panes there were: one that came later is shown where it belongs. */
  known: z.array(z.string()),
});

export interface PanesState {
  readonly panes: readonly Pane[];
  readonly layout: Layout;
  readonly places: Readonly<Record<string, Place>>;
  /** The pane that the keyboard goes to as soon as its tab is there. */
  readonly focus: PaneId | null;
}

/** Of the window; of a usual one where there is none. */
function windowHeight(): number {
  return globalThis.window?.innerHeight ?? 900;
}

function layoutOf(panes: readonly Pane[]): Layout {
  const layout = normalizeWorkspaceModel<null>(firstLayout(panes, windowHeight()));
  if (layout === null) throw new Error('The first layout of the panes is none.');
  return layout;
}

export const paneStore = createStore<PanesState>()(() => ({
  panes: [],
  layout: layoutOf([]),
  places: {},
  focus: null,
}));

/** Reads the arrangement of the panes in a component. */
export function usePanes<T>(selector: (state: PanesState) => T): T {
  return useStore(paneStore, selector);
}

/** Says which panes there are and brings back how they lay; once, before the editor is drawn. */
export function startPanes(panes: readonly Pane[]): void {
  paneStore.setState({ panes, layout: layoutOf(panes), places: {} });
  const text = readKept(STORAGE_KEY);
  if (text === null) return;
  const kept = readLayout(text, panes);
  if (kept !== undefined) paneStore.setState(kept);
}

function readLayout(text: string, panes: readonly Pane[]): Pick<PanesState, 'layout' | 'places'> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = Kept.safeParse(json);
  if (!parsed.success) return undefined;
  const { known, places } = parsed.data;
  const layout = normalizeWorkspaceModel<null>(parsed.data.layout, {
    mapTab: (tab) => (tab.id === CANVAS_TAB ? tab : (panes.filter(({ id }) => id === tab.id).map(tabOf)[0] ?? null)),
  });
  if (layout === null || tabsetWith(layout, CANVAS_TAB)?.id !== CANVAS) return undefined;
  const later = panes.filter(({ id, open }) => open && !known.includes(id));
  for (const pane of later) {
    const tabset = tabsetAt(layout, pane.home);
    if (tabset === undefined) return undefined;
    tabset.tabs.push(tabOf(pane));
  }
  return { layout, places };
}

let workspace: WorkspaceImperativeHandle<null> | null = null;

/** Lets the panes on the screen be moved. */
export function provideWorkspace(handle: WorkspaceImperativeHandle<null> | null): void {
  workspace = handle;
}

/** Takes over how the panes lie now and keeps it. */
export function followLayout(layout: Layout): void {
  paneStore.setState({ layout });
  const { panes, places } = paneStore.getState();
  keep(
    STORAGE_KEY,
    JSON.stringify({ layout, places, known: panes.map(({ id }) => id) } satisfies z.input<typeof Kept>),
  );
}

function paneOf(id: PaneId): Pane {
  const pane = paneStore.getState().panes.find((one) => one.id === id);
  if (pane === undefined) throw new Error(`There is no pane "${id}"`);
  return pane;
}

/** A place at a side of the canvas: behind what lies there, or a new one. */
function placeAt(layout: Layout, side: Side): TabDropTarget {
  const tabset = tabsetAt(layout, side);
  if (tabset !== undefined) return { tabsetId: tabset.id, index: tabset.tabs.length };
  return side === 'bottom' ? { tabsetId: CANVAS, region: 'bottom' } : { edge: side };
}

/** Brings a pane to the front; one that is hidden comes back where it was. */
export function showPane(id: PaneId): void {
  if (workspace === null) return;
  const layout = workspace.getModel();
  const tabset = tabsetWith(layout, id);
  if (layout.maximizedTabsetId !== undefined && layout.maximizedTabsetId !== tabset?.id) workspace.restoreTabset();
  if (tabset !== undefined) {
    workspace.selectTab(id);
    return;
  }
  const pane = paneOf(id);
  const place = paneStore.getState().places[id];
  const side = place?.side ?? pane.home;
  const stands = place !== undefined && tabsetsOf(layout.root).some((one) => one.id === place.tabset);
  const target = stands ? { tabsetId: place.tabset, index: place.index } : placeAt(layout, side);
  workspace.addTab(tabOf(pane), { target, size: sideSize(side, windowHeight()) });
}

/** Takes a pane away until it is shown again. */
export function hidePane(id: PaneId): void {
  if (workspace === null) return;
  rememberPlace(id, workspace.getModel());
  workspace.closeTab(id);
}

/** Remembers where a pane lies that is about to go. */
export function rememberPlace(id: PaneId, layout: Layout): void {
  const tabset = tabsetWith(layout, id);
  if (tabset === undefined) return;
  const index = tabset.tabs.findIndex((tab) => tab.id === id);
  const place: Place = { tabset: tabset.id, index, side: sideOf(layout, tabset.id) ?? paneOf(id).home };
  paneStore.setState(({ places }) => ({ places: { ...places, [id]: place } }));
}

/** Brings a pane to the front, or takes it away when it is there; the answer is whether it is there now. */
export function togglePane(id: PaneId): boolean {
  const hides = isInFront(paneStore.getState().layout, id);
  if (hides) hidePane(id);
  else showPane(id);
  return !hides;
}

/** Gives the keyboard to a pane that is shown, or about to be. */
export function focusPane(focus: PaneId | null): void {
  paneStore.setState({ focus });
}

/** Puts a pane to a side of the canvas. */
export function movePane(id: PaneId, side: Side): void {
  if (workspace === null) return;
  showPane(id);
  const layout = workspace.getModel();
  const from = tabsetWith(layout, id);
  if (from !== undefined && sideOf(layout, from.id) === side) return;
  const tabset = tabsetAt(layout, side);
  if (tabset !== undefined) {
    workspace.moveTab(id, { tabsetId: tabset.id, index: tabset.tabs.length });
    return;
  }
  workspace.moveTab(id, placeAt(layout, side));
  const { root } = workspace.getModel();
  const place = tabsetWith(workspace.getModel(), id);
  const split = place === undefined ? undefined : splitAround(root, place.id);
  if (place !== undefined && split !== undefined)
    workspace.resizeSplit(split.id, { [place.id]: sideSize(side, windowHeight()) });
}

/** Gives the canvas the whole window, or the panes their places again. */
export function toggleCanvasAlone(): void {
  if (workspace === null) return;
  if (isCanvasAlone(workspace.getModel())) workspace.restoreTabset();
  else workspace.maximizeTabset(CANVAS);
}

/** Puts every pane back where it lay at first. */
export function resetLayout(): void {
  const { panes } = paneStore.getState();
  paneStore.setState({ places: {} });
  workspace?.setModel(firstLayout(panes, windowHeight()));
}
