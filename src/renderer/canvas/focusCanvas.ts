/** Gives the keyboard to the canvas, so that its shortcuts work at once. */
export function focusCanvas(): void {
  document.querySelector<HTMLElement>('[data-canvas-root]')?.focus({ preventScroll: true });
}
