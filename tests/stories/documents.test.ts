import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addNode, openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

beforeEach(async () => {
  editor = await openEditor();
});

afterEach(async () => {
  await editor.close();
});

const tab = (page: Page, name: string): Locator => page.getByTestId('document-tab').filter({ hasText: name });
const names = (page: Page): Promise<string[]> => page.getByTestId('document-tab').allTextContents();

async function saveAs(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+Shift+s');
  await page.getByTestId('dialog-name').fill(name);
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('dialog-name').waitFor({ state: 'detached' });
}

test('two documents are open, each with its own past and view, and both are back after a reload', async () => {
  const { page } = editor;
  await addNode(page, 'input', 200, 200);
  await saveAs(page, 'one');
  await page.keyboard.press('Alt+n');
  await page.getByTestId('start-card').waitFor();
  await addNode(page, 'relu', 300, 300);
  expect(await names(page)).toEqual(['one', 'Untitled network']);

  await tab(page, 'one').click();
  await page.getByTestId('node-input-1').waitFor();
  expect(await page.getByTestId('node-relu-1').count()).toBe(0);
  expect(await page.getByTestId('undo').getAttribute('aria-label')).toContain('Rename document');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  const zoomed = page.getByRole('button', { name: /Zoom \d+ %/ });
  await expect.poll(() => zoomed.textContent()).toBe('120 %');
  await page.keyboard.press('Alt+PageDown');
  await page.getByTestId('node-relu-1').waitFor();
  expect(await tab(page, 'Untitled').getAttribute('data-dirty')).toBe('true');
  await page.keyboard.press('Alt+PageUp');
  await page.getByTestId('node-input-1').waitFor();
  await expect.poll(() => zoomed.textContent()).toBe('120 %');

  await page.reload();
  await page.getByTestId('node-input-1').waitFor();
  expect(await names(page)).toEqual(['one', 'Untitled network']);
  await expect.poll(() => zoomed.textContent()).toBe('120 %');
  await tab(page, 'Untitled').click();
  await page.getByTestId('node-relu-1').waitFor();
  expect(editor.errors).toEqual([]);
});
