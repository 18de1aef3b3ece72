import { useEffect, type RefObject } from 'react';

/** A stop of the arrow keys; what lies in the same row beside it is reached with left and right. */
export const STOP = 'data-stop';

const ROW = 'li';

function stopsIn(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(`[${STOP}]`)].filter((stop) => stop.checkVisibility());
}

/** The one stop that Tab comes to: where the focus was last, or the first. */
function settle(list: HTMLElement, current?: HTMLElement): void {
  const stops = stopsIn(list);
  const chosen = current ?? stops.find((stop) => stop.tabIndex === 0) ?? stops[0];
  for (const stop of list.querySelectorAll<HTMLElement>(`[${STOP}]`)) stop.tabIndex = stop === chosen ? 0 : -1;
}

function beside(element: HTMLElement, distance: number): HTMLElement | undefined {
  const row = [...(element.closest(ROW)?.querySelectorAll<HTMLElement>('button') ?? [])];
  return row[row.indexOf(element) + distance];
}

/**
 * Makes a long list one stop of Tab: up and down, Home and End go from row to row, left and right within one. Buttons of a row
 * that are no stops need `tabIndex={-1}`.
 */
export function useArrowFocus(list: RefObject<HTMLElement | null>): void {
  // Rows come and go with every drawing.
  useEffect(() => {
    if (list.current !== null) settle(list.current);
  });

  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;

    function onFocusIn({ target }: FocusEvent): void {
      const row = target instanceof Element ? (target.closest(`[${STOP}]`) ?? target.closest(ROW)) : null;
      const stop = row?.matches(`[${STOP}]`) === true ? row : row?.querySelector(`[${STOP}]`);
      if (element !== null && stop instanceof HTMLElement) settle(element, stop);
    }

    function onKeyDown(event: KeyboardEvent): void {
      const { target } = event;
      if (element === null || !(target instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey)
        return;
      const stops = stopsIn(element);
      const own = stops.findIndex((stop) => stop === target || stop.closest(ROW)?.contains(target) === true);
      if (own === -1) return;
      const next = {
        ArrowDown: stops[own + 1],
        ArrowUp: stops[own - 1],
        Home: stops[0],
        End: stops.at(-1),
        ArrowRight: beside(target, 1),
        ArrowLeft: beside(target, -1),
      }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    }

    element.addEventListener('focusin', onFocusIn);
    element.addEventListener('keydown', onKeyDown);
    return () => {
      element.removeEventListener('focusin', onFocusIn);
      element.removeEventListener('keydown', onKeyDown);
    };
  }, [list]);
}
