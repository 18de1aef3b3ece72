import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Engines are tested and measured, and a network is trained, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000 });

const WHEEL = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl';

let editor: RunningEditor;
let cache: string;

beforeAll(async () => {
  // A user who has installed nothing.
  cache = mkdtempSync(path.join(tmpdir(), 'skipwire-cache-'));
  editor = await openEditor({ spareEngine: true, environment: { SKIPWIRE_CACHE: cache, SKIPWIRE_ENGINE: '' } });
}, 120_000);

afterAll(async () => {
  await editor.close();
  rmSync(cache, { recursive: true, force: true });
});

test('with nothing native installed, networks train in WebAssembly, and the native engine is offered', async () => {
  const { page, workspace } = editor;
  page.setDefaultTimeout(120_000);
  await expect.poll(() => page.getByTestId('engine-state').textContent(), { timeout: 120_000 }).toMatch(/^WebAssembly/);
  await page.getByTestId('engine-state').click();
  await page.locator('[data-testid="engine-wasm"][data-state="ready"]').waitFor();
  expect(await page.getByTestId('engine-wasm').textContent()).toMatch(/Trains.*FLOP\/s/);
  expect(await page.getByTestId('engine-tensorflow').getAttribute('data-state')).toBe('missing');

  // So large that checking it never ends by itself; it has no content and takes no room.
  const wheel = path.join(workspace, WHEEL);
  writeFileSync(wheel, '');
  truncateSync(wheel, 4e12);
  await page.getByTestId('install-cpu').click();
  await page.getByTestId('install-dialog').getByText('274 MB').waitFor();
  await page.getByTestId('install-source').getByText(WHEEL).waitFor();
  await page.getByTestId('install-confirm').click();
  await page.getByTestId('installation').getByText('Checking the download').waitFor();
  await page.getByTestId('cancel-installation').click();
  await page.getByTestId('installation').waitFor({ state: 'detached' });

  truncateSync(wheel, 1000);
  await page.getByTestId('install-cpu').click();
  await page.getByTestId('install-source').getByText(WHEEL).waitFor();
  await page.getByTestId('install-confirm').click();
  await page.getByRole('heading', { name: 'The engine was not installed' }).waitFor();
  await page
    .getByText(/is damaged or is not the expected file/)
    .first()
    .waitFor();

  await page.getByTestId('network-first-residual').click();
  await page.getByTestId('node-conv1').waitFor();
  await page.getByTestId('tab-training').click();
  await page.getByTestId('slow-engine').waitFor();
  await page.getByTestId('train').click();
  await page.getByTestId('training-pane').getByText('WebAssembly', { exact: true }).waitFor();
  const accuracy = page.getByTestId('metric-validation-accuracy');
  await expect
    .poll(async () => parseFloat((await accuracy.textContent()) ?? ''), { timeout: 240_000 })
    .toBeGreaterThan(50);
  expect(editor.errors).toEqual([]);
});
