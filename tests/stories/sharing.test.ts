import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const root = fileURLToPath(new URL('../../', import.meta.url));
let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});

afterAll(async () => {
  await editor.close();
});

function skipwire(...given: string[]): string {
  return execFileSync(process.execPath, [path.join(root, 'dist/main/cli.js'), ...given], { encoding: 'utf8' });
}

async function command(name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.type(name);
  await page.getByRole('option').first().filter({ hasText: name }).waitFor();
  await page.keyboard.press('Enter');
}

const parameters = (count: RegExp): Promise<void> => page.getByTestId('totals').filter({ hasText: count }).waitFor();
const tabs = (): Promise<number> => page.getByRole('tab', { name: /ResNet-20/ }).count();

test('a network goes away as a link and comes back by opening it, by pasting it, and on the command line', async () => {
  await page.getByTestId('network-resnet-20').click();
  await parameters(/269.722 parameters/);
  await command('Copy a link');
  await page.getByText('Link copied').waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#network=[\w-]+$/);
  expect(JSON.parse(skipwire('summary', link, '--json'))).toMatchObject({ name: 'ResNet-20', parameters: 269_722 });

  const before = await tabs();
  // As in the address bar of the tab: only the fragment changes, so the page is not loaded again.
  await page.evaluate((address) => location.assign(address), link);
  await page.waitForFunction((count) => document.querySelectorAll('[role=tab]').length > count, before);
  expect(page.url()).not.toContain('network=');
  await parameters(/269.722 parameters/);

  await page.getByTestId('network-canvas').click({ position: { x: 30, y: 300 } });
  const shown = await tabs();
  await page.keyboard.press('Control+v');
  await page.waitForFunction((count) => document.querySelectorAll('[role=tab]').length > count, shown);
  await parameters(/269.722 parameters/);
});

test('a link that was cut says so and leaves everything as it is', async () => {
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate((address) => location.assign(address), link.slice(0, -20));
  await page.getByText(/The link is damaged/).waitFor();
  await page.keyboard.press('Escape');
  await parameters(/269.722 parameters/);
});

test('a picture carries its network: opened in the editor and on the command line', async () => {
  await command('Export a figure');
  await page.getByTestId('figure-format').click();
  await page.getByRole('option', { name: /PNG/ }).click();
  await page.getByTestId('figure-carries').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('dialog-confirm').click()]);
  const picture = path.join(editor.workspace, 'figure.png');
  writeFileSync(picture, readFileSync(await download.path()));
  expect(JSON.parse(skipwire('summary', picture, '--json'))).toMatchObject({ parameters: 269_722 });

  await page.keyboard.press('Control+o');
  await page.getByTestId('local-file').setInputFiles(picture);
  await page.getByTestId('local-file').waitFor({ state: 'detached' });
  await parameters(/269.722 parameters/);
  expect(editor.errors).toEqual([]);
});
