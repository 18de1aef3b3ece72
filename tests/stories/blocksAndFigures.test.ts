import { existsSync, readFileSync } from 'node:fs';
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

const parameters = (count: RegExp): Promise<void> => page.getByTestId('totals').filter({ hasText: count }).waitFor();

test('selected nodes become a block with a port for each cut wire; its depth is slid, and costs follow', async () => {
  await page.getByTestId('network-first-residual').click();
  await page.getByTestId('node-conv2').click();
  for (const id of ['bn2', 'add', 'relu2']) await page.getByTestId(`node-${id}`).click({ modifiers: ['Shift'] });
  await page.getByTestId('make-block').click();
  await page.getByTestId('port-block-1-input-in').waitFor();
  await page.getByTestId('port-block-1-output-out').waitFor();
  await parameters(/9.962 parameters/);
  expect(await page.getByTestId('problems-toggle').textContent()).toContain('No problems');

  await page.getByTestId('depth').focus();
  for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  // 9 216 weights of the convolution and 64 of the normalization for each of two more.
  await parameters(/28.522 parameters/);
  await page.getByTestId('tab-history').click();
  expect(await page.getByTestId('history-step').allTextContents()).toEqual([
    'Opened',
    '1Make a block',
    '2Change repeat',
    '3Change repeat',
  ]);
  await page.getByTestId('history-step').nth(1).click();
  await parameters(/9.962 parameters/);
  await page.getByTestId('history-step').nth(3).click();
  await parameters(/28.522 parameters/);
  await page.getByTestId('tab-inspector').click();
});

test('inside a block a parameter is promoted, and set from outside by Esc and a field', async () => {
  await page.getByTestId('node-block-1').dblclick();
  await page.getByTestId('breadcrumb').waitFor();
  await page.getByTestId('fit-view').click();
  await page.getByTestId('node-conv2').click();
  await page.getByRole('button', { name: 'Promote Filters to the block' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByTestId('node-block-1').waitFor();
  await page.getByTestId('field-filters').waitFor();
  expect(await page.getByTestId('field-filters').inputValue()).toBe('32');
});

test('what a block declares is renamed, limited and described; uses and expressions follow', async () => {
  await page.getByTestId('node-block-1').dblclick();
  await page.getByTestId('breadcrumb').waitFor();
  await page.getByTestId('declared-filters').click();
  const fill = async (field: string, text: string): Promise<void> => {
    await page.getByTestId(field).fill(text);
    await page.getByTestId(field).press('Enter');
  };
  await fill('declared-maximum', '16');
  await page.getByText('The default lies outside the limits.').waitFor();
  await page.keyboard.press('Escape');
  await fill('declared-maximum', '64');
  await fill('declared-default', '48');
  await page.getByTestId('declared-description').fill('Channels of the branch.');
  await page.keyboard.press('Control+Enter');
  await fill('declared-name', 'index');
  await page.getByText('means something in expressions already').waitFor();
  await page.keyboard.press('Escape');
  await fill('declared-name', 'width');
  await page.getByTestId('declaration-width').waitFor();
  await page.getByTestId('node-conv2').click();
  await expect.poll(() => page.getByTestId('field-filters').inputValue()).toBe('= width');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByTestId('field-width').waitFor();
  expect(await page.getByTestId('field-width').inputValue()).toBe('48');
  await fill('field-width', '99');
  await page.getByText('Must be at most 64.').waitFor();
  await page.keyboard.press('Escape');
  // Four steps back: the parameter is called and limited as it was.
  await page.getByTestId('node-block-1').click();
  for (let step = 0; step < 4; step++) await page.keyboard.press('Control+z');
  await page.getByTestId('field-filters').waitFor();
  expect(await page.getByTestId('field-filters').inputValue()).toBe('32');
});

test('a copy is made unique, and unpacked again', async () => {
  await page.getByTestId('node-block-1').click();
  await page.keyboard.press('Control+d');
  await page.getByTestId('node-block-2').waitFor();
  await page.getByTestId('make-unique').click();
  await page.getByTestId('make-unique').waitFor({ state: 'detached' });
  await page.getByTestId('unpack-block').click();
  await page.getByTestId('node-block-2').waitFor({ state: 'detached' });
  // Three repetitions of four nodes in the place of one.
  await page.getByTestId('inspector-selection').getByText('12 nodes').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByTestId('node-block-2').waitFor();
});

test('a block is published with its name and picture, and dragged from the library into another network', async () => {
  await page.getByTestId('node-block-1').click();
  await page.getByTestId('publish-block').click();
  await page.getByTestId('publish-name').fill('My residual');
  await page.getByTestId('publish-description').fill('A branch and a skip.');
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('publish-dialog').waitFor({ state: 'detached' });
  const file = path.join(editor.workspace, 'library', 'my-residual');
  expect(readFileSync(`${file}.json`, 'utf8')).toContain('A branch and a skip.');
  expect(readFileSync(`${file}.svg`, 'utf8')).toContain('>Conv2D</text>');

  await page.keyboard.press('Alt+n');
  await page.getByTestId('start-card').waitFor();
  const item = page.getByTestId('palette-own-my-residual');
  await item.scrollIntoViewIfNeeded();
  await item.dragTo(page.getByTestId('network-canvas'), { targetPosition: { x: 300, y: 80 } });
  await page.getByTestId('node-my-residual-1').waitFor();
});

test('a block of the library is renamed, described and taken out, and put back', async () => {
  const item = page.getByTestId('palette-own-my-residual');
  await item.focus();
  await page.keyboard.press('F2');
  await page.getByTestId('library-name').fill('Thin residual');
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('library-block-dialog').waitFor({ state: 'detached' });
  await item.waitFor({ state: 'detached' });
  const renamed = page.getByTestId('palette-own-thin-residual');
  await renamed.waitFor();
  const library = path.join(editor.workspace, 'library');
  expect(existsSync(path.join(library, 'my-residual.json'))).toBe(false);
  expect(readFileSync(path.join(library, 'thin-residual.json'), 'utf8')).toContain('A branch and a skip.');
  await renamed.hover();
  await page.getByTestId('edit-own-thin-residual').click();
  await page.getByTestId('library-remove').click();
  await renamed.waitFor({ state: 'detached' });
  expect(existsSync(path.join(library, 'thin-residual.svg'))).toBe(false);
  // The network that uses it keeps its copy.
  await page.getByTestId('node-my-residual-1').waitFor();
  await page.getByRole('button', { name: 'Put it back' }).click();
  await renamed.waitFor();
  expect(readFileSync(path.join(library, 'thin-residual.svg'), 'utf8')).toContain('>Conv2D</text>');
});

test('the network is taken away as SVG, PDF, TikZ and PNG', async () => {
  await page.getByTestId('document-tab').first().click();
  await page.getByTestId('node-block-1').waitFor();
  for (const [format, extension, start] of [
    ['SVG', 'svg', '<svg'],
    ['PDF', 'pdf', '%PDF-1.4'],
    ['TikZ', 'tex', '\\documentclass'],
    ['PNG', 'png', '\u0089PNG'],
  ] as const) {
    await page.keyboard.press('Control+Shift+e');
    await page.getByTestId('figure-preview').waitFor();
    await page.getByTestId('figure-format').click();
    await page.getByRole('option', { name: format }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('dialog-confirm').click()]);
    expect(download.suggestedFilename()).toBe(`first-residual-network.${extension}`);
    const saved = await download.path();
    expect(existsSync(saved)).toBe(true);
    expect(readFileSync(saved, 'latin1').startsWith(start)).toBe(true);
    await page.getByTestId('figure-dialog').waitFor({ state: 'detached' });
  }
  expect(editor.errors).toEqual([]);
});
