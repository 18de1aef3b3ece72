import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const tab = (pane: string): Locator => page.getByTestId(`tab-${pane}`);
const canvas = (): Promise<Box> => boxOf(page.getByTestId('network-canvas'));

async function boxOf(locator: Locator): Promise<Box> {
  await locator.waitFor();
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`Nothing is shown at ${locator.toString()}`);
  return box;
}

/** On which side of the canvas the tab of a pane lies. */
async function sideOf(pane: string): Promise<'left' | 'right' | 'below' | 'hidden'> {
  if ((await tab(pane).count()) === 0) return 'hidden';
  const [own, middle] = [await boxOf(tab(pane)), await canvas()];
  if (own.x + own.width <= middle.x) return 'left';
  return own.x >= middle.x + middle.width ? 'right' : 'below';
}

async function view(item: string): Promise<void> {
  await page.getByTestId('menu-view').click();
  await page.getByTestId(`file-${item}`).click();
  await page.getByTestId(`file-${item}`).waitFor({ state: 'detached' });
}

async function dragTab(pane: string, to: { readonly x: number; readonly y: number }): Promise<void> {
  const from = await boxOf(tab(pane));
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x - 30, from.y + 60, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

test('a pane is dragged by its tab: under the canvas, then among the tabs of another side; its content goes along', async () => {
  await page.getByTestId('palette-search').fill('batch');
  const middle = await canvas();
  await dragTab('palette', { x: middle.x + middle.width / 2, y: middle.y + middle.height - 12 });
  await expect.poll(() => sideOf('palette')).toBe('below');
  // It is the same pane: what was typed is still there.
  expect(await page.getByTestId('palette-search').inputValue()).toBe('batch');
  expect((await canvas()).x).toBeLessThan(2);
  const inspector = await boxOf(tab('inspector'));
  await dragTab('palette', { x: inspector.x + 4, y: inspector.y + inspector.height / 2 });
  await expect.poll(() => sideOf('palette')).toBe('right');
  expect(await tab('palette').getAttribute('aria-selected')).toBe('true');
});

test('how the panes lie is there again after a reload, until it is reset', async () => {
  await page.reload();
  await expect.poll(() => sideOf('palette')).toBe('right');
  await view('reset-layout');
  await expect.poll(() => sideOf('palette')).toBe('left');
  expect(await sideOf('problems')).toBe('hidden');
});

test('by keyboard: a pane is shown, focused, moved by its menu, hidden, and comes back where it was', async () => {
  await page.keyboard.press('Alt+5');
  await expect.poll(() => sideOf('problems')).toBe('below');
  await expect.poll(() => tab('problems').evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Place of Problems');
  await page.keyboard.press('Enter');
  await page.getByTestId('move-problems-left').waitFor();
  await page.getByTestId('move-problems-left').press('Enter');
  await expect.poll(() => sideOf('problems')).toBe('left');
  await tab('problems').focus();
  await page.keyboard.press('Alt+5');
  await expect.poll(() => sideOf('problems')).toBe('hidden');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('network-canvas');
  await page.keyboard.press('Alt+5');
  await expect.poll(() => sideOf('problems')).toBe('left');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('move problems to the bottom');
  await page.keyboard.press('Enter');
  await expect.poll(() => sideOf('problems')).toBe('below');
});

test('the lines between panes are moved by mouse and by arrow keys, and stay where they were put', async () => {
  const lines = page.getByRole('separator', { name: 'Size of the panes' });
  const before = await canvas();
  await lines.first().focus();
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await canvas()).x).toBeGreaterThan(before.x + 20);
  const wide = await canvas();
  const line = await boxOf(lines.last());
  await page.mouse.move(line.x, line.y + 200);
  await page.mouse.down();
  await page.mouse.move(line.x - 90, line.y + 200, { steps: 6 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await canvas()).width)).toBeLessThan(wide.width - 80);
  const put = await canvas();
  await page.reload();
  const back = await canvas();
  expect(Math.abs(back.x - put.x)).toBeLessThan(2);
  expect(Math.abs(back.width - put.width)).toBeLessThan(2);
});

test('the canvas has the window for itself and gives it back; the arrow keys go from tab to tab', async () => {
  const before = await canvas();
  await page.keyboard.press('Alt+0');
  await expect.poll(async () => (await canvas()).width).toBeGreaterThan(before.width + 400);
  await page.keyboard.press('Alt+0');
  await expect.poll(async () => (await canvas()).width).toBe(before.width);
  // A pane can have it too; then nothing of the canvas shines through.
  await page.getByTestId('pane-menu-inspector').click();
  await page.getByTestId('maximize-inspector').click();
  await expect.poll(async () => (await boxOf(page.getByTestId('inspector'))).width).toBeGreaterThan(1200);
  const covering = await page.evaluate(() =>
    [...Array(60).keys()]
      .map((step) => document.elementFromPoint(20 + step * 22, innerHeight - 60))
      .filter((element) => element?.closest('section')?.getAttribute('aria-label') !== 'Inspector')
      .map((element) => element?.outerHTML.slice(0, 80)),
  );
  expect(covering).toEqual([]);
  expect(await page.getByRole('separator').count()).toBe(0);
  await page.getByTestId('pane-menu-inspector').click();
  await page.getByTestId('maximize-inspector').click();
  await expect.poll(async () => (await canvas()).width).toBe(before.width);
  await tab('inspector').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByTestId('training-pane').waitFor();
  expect(await tab('training').getAttribute('aria-selected')).toBe('true');
});

test('the palette is one stop of Tab: arrow keys go through it, and to what one can do with a row', async () => {
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.textContent);
  await page.getByTestId('palette-search').focus();
  await page.keyboard.type('relu');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe('palette-relu');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('star-palette-relu');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('about-relu');
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toMatch(/^palette-/);
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe('palette-search');
  await page.keyboard.press('Escape');
  expect(await page.getByTestId('palette-search').inputValue()).toBe('');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  expect(await focused()).toBe('Recent');
});

/** Places of the window, on a grid, at which there is neither bar, nor pane, nor canvas, nor a line between them. */
const deadPlaces = (): Promise<readonly string[]> =>
  page.evaluate(() => {
    const dead: string[] = [];
    for (let x = 3; x < innerWidth; x += 24) {
      for (let y = 3; y < innerHeight; y += 24) {
        const at = document.elementFromPoint(x, y);
        const part = at?.closest(
          'header, footer, section, main, [role=tablist], [data-tabset-header], [role=separator]',
        );
        if (part === null || part === undefined) dead.push(`${x},${y}: ${at?.outerHTML.slice(0, 80) ?? 'nothing'}`);
      }
    }
    return dead;
  });

test.each([
  [1024, 700],
  [1440, 900],
  [2560, 1440],
])(
  'at %i × %i there is no dead corner, nothing is cut off, and nothing jumps while it opens',
  async (width, height) => {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => localStorage.removeItem('skipwire.panes'));
    await page.reload();
    await page.getByTestId('start-card').waitFor();
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const observer = new PerformanceObserver((list) => {
            observer.disconnect();
            resolve(list.getEntries().reduce((sum, entry) => sum + ('value' in entry ? Number(entry.value) : 0), 0));
          });
          observer.observe({ type: 'layout-shift', buffered: true });
          // Without any shift nothing is ever told.
          setTimeout(() => resolve(0), 300);
        }),
    );
    expect(shift).toBeLessThan(0.01);
    await view('pane:problems');
    await page.getByTestId('problems').waitFor();
    expect(await deadPlaces()).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight,
    );
    expect(overflow).toBe(false);
    const { width: room, height: tall } = await canvas();
    expect(room).toBeGreaterThanOrEqual(320);
    expect(tall).toBeGreaterThanOrEqual(160);
  },
);

test('none of this upset the browser', () => {
  expect(editor.errors).toEqual([]);
});
