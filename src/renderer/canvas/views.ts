import { useCallback, useSyncExternalStore } from 'react';

/**
 * What the cards or wires of a canvas show, by their ids. Each follows its own view: an edit that changes what one card says
 * draws that card, and the canvas need not know of it.
 */
export interface Views<View> {
  get(id: string): View | undefined;
  /** Calls back when the view of that id is another one. */
  follow(id: string, listener: () => void): () => void;
  set(id: string, view: View | undefined): void;
}

/** No views yet. */
export function createViews<View>(): Views<View> {
  const views = new Map<string, View>();
  const listeners = new Map<string, Set<() => void>>();
  return {
    get: (id) => views.get(id),
    follow(id, listener) {
      const following = listeners.get(id) ?? new Set();
      listeners.set(id, following.add(listener));
      return () => {
        following.delete(listener);
        if (following.size === 0 && listeners.get(id) === following) listeners.delete(id);
      };
    },
    set(id, view) {
      if (views.get(id) === view) return;
      if (view === undefined) views.delete(id);
      else views.set(id, view);
      for (const listener of listeners.get(id) ?? []) listener();
    },
  };
}

/** The view of an id in a component that draws it. */
export function useView<View>(views: Views<View>, id: string): View | undefined {
  const follow = useCallback((listener: () => void) => views.follow(id, listener), [views, id]);
  return useSyncExternalStore(follow, () => views.get(id));
}
