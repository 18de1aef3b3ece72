import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const models = path.join(import.meta.dirname, '../fixtures/onnx');
const keras = path.join(import.meta.dirname, '../fixtures/keras');
let editor: RunningEditor;
let page: Page;
let tools: string;

/** Stands in for a Python with PyTorch: `-c` asks for its version, anything else is the helper script and what it is told. */
const PYTHON = `#!/bin/sh
if [ "$1" = "-c" ]; then echo 2.13.0; exit 0; fi
echo "Making $2"
case "$2" in
  *slow) exec sleep 600 ;;
  *broken) echo "ValueError: there is no such network" >&2; exit 1 ;;
esac
cp "${path.join(models, 'residual-torchscript.onnx')}" "$3"
`;

beforeAll(async () => {
  tools = mkdtempSync(path.join(tmpdir(), 'skipwire-tools-'));
  const python = path.join(tools, 'python3');
  writeFileSync(python, PYTHON);
  chmodSync(python, 0o755);
  const before = process.env['SKIPWIRE_PYTHON'];
  process.env['SKIPWIRE_PYTHON'] = python;
  try {
    editor = await openEditor();
  } finally {
    if (before === undefined) delete process.env['SKIPWIRE_PYTHON'];
    else process.env['SKIPWIRE_PYTHON'] = before;
  }
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
  rmSync(tools, { recursive: true });
});

/** Drops files of this computer on the window, as a file manager does. */
async function drop(...files: readonly (readonly [name: string, bytes: Uint8Array])[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (given) => {
      const data = new DataTransfer();
      for (const [name, content] of given) data.items.add(new File([new Uint8Array(content)], name));
      return data;
    },
    files.map(([name, bytes]) => [name, [...bytes]] as const),
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('a model that is dropped becomes a network with its blocks and its weights', async () => {
  await drop(['residual.onnx', readFileSync(path.join(models, 'residual-torchscript.onnx'))]);
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
  await drop(['odd.onnx', readFileSync(path.join(models, 'odd-torchscript.onnx'))]);
  const dialog = page.getByTestId('imported-dialog');
  await dialog.filter({ hasText: /Not known here.*CumSum ×1.*Sin ×1/ }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  await page.locator('[data-family="foreign"]').filter({ hasText: 'CumSum' }).waitFor();
});

test('a layers model of TensorFlow.js is dropped with its shards', async () => {
  const names = ['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'];
  await drop(...names.map((name) => [name, readFileSync(path.join(keras, 'tfjs', name))] as const));
  const dialog = page.getByTestId('imported-dialog');
  await dialog.filter({ hasText: 'Layers of the file' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  await page
    .getByTestId('totals')
    .filter({ hasText: /247 parameters/ })
    .waitFor();
});

test('a model of the workspace is opened like a document, whatever its file is called', async () => {
  const opened = async (name: string, words: string): Promise<void> => {
    copyFileSync(path.join(keras, name), path.join(editor.workspace, name));
    await page.getByRole('button', { name: 'File', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Open…' }).click();
    await page.getByTestId('dialog-name').fill(name);
    await page.getByTestId('dialog-confirm').click();
    await page.getByTestId('imported-dialog').filter({ hasText: words }).waitFor();
    await page.getByTestId('dialog-confirm').click();
    await page.getByTestId('imported-dialog').waitFor({ state: 'detached' });
  };
  await opened('odd.json', 'Layers of the file');
  await opened('sounds.keras', 'Everything in it is known here');
});

test('Python runs only when what it runs was shown, says what it does, and can be stopped', async () => {
  const choose = async (source: string): Promise<void> => {
    await page.getByTestId('torch-source').fill(source);
    await page.getByTestId('dialog-confirm').click();
    await page
      .getByTestId('torch-command')
      .filter({ hasText: `export_model.py ${source}` })
      .waitFor();
  };
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import from PyTorch…' }).click();
  await choose('torchvision:slow');
  expect(await page.getByTestId('torch-script').textContent()).toContain('torch.onnx.export(');
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('torch-output').filter({ hasText: 'Making torchvision:slow' }).waitFor();
  await page.getByTestId('dialog-cancel').filter({ hasText: 'Stop' }).click();
  await page.getByTestId('dialog-cancel').filter({ hasText: 'Back' }).click();
  await choose('torchvision:broken');
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('torch-problem').filter({ hasText: 'there is no such network' }).waitFor();
  await page.getByTestId('dialog-cancel').filter({ hasText: 'Back' }).click();
  await choose('torchvision:resnet18');
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('imported-dialog').filter({ hasText: 'resnet18' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
});

test('weights that are dropped show what fits before the network begins with them', async () => {
  const own = readFileSync(path.join(editor.workspace, 'models/resnet18.safetensors'));
  await drop(['checkpoint.safetensors', own]);
  const dialog = page.getByTestId('weights-dialog');
  await dialog.filter({ hasText: 'weights were found, by the names of Skipwire' }).waitFor();
  await page.getByTestId('weights-unused').filter({ hasText: 'Every tensor of the file is taken' }).waitFor();
  await page.getByTestId('dialog-confirm').filter({ hasText: 'Take' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(readFileSync(path.join(editor.workspace, 'models/checkpoint.weights.safetensors')).length).toBeGreaterThan(0);
});

test('a file that is no model is refused in words', async () => {
  await drop(['broken.onnx', Uint8Array.of(1, 2, 3, 4)]);
  await page.getByTestId('unreadable-dialog').filter({ hasText: 'no ONNX model' }).waitFor();
  await page.getByTestId('dialog-confirm').click();
  expect(editor.errors).toEqual([]);
});
