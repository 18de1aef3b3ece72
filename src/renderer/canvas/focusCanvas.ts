/** Gives the keyboard to the canvas, so that its shortcuts work at once. */
export function focusCanvas(): void {
  document.querySelector<HTMLElement>('[data-canvas-root]')?.focus({ preventScroll: true });
}

/** After a press of the mouse the keyboard goes to the canvas; who presses by keyboard stays where he is. */
export function focusCanvasAfter(event: { readonly detail: number }): void {
  if (event.detail > 0) focusCanvas();
}
