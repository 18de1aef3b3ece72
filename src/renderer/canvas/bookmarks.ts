import { setBookmark } from '../../graph-engine/document/commands/bookmarks.ts';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import type { Bookmark } from '../../graph-engine/document/schema.ts';
import { currentDocument, dispatch } from '../store/documentStore.ts';
import { shownScope } from '../store/scope.ts';
import { rememberViewport, scopeKey, setScope, uiStore } from '../store/uiStore.ts';
import { showToast } from '../ui/Toast.tsx';
import type { CanvasView } from './canvasView.ts';
import { canvasView } from './canvasView.ts';

/** Remembers what the canvas shows, under the name of what is selected. */
export function bookmarkHere(view: CanvasView): void {
  const { graph, path } = shownScope();
  const [first] = uiStore.getState().selection;
  const node = first === undefined ? undefined : graph.nodes[first];
  const taken = new Set(currentDocument().bookmarks?.map(({ name }) => name));
  let name = first === undefined || node === undefined ? 'Place 1' : nameOf(first, node);
  for (let number = 2; node === undefined && taken.has(name); number++) name = `Place ${number}`;
  if (taken.size >= 99 && !taken.has(name)) return;
  const { centre, zoom } = view.look();
  const rounded = { x: Math.round(centre.x), y: Math.round(centre.y) };
  const bookmark = { name, path: path.map((step) => step.node), centre: rounded, zoom: Number(zoom.toFixed(3)) };
  dispatch(setBookmark, { bookmark });
  showToast({ title: `Bookmarked “${name}”`, description: 'Ctrl+F finds it again; F2 there gives it another name.' });
}

/** Shows a bookmarked place, in the block it lies in. */
export function goToBookmark({ path, centre, zoom }: Bookmark): void {
  const steps = path.map((node) => ({ node, instance: 0 }));
  const here = uiStore.getState().scopePath;
  if (scopeKey(here) === scopeKey(steps)) {
    canvasView()?.lookAt(centre, zoom);
    return;
  }
  const box = document.querySelector('[data-canvas-root]')?.getBoundingClientRect();
  const [width, height] = [box?.width ?? 0, box?.height ?? 0];
  rememberViewport(scopeKey(steps), { x: width / 2 - centre.x * zoom, y: height / 2 - centre.y * zoom, zoom });
  setScope(steps);
}
