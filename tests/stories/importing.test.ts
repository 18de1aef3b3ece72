import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 });

const models = path.join(import.meta.dirname, '../fixtures/onnx');
let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
});

/** Drops a file of this computer on the window, as a file manager does. */
async function drop(name: string, bytes: Uint8Array): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name: called, content }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(content)], called));
      return data;
    },
    { name, content: [...bytes] },
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('a model that is dropped becomes a network with its blocks and its weights', async () => {
  await drop('residual.onnx', readFileSync(path.join(models, 'residual-torchscript.onnx')));
  const dialog = page.getByTestId('imported-dialog');
  await dialog.filter({ hasText: 'Everything in it is known here' }).waitFor();
  expect(await dialog.textContent()).toContain('written by pytorch');
  await page.getByTestId('dialog-confirm').click();
  await page
    .getByTestId('totals')
    .filter({ hasText: /1.025 parameters/ })
    .waitFor();
  const block = page.locator('[data-family="block"]').filter({ hasText: 'layers' });
  expect(await block.textContent()).toContain('3');
  const document = JSON.parse(readFileSync(path.join(editor.workspace, 'models/residual.json'), 'utf8')) as {
    readonly weights: string;
  };
  expect(document.weights).toBe('models/residual.safetensors');
});

test('what is not known shows as it was, and says why it cannot be trained', async () => {
  await drop('odd.onnx', readFileSync(path.join(models, 'odd-torchscript.onnx')));
  const dialog = page.getByTestId('imported-dialog');
  await dialog.filter({ hasText: 'CumSum ×1, Sin ×1' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  await page.locator('[data-family="foreign"]').filter({ hasText: 'CumSum' }).waitFor();
});

test('a file that is no model is refused in words', async () => {
  await drop('broken.onnx', Uint8Array.of(1, 2, 3, 4));
  await page.getByTestId('unreadable-dialog').filter({ hasText: 'no ONNX model' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  expect(editor.errors).toEqual([]);
});
