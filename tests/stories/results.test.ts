import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
});

test('before there is a run, the pane says what it is for', async () => {
  await page.getByTestId('network-first-residual').click();
  await page.keyboard.press('Alt+7');
  await page.getByText(/Train this network, and here you see/).waitFor();
});

test('after a run every cell of the confusion matrix shows its samples', async () => {
  await page.getByTestId('tab-training').click();
  await fill(page, 'epochs', '2');
  await page.getByTestId('train').click();
  await page.getByTestId('results-go').waitFor();
  await page.getByTestId('run-state').filter({ hasText: 'Finished' }).waitFor({ timeout: 90_000 });
  await page.getByTestId('results-go').click();
  await page.getByTestId('confusion').waitFor({ timeout: 60_000 });
  expect(await page.getByTestId('results-summary').textContent()).toMatch(/\d+\.\d % of 359 right/);
  const cells = await page.getByTestId('confusion').locator('button:not(:disabled)').allTextContents();
  expect(cells.reduce((sum, count) => sum + Number(count), 0)).toBe(359);

  await page.getByTestId('cell-0-0').click();
  const count = Number(await page.getByTestId('cell-0-0').textContent());
  await page.getByTestId('sample-strip').locator('canvas').first().waitFor();
  expect(await page.getByTestId('sample-strip').getByRole('listitem').count()).toBe(Math.min(60, count));
});

test('classes, mistakes and calibration, by keyboard', async () => {
  await page.getByTestId('results-view-confusion').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.getByTestId('class-table').getByRole('row').count()).toBe(11);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByTestId('sample-strip').nth(1).locator('canvas').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page
    .getByTestId('calibration')
    .getByText(/Off by \d+\.\d % on average/)
    .waitFor();
});

test('a part that the data do not have is told in words', async () => {
  await page.getByTestId('results-part').click();
  await page.getByRole('option', { name: 'Test part' }).click();
  await page.getByTestId('results-go').click();
  await page
    .getByTestId('results-problem')
    .filter({ hasText: /no samples for a test/ })
    .waitFor({ timeout: 60_000 });
  expect(editor.errors).toEqual([]);
});
