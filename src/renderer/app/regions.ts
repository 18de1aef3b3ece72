/** The bars of the window, which carry this mark, and the sets of panes. */
const REGIONS = '[data-window-region], [data-tabset]';

/** What the keyboard goes to in a region: the canvas, the tab in front, or the first button. */
function entryOf(region: Element): HTMLElement | null {
  return (
    region.querySelector<HTMLElement>('[data-canvas-root]') ??
    region.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]') ??
    region.querySelector<HTMLElement>('button:not(:disabled), [tabindex="0"]')
  );
}

/** Gives the keyboard to the next region of the window, round the ends; `-1` goes back. */
export function focusRegion(distance: 1 | -1): void {
  const regions = [...document.querySelectorAll(REGIONS)].filter((region) => region.getClientRects().length > 0);
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  // From nowhere the way begins at the canvas.
  const start = here === -1 ? regions.findIndex((region) => region.querySelector('main') !== null) - distance : here;
  const next = regions[(start + distance + regions.length) % regions.length];
  if (next !== undefined) entryOf(next)?.focus();
}
