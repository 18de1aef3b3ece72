import { useCallback, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the words of the element of React Flow round a card or a wire up to date; returns the ref of something inside it.
 * React Flow would have to be handed all cards or wires anew for one other word.
 */
export function useLabelOfParent(selector: string, label: string | undefined): (inner: Element | null) => void {
  const known = useRef<Element>(null);
  useLayoutEffect(() => {
    if (label !== undefined) known.current?.closest(selector)?.setAttribute('aria-label', label);
  }, [selector, label]);
  return useCallback((inner) => {
    known.current = inner;
  }, []);
}
