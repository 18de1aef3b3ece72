import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
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

test('a network is taken away as PyTorch source, which is read before it is written', async () => {
  await page.getByTestId('network-resnet-20').click();
  await page
    .getByTestId('totals')
    .filter({ hasText: /269.722 parameters/ })
    .waitFor();
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-format').click();
  await page.getByRole('option', { name: /PyTorch/ }).click();
  const preview = page.getByTestId('code-preview');
  await preview.filter({ hasText: 'class ResidualBlockBasic(nn.Module):' }).waitFor();
  expect(await page.getByTestId('dialog-name').inputValue()).toBe('resnet_20.py');
  const shown = await preview.textContent();
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('export-result').waitFor();
  expect(await page.getByTestId('export-path').textContent()).toContain('resnet_20.py');
  expect(readFileSync(path.join(editor.workspace, 'resnet_20.py'), 'utf8')).toBe(shown);
  // 269 722 parameters and 1 376 running statistics of 4 bytes each.
  expect(statSync(path.join(editor.workspace, 'resnet_20.safetensors')).size).toBeGreaterThan((269_722 + 1_376) * 4);
  await page.getByTestId('dialog-close').click();
});

test('Keras source comes with a script that trains as the run does, and with its samples', async () => {
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-format').click();
  await page.getByRole('option', { name: /Keras/ }).click();
  const preview = page.getByTestId('code-preview');
  await preview.filter({ hasText: 'class ResidualBlockBasic(layers.Layer):' }).waitFor();
  await page.getByTestId('dialog-name').fill('in_keras.py');
  await page.getByTestId('source-training').click();
  await preview.filter({ hasText: 'from in_keras import create_model' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('export-result').filter({ hasText: 'in_keras_train.py' }).waitFor();
  for (const file of ['in_keras.py', 'in_keras.safetensors', 'in_keras_train.py', 'in_keras_data.safetensors']) {
    expect(existsSync(path.join(editor.workspace, file)), file).toBe(true);
  }
  await page.getByTestId('dialog-close').click();
});

test('an ONNX file is described before it is written, and every choice shows', async () => {
  await page.keyboard.press('Control+e');
  const preview = page.getByTestId('onnx-preview');
  await preview.filter({ hasText: /1\.1 MB.*BatchNormalization ×19/ }).waitFor();
  await page.getByTestId('onnx-precision').click();
  await page.getByRole('option', { name: /float16 inside/ }).click();
  await preview.filter({ hasText: /5\d\d kB/ }).waitFor();
  await page.getByTestId('onnx-lossy').filter({ hasText: 'rounded to three digits' }).waitFor();
  await page.getByTestId('onnx-fold').click();
  await preview.filter({ hasNotText: 'BatchNormalization' }).waitFor();
  await page.getByTestId('onnx-layout').click();
  await page.getByRole('option', { name: /NHWC/ }).click();
  await preview.filter({ hasText: 'float32 [batch, 32, 32, 3]' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  const result = page.getByTestId('export-result');
  await result.filter({ hasText: 'Verified' }).waitFor({ timeout: 60_000 });
  expect(await result.textContent()).toContain('19 batch norms are folded into weights.');
  expect(statSync(path.join(editor.workspace, 'resnet-20.onnx')).size).toBeLessThan(600_000);
  await page.getByTestId('dialog-close').click();
});

test('a network is taken away for TensorFlow and for web pages', async () => {
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-format').click();
  await page.getByRole('option', { name: /SavedModel/ }).click();
  await page.getByTestId('serving-notes').filter({ hasText: 'NHWC' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  const result = page.getByTestId('export-result');
  await result.filter({ hasText: 'Takes input [batch, 32, 32, 3]' }).waitFor({ timeout: 60_000 });
  expect(await result.textContent()).toContain('Verified by TensorFlow');
  const folder = path.join(editor.workspace, 'resnet-20.saved_model');
  expect(readdirSync(folder).toSorted()).toEqual(['saved_model.pb', 'variables']);
  await page.getByTestId('dialog-close').click();

  await page.keyboard.press('Control+e');
  await page.getByTestId('export-format').click();
  await page.getByRole('option', { name: /TensorFlow\.js graph/ }).click();
  await page.getByTestId('dialog-confirm').click();
  await result.filter({ hasText: 'loadGraphModel' }).waitFor({ timeout: 60_000 });
  expect(await result.textContent()).toContain('Verified by TensorFlow.js');
  expect(readdirSync(path.join(editor.workspace, 'resnet-20.tfjs'))).toContain('model.json');
  await page.getByTestId('dialog-close').click();
});

test('a file that is there is replaced only when that is said, by keyboard', async () => {
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-format').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /PyTorch/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByTestId('code-preview').filter({ hasText: 'class ResNet20(nn.Module):' }).waitFor();
  await page.getByTestId('dialog-name').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('export-problem').filter({ hasText: 'There is a file of this name' }).waitFor();
  await page.getByTestId('dialog-confirm').filter({ hasText: 'Replace' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('export-result').waitFor();
  expect(existsSync(path.join(editor.workspace, 'resnet_20.py'))).toBe(true);
  await page.keyboard.press('Escape');
  expect(editor.errors).toEqual([]);
});
