import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The canvas as a person sees and handles it. */
export interface Drawing {
  node(id: string): Locator;
  port(id: string, name: string, side: 'in' | 'out'): Locator;
  /** A wire by what a screen reader says of it. */
  wire(from: string, to: string): Locator;
  place(locator: Locator): Promise<Point>;
  /** A place of the canvas on which there is nothing: below what is drawn. */
  emptyPlace(): Promise<Point>;
  /** Everything in view, with room at the edges: near them a drag moves the canvas. */
  lookAtAll(): Promise<void>;
  /** Presses palette items one after the other: each goes behind what is selected. */
  add(...items: readonly string[]): Promise<void>;
  /** Drags with the mouse, with modifier keys held and any button. */
  stroke(points: readonly Point[], options?: { keys?: readonly string[]; button?: 'left' | 'right' }): Promise<void>;
  press(...keys: readonly string[]): Promise<void>;
  /** An empty canvas, then an input and the items behind it. */
  begin(...items: readonly string[]): Promise<void>;
}

/** Drives the canvas of a page. */
export function drawingOn(page: Page): Drawing {
  const drawing: Drawing = {
    node: (id) => page.getByTestId(`node-${id}`),
    port: (id, name, side) => page.getByTestId(`port-${id}-${name}-${side}`),
    wire: (from, to) => page.locator(`[aria-label*="ire from ${from} to ${to}"]`),
    async place(locator) {
      const box = await locator.boundingBox();
      if (box === null) throw new Error(`Nothing is shown at ${locator.toString()}`);
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    async emptyPlace() {
      const box = await page.getByTestId('network-canvas').boundingBox();
      if (box === null) throw new Error('There is no canvas');
      return { x: box.x + box.width * 0.4, y: box.y + box.height * 0.8 };
    },
    async lookAtAll() {
      await page.getByTestId('fit-view').click();
      await page.getByRole('button', { name: 'Zoom out' }).click();
      // The animation is over when the zoom has stopped changing.
      let last = '';
      await expect
        .poll(async () => {
          const style = (await page.locator('.react-flow__viewport').getAttribute('style')) ?? '';
          const settled = style === last;
          last = style;
          return settled;
        })
        .toBe(true);
    },
    async add(...items) {
      for (const item of items) {
        const before = await page.getByTestId('totals').textContent();
        await page.getByTestId(`palette-${item}`).click();
        await expect.poll(() => page.getByTestId('totals').textContent()).not.toBe(before);
      }
    },
    async stroke(points, { keys = [], button = 'left' } = {}) {
      const [start, ...rest] = points;
      if (start === undefined) return;
      for (const key of keys) await page.keyboard.down(key);
      await page.mouse.move(start.x, start.y);
      await page.mouse.down({ button });
      for (const { x, y } of rest) await page.mouse.move(x, y, { steps: 5 });
      await page.mouse.up({ button });
      for (const key of keys) await page.keyboard.up(key);
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    async begin(...items) {
      await page.mouse.move(700, 60);
      const { x, y } = await drawing.emptyPlace();
      await page.mouse.click(x, y);
      await drawing.press('Escape', 'Escape', 'Control+a', 'Shift+Delete');
      await page.getByTestId('start-input').click();
      await drawing.add(...items);
      await drawing.lookAtAll();
    },
  };
  return drawing;
}
