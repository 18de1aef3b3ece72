import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { previewFix, type FixPreview } from '../../graph-engine/advice/previewFix.ts';
import type { Fix } from '../../graph-engine/core/diagnostic.ts';
import { currentDocument } from '../store/documentStore.ts';
import { uiStore } from '../store/uiStore.ts';

/** The fix that is being thought about, with what it would do. */
export const previewStore = createStore<{ readonly preview: FixPreview | null }>()(() => ({ preview: null }));

/** Reads the preview in a component. */
export function usePreview<T>(selector: (state: { readonly preview: FixPreview | null }) => T): T {
  return useStore(previewStore, selector);
}

/** Works out what a fix would do and shows it on the canvas. */
export function thinkAbout(fix: Fix): FixPreview {
  const path = uiStore.getState().scopePath.map(({ node }) => node);
  const preview = previewFix(currentDocument(), fix, path);
  previewStore.setState({ preview });
  return preview;
}

/** Takes the preview off the canvas. */
export function forgetPreview(): void {
  if (previewStore.getState().preview !== null) previewStore.setState({ preview: null });
}
