import path from 'node:path';
import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tourSteps } from '../../src/renderer/tour/tourSteps.ts';
import { drag, fill, openEditor, type RunningEditor } from './openEditor.ts';

// A network is trained twice, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor({ spareEngine: true });
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
});

/** Waits until the guide asks for something. */
async function asked(step: string): Promise<void> {
  await page.locator(`[data-testid="tour-step"][data-step="${step}"]`).waitFor();
}

/** Whether the ring is round what the guide speaks of. */
async function expectRingAround(testId: string): Promise<void> {
  const target = page.getByTestId(testId);
  await expect
    .poll(async () => {
      const [ring, box] = [await page.getByTestId('tour-ring').boundingBox(), await target.boundingBox()];
      if (ring === null || box === null) return false;
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      return (
        Math.abs(ring.x + ring.width / 2 - middle.x) < 2 &&
        Math.abs(ring.y + ring.height / 2 - middle.y) < 2 &&
        ring.width > box.width
      );
    })
    .toBe(true);
}

test('who declines the tour is not asked again, and finds it under Help', async () => {
  const context = await page.context().browser()?.newContext();
  if (context === undefined) throw new Error('There is a browser');
  const other = await context.newPage();
  await other.goto(editor.address);
  await other.getByTestId('tour-decline').click();
  await other.getByTestId('tour-offer').waitFor({ state: 'detached' });
  await other.reload();
  await other.getByTestId('start-card').waitFor();
  expect(await other.getByTestId('tour-offer').count()).toBe(0);
  await other.getByTestId('menu-help').click();
  await other.getByRole('menuitem', { name: 'Take the tour' }).waitFor();
  await context.close();
});

test('with the mouse: the guide waits for each act, and ends with a network that learns', async () => {
  await page.getByTestId('tour-start').click();
  await asked('input');
  await expectRingAround('start-input');
  await page.getByTestId('start-input').click();
  await asked('size');
  for (const [field, value] of [
    ['field-height', '8'],
    ['field-width', '8'],
    ['field-channels', '1'],
  ] as const)
    await fill(page, field, value);
  await asked('stem');
  await expectRingAround('palette-conv2d');
  await page.getByTestId('palette-conv2d').click();
  await asked('branch');
  // What is undone is asked for again.
  await page.getByTestId('undo').click();
  await asked('stem');
  await page.getByTestId('redo').click();
  await asked('branch');
  await page.getByTestId('node-conv-1').click();
  await page.getByTestId('palette-conv2d').click();
  await asked('sum');
  await page.getByTestId('palette-add').click();
  await asked('skip');
  await expectRingAround('port-conv-1-output-out');
  await drag(page, page.getByTestId('port-conv-1-output-out'), page.getByTestId('port-add-1-b-in'));
  await asked('shapes');
  await page.getByTestId('node-add-1').click();
  await asked('pool');
  await page.getByTestId('palette-globalAveragePooling').click();
  await asked('head');
  // Left and found again where it was, also after the editor was closed in between.
  await page.reload();
  await asked('head');
  await page.getByTestId('node-pool-1').click();
  await page.getByTestId('palette-dense').click();
  await asked('output');
  await page.getByTestId('palette-classificationOutput').click();
  await asked('train');
  await expectRingAround('train');
  await page.getByTestId('train').click();
  await page.getByTestId('tour-done').waitFor();
  await page.getByTestId('metric-loss').filter({ hasText: /\d/ }).waitFor();
  await page.getByTestId('stop').click();
  await page.getByTestId('tour-finish').click();
  await page.getByTestId('tour').waitFor({ state: 'detached' });
  await page.getByTestId('train').waitFor();
  expect(tourSteps.length).toBeLessThanOrEqual(12);
});

test('by keyboard alone: tour, data, training, stop and export', async () => {
  // From here on no mouse: it would throw.
  const { mouse, keyboard } = page;
  const mouseUsed = (): never => {
    throw new Error('The mouse was used');
  };
  vi.spyOn(mouse, 'move').mockImplementation(mouseUsed);
  vi.spyOn(mouse, 'down').mockImplementation(mouseUsed);

  async function command(words: string): Promise<void> {
    await keyboard.press('Control+k');
    await page.getByTestId('command-palette').waitFor();
    await keyboard.type(words);
    await keyboard.press('Enter');
    await page.getByTestId('command-palette').waitFor({ state: 'detached' });
  }
  async function add(words: string): Promise<void> {
    await keyboard.press('/');
    await page.getByTestId('search-input').waitFor();
    await keyboard.type(words);
    await keyboard.press('Enter');
    await page.getByTestId('search-box').waitFor({ state: 'detached' });
  }
  const focused = (): Promise<string | null> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null);
  async function tabTo(testId: string): Promise<void> {
    for (let presses = 0; (await focused()) !== testId; presses++) {
      if (presses > 40) throw new Error(`Tab never reached ${testId}`);
      await keyboard.press('Tab');
    }
  }

  await keyboard.press('Alt+n');
  await page.getByTestId('start-card').waitFor();
  await command('take the tour');
  await asked('input');
  await keyboard.press('F6');
  expect(await focused()).toBe('network-canvas');
  await add('input');
  await asked('size');
  await keyboard.press('Alt+2');
  await expect.poll(focused).toBe('tab-inspector');
  for (const [field, value] of [
    ['field-height', '8'],
    ['field-width', '8'],
    ['field-channels', '1'],
  ] as const) {
    await tabTo(field);
    await keyboard.press('Control+a');
    await keyboard.type(value);
    await keyboard.press('Enter');
  }
  await asked('stem');
  await keyboard.press('Escape');
  await expect.poll(focused).toBe('network-canvas');
  await add('conv2d');
  await asked('branch');
  await add('conv2d');
  await asked('sum');
  // Left, and taken up again.
  await keyboard.press('Shift+Tab');
  expect(await focused()).toBe('tour-skip');
  await keyboard.press('Enter');
  await page.getByTestId('tour').waitFor({ state: 'detached' });
  await command('go on with the tour');
  await asked('sum');
  await keyboard.press('F6');
  expect(await focused()).toBe('network-canvas');
  await add('add');
  await asked('skip');
  await keyboard.press('Alt+ArrowLeft');
  await keyboard.press('Alt+ArrowLeft');
  await keyboard.press('Shift+f');
  await page.getByTestId('wire-to-add-1-b').waitFor();
  await keyboard.press('Enter');
  await asked('shapes');
  await keyboard.press('Alt+ArrowRight');
  await keyboard.press('Alt+ArrowRight');
  await asked('pool');
  await add('global average');
  await add('dense');
  await add('classification');
  await asked('train');

  // Another data set, and back: a list like any other.
  await keyboard.press('Alt+3');
  await expect.poll(focused).toBe('tab-training');
  await tabTo('data-set');
  const chosen = page.getByTestId('data-set');
  const before = await chosen.textContent();
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect.poll(() => chosen.textContent()).not.toBe(before);
  await keyboard.press('Control+z');
  await expect.poll(() => chosen.textContent()).toBe(before);

  await keyboard.press('Control+Enter');
  await page.getByTestId('tour-done').waitFor();
  await page.getByTestId('metric-validation-accuracy').filter({ hasText: /\d/ }).waitFor();
  await keyboard.press('Control+Shift+Enter');
  await page.getByTestId('train').waitFor({ timeout: 30_000 });

  await keyboard.press('Control+e');
  await page.getByTestId('dialog-name').waitFor();
  await keyboard.type('keys.onnx');
  await keyboard.press('Enter');
  await page
    .getByTestId('export-result')
    .filter({ hasText: /Verified/i })
    .waitFor({ timeout: 30_000 });
  expect(existsSync(path.join(editor.workspace, 'keys.onnx'))).toBe(true);
  expect(editor.errors).toEqual([]);
});
