import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { axeFindingsInBothThemes } from './axe.ts';
import { drag, fill, openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;
beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
  await page.getByTestId('network-first-residual').click();
  await page.getByTestId('tab-training').click();
  await fill(page, 'epochs', '1');
  await page.keyboard.press('Alt+9');
  await page.getByTestId('sweep-form').waitFor();
});
afterAll(() => editor.close());

/** Searches for what is to be varied and takes the first that is found, by keyboard. */
async function addAxis(words: string): Promise<void> {
  await page.getByTestId('add-axis').click();
  await page.getByTestId('axis-search').fill(words);
  await page.keyboard.press('Enter');
}

const drawnThrough = (): Promise<number> => page.locator('path[data-through="true"]').count();

test('axes are found by words, have values to begin with, and say what is wrong with others', async () => {
  await addAxis('learning rate');
  await page.getByTestId('sweep-cost').filter({ hasText: '5 trials, 5 epochs in all' }).waitFor();
  await page.getByTestId('range-kind-0').click();
  await page.getByRole('option', { name: 'Values' }).click();
  await fill(page, 'values-0', '0.001, 0.02');
  await addAxis('conv1 filters');
  await fill(page, 'values-1', '8.5');
  await page
    .getByTestId('axis-row-conv1.filters')
    .getByRole('alert')
    .filter({ hasText: /cannot be 8\.5\. Expected a whole number/ })
    .waitFor();
  expect(await page.getByTestId('start-sweep').isDisabled()).toBe(true);
  // With 8 filters the branch does not fit the skip: such a trial fails, and no other.
  await fill(page, 'values-1', '32, 8');
  await page.getByTestId('sweep-goal').click();
  await page.getByRole('option', { name: /^Accuracy/ }).click();
  await page.getByTestId('sweep-cost').filter({ hasText: '4 trials, 4 epochs in all' }).waitFor();
  expect(await axeFindingsInBothThemes(page, 'the plan', 'section[aria-label="Sweep"]')).toEqual([]);
});

test('a sweep trains every combination, shows each as a line, and lets ranges choose among them', async () => {
  await page.getByTestId('start-sweep').click();
  await page.getByTestId('sweep-state').filter({ hasText: 'Finished' }).waitFor({ timeout: 90_000 });
  const rows = page.getByTestId('trial-table').locator('tbody tr');
  expect(await rows.count()).toBe(4);
  expect(await rows.filter({ hasText: 'Failed' }).count()).toBe(2);
  expect(await rows.nth(0).textContent()).toMatch(/0\.02 ?32[\d.]+.%1.*Done/);

  // By keyboard: axes change places, and a range of the filters leaves the trials that could be drawn.
  await page.getByTestId('axis-goal').focus();
  await page.keyboard.press('ArrowLeft');
  expect(await page.getByTestId('axis-goal').getAttribute('aria-label')).toBe('Axis Accuracy, 2 of 3');
  expect(await drawnThrough()).toBe(4);
  await page.getByTestId('brush-high-conv1.filters').focus();
  await page.keyboard.press('Home');
  await page.getByTestId('clear-brushes').filter({ hasText: '2 of 4' }).waitFor();
  expect([await drawnThrough(), await rows.count()]).toEqual([2, 2]);
  await page.keyboard.press('Escape');
  expect(await drawnThrough()).toBe(4);

  // By mouse: the same.
  await drag(page, page.getByTestId('axis-goal'), page.getByTestId('axis-conv1.filters'));
  expect(await page.getByTestId('axis-goal').getAttribute('aria-label')).toBe('Axis Accuracy, 3 of 3');
  const axis = await page.getByTestId('brush-training.learningRate').boundingBox();
  if (axis === null) throw new Error('There is no axis');
  await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(axis.x + axis.width / 2, axis.y + 2, { steps: 4 });
  await page.mouse.up();
  await page.getByTestId('clear-brushes').filter({ hasText: '2 of 4' }).click();
  expect(await rows.count()).toBe(4);
  expect(await axeFindingsInBothThemes(page, 'the sweep', 'section[aria-label="Sweep"]')).toEqual([]);
});

test('a trial tells of itself, gives its settings to the drawing in one step, and opens its run', async () => {
  const best = page
    .getByTestId('trial-table')
    .getByRole('button', { name: /^Trial / })
    .first();
  const [, number] = /Trial (\d)/.exec((await best.getAttribute('aria-label')) ?? '') ?? [];
  await best.focus();
  await page
    .getByTestId('told-trial')
    .filter({ hasText: new RegExp(`^Trial ${number} · learningRate 0.02 · conv1.filters 32 · accuracy`) })
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('apply-trial').click();
  expect(await page.getByTestId('learningRate').inputValue()).toBe('0.02');
  await page.getByTestId('network-canvas').click({ position: { x: 10, y: 10 } });
  await page.keyboard.press('Control+z');
  expect(await page.getByTestId('learningRate').inputValue()).toBe('0.005');
  await page.getByTestId('compare-trials').click();
  await page.getByRole('region', { name: 'Runs' }).getByText(`-t00${number}`).first().waitFor();
  await page.keyboard.press('Alt+9');
  await page.getByTestId('show-trial-run').click();
  await page
    .getByTestId('run-list')
    .locator('[aria-current="true"]')
    .filter({ hasText: `-t00${number}` })
    .waitFor();
});

test('a sweep is deleted with its runs, and one press brings back both', async () => {
  await page.getByTestId('sweep-menu').click();
  await page.getByTestId('sweep-delete').click();
  await page.getByTestId('sweep-delete-dialog').getByText('Its 2 runs too').waitFor();
  await page.getByTestId('sweep-with-runs').click();
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('sweep-form').waitFor();
  await page.getByTestId('toast').filter({ hasText: 'with 2 runs' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByTestId('sweep-state').filter({ hasText: 'Finished' }).waitFor();
  expect(editor.errors).toEqual([]);
});
