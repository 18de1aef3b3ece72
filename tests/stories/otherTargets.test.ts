import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;
beforeAll(async () => {
  editor = await openEditor();
});
afterAll(() => editor.close());

test(
  'a network for masks is opened and learns by one click, and its curves say what they measure',
  { timeout: 180_000 },
  async () => {
    const { page, workspace } = editor;
    await page.getByTestId('palette-search').fill('padded');
    await page.getByTestId('palette-network-u-net-padded').click();
    await page.getByTestId('node-output').waitFor();
    await page.getByTestId('tab-training').click();
    await fill(page, 'epochs', '1');
    await page.getByTestId('train').click();
    await page
      .getByTestId('run-state')
      .filter({ hasText: /Finished/i })
      .waitFor({ timeout: 90_000 });
    const iou = Number(await page.getByTestId('metric-validation-meanIou').getAttribute('data-value'));
    // Of five classes the background alone gives less.
    expect(iou).toBeGreaterThan(0.15);
    await page.getByText('2 more measures').click();
    for (const title of ['Loss', 'Mean IoU', 'Dice', 'Pixel accuracy']) {
      await page.getByRole('figure', { name: `${title} over epochs` }).waitFor();
    }

    // Data that have no masks do not fit, and the panel says why before anything is started.
    await page.getByTestId('data-set').click();
    await page.getByRole('option', { name: /Handwritten digits/ }).click();
    await page
      .getByTestId('data-misfit')
      .filter({ hasText: /learns from masks of 5 classes/ })
      .waitFor();
    expect(await page.getByTestId('train').getAttribute('aria-disabled')).toBe('true');

    // What it learned leaves as ONNX with its masks, and onnxruntime agrees.
    await page.keyboard.press('Control+e');
    await page.getByTestId('dialog-name').fill('masks.onnx');
    await page.getByTestId('dialog-confirm').click();
    expect(await page.getByTestId('export-result').textContent({ timeout: 60_000 })).toMatch(/Verified/);
    expect(readFileSync(path.join(workspace, 'masks.onnx')).length).toBeGreaterThan(1_000_000);
    expect(editor.errors).toEqual([]);
  },
);
