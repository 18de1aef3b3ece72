import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { documentStore, type DocumentId } from './documentStore.ts';

/** One step into a block: the block node, and which of its repetitions is looked at. */
export interface ScopeStep {
  readonly node: NodeId;
  readonly instance: number;
}

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** A place the canvas is asked to bring into view; a new object for each request. */
export interface Focus {
  /** Ids of nodes, keys of marks. */
  readonly nodes: readonly string[] | 'all';
  /** `fit` makes them fill the canvas; `reveal` moves no more than is needed to see them. */
  readonly how: 'fit' | 'reveal';
}

export interface UiState {
  /** The block nodes entered, outermost first; empty at the root. */
  readonly scopePath: readonly ScopeStep[];
  readonly selection: ReadonlySet<NodeId>;
  /** Selected wires, each as `node:port` of the input it ends at. */
  readonly selectedWires: ReadonlySet<string>;
  /** Selected frames, notes and points of wires, by the keys the canvas has for them. */
  readonly selectedMarks: ReadonlySet<string>;
  /** Where each scope was last looked at, by `scopeKey`. */
  readonly viewports: Readonly<Record<string, Viewport>>;
  readonly focus: Focus | null;
}

const NOTHING: ReadonlySet<never> = new Set();

const initial: UiState = {
  scopePath: [],
  selection: NOTHING,
  selectedWires: NOTHING,
  selectedMarks: NOTHING,
  viewports: {},
  focus: null,
};

export const uiStore = createStore<UiState>()(() => initial);

/** Reads the view state in a component. */
export function useUi<T>(selector: (state: UiState) => T): T {
  return useStore(uiStore, selector);
}

/** Text that is equal for the same place in the document, whichever repetition is looked at. */
export function scopeKey(path: readonly ScopeStep[]): string {
  return path.map((step) => step.node).join('/');
}

/** Selects nodes, wires and marks; whatever was selected before is not any more. */
export function select(nodes: Iterable<NodeId>, wires: Iterable<string> = [], marks: Iterable<string> = []): void {
  uiStore.setState({ selection: new Set(nodes), selectedWires: new Set(wires), selectedMarks: new Set(marks) });
}

/** Deselects everything. */
export function clearSelection(): void {
  const { selection, selectedWires, selectedMarks } = uiStore.getState();
  if (selection.size + selectedWires.size + selectedMarks.size > 0) select([]);
}

/** Shows the inside of a block node of the scope that is shown. */
export function enterBlock(node: NodeId, instance = 0): void {
  setScope([...uiStore.getState().scopePath, { node, instance }]);
}

/** Goes out to the scope at this depth (0 is the root) and selects the block node that was left. */
export function leaveTo(depth: number): void {
  const { scopePath } = uiStore.getState();
  const left = scopePath[depth];
  if (left === undefined) return;
  setScope(scopePath.slice(0, depth));
  select([left.node]);
}

/** Shows the scope of that path. */
export function setScope(scopePath: readonly ScopeStep[]): void {
  uiStore.setState({ scopePath, selection: NOTHING, selectedWires: NOTHING, selectedMarks: NOTHING });
}

/** Looks at another repetition of the innermost block. */
export function showInstance(instance: number): void {
  const { scopePath } = uiStore.getState();
  const last = scopePath.at(-1);
  if (last !== undefined) uiStore.setState({ scopePath: [...scopePath.slice(0, -1), { ...last, instance }] });
}

/** Remembers where a scope was looked at. */
export function rememberViewport(key: string, viewport: Viewport): void {
  uiStore.setState(({ viewports }) => ({ viewports: { ...viewports, [key]: viewport } }));
}

/** Asks the canvas to bring nodes or marks into view. */
export function focusOn(nodes: Focus['nodes']): void {
  uiStore.setState({ focus: { nodes, how: 'fit' } });
}

/** Asks the canvas to move nodes into sight when they are not. */
export function reveal(nodes: readonly NodeId[]): void {
  uiStore.setState({ focus: { nodes, how: 'reveal' } });
}

let readViewport: (() => Viewport) | null = null;

/** Lets the canvas tell where it looks at this moment: a movement need not have ended when another document is shown. */
export function followViewport(read: (() => Viewport) | null): void {
  readViewport = read;
}

function viewNow(): UiState {
  const state = uiStore.getState();
  if (readViewport === null) return state;
  return { ...state, viewports: { ...state.viewports, [scopeKey(state.scopePath)]: readViewport() } };
}

/** How the documents that are open but not shown were last looked at. */
const views = new Map<DocumentId, UiState>();

/** What is kept of the view of a document when the editor is closed. */
export interface KeptView {
  readonly scopePath: readonly ScopeStep[];
  readonly viewports: Readonly<Record<string, Viewport>>;
}

/** How a document was last looked at. */
export function viewOf(id: DocumentId): KeptView {
  const { scopePath, viewports } = documentStore.getState().id === id ? uiStore.getState() : (views.get(id) ?? initial);
  return { scopePath, viewports };
}

/** Gives a document that is not shown at the moment the view it had when the editor was closed. */
export function restoreView(id: DocumentId, view: KeptView): void {
  if (documentStore.getState().id === id) uiStore.setState({ ...initial, ...view });
  else views.set(id, { ...initial, ...view });
}

// Another document is shown: the view of the old one is kept for when it comes back.
documentStore.subscribe((state, before) => {
  if (state.tabs !== before.tabs) {
    const open = new Set(state.tabs.map(({ id }) => id));
    for (const id of views.keys()) if (!open.has(id)) views.delete(id);
  }
  if (state.generation === before.generation) return;
  if (state.tabs.some(({ id }) => id === before.id)) views.set(before.id, viewNow());
  const view = views.get(state.id) ?? initial;
  views.delete(state.id);
  uiStore.setState({ ...view, focus: null }, true);
});
