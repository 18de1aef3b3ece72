import { readFileSync, writeFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { axeFindingsInBothThemes } from './axe.ts';
import { addNode, openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

beforeEach(async () => {
  editor = await openEditor();
});

afterEach(async () => {
  await editor.close();
});

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').fill(name);
  await page.getByTestId('dialog-confirm').click();
}

async function saveAs(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+Shift+s');
  await page.getByTestId('dialog-name').fill(name);
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('dirty').and(page.locator('[data-dirty="false"]')).waitFor();
}

const isDirty = (page: Page): Promise<string | null> => page.getByTestId('dirty').getAttribute('data-dirty');

test('a broken file and a newer one are refused in words, and the drawing stays', { timeout: 180_000 }, async () => {
  const { page, workspace } = editor;
  await addNode(page, 'input', 200, 200);
  await saveAs(page, 'mine');
  writeFileSync(path.join(workspace, 'broken.json'), '{ "format": "skipwire/document@1",\n "name": ');
  writeFileSync(path.join(workspace, 'newer.json'), '{ "format": "skipwire/document@99", "name": "x" }');

  for (const [name, words] of [
    ['broken.json', /not valid JSON: it breaks at line 2/],
    ['newer.json', /written by a newer Skipwire/],
    ['absent.json', /absent\.json/],
  ] as const) {
    await openFile(page, name);
    await page.getByTestId('unreadable-dialog').filter({ hasText: words }).waitFor();
    await page.getByTestId('dialog-confirm').click();
    await page.getByTestId('unreadable-dialog').waitFor({ state: 'detached' });
    expect(await page.getByTestId('node-input-1').count(), name).toBe(1);
  }
  expect(await isDirty(page)).toBe('false');
});

test(
  'a file with an op nobody knows opens, says so on the node, and cannot be trained',
  { timeout: 180_000 },
  async () => {
    const { page, workspace } = editor;
    const graph = { nodes: { mystery: { op: 'warpDrive', position: { x: 0, y: 0 } } } };
    const document = { format: 'skipwire/document@1', name: 'From tomorrow', graph };
    writeFileSync(path.join(workspace, 'tomorrow.json'), JSON.stringify(document));
    await openFile(page, 'tomorrow.json');
    await page.getByTestId('node-mystery').waitFor();
    await page.getByTestId('problems-toggle').click();
    await page
      .getByRole('region', { name: 'Problems' })
      .getByText(/warpDrive/)
      .first()
      .waitFor();
    expect(await page.getByTestId('train').getAttribute('aria-disabled')).toBe('true');
  },
);

test('unsaved changes are asked about before their document is closed', { timeout: 180_000 }, async () => {
  const { page } = editor;
  await addNode(page, 'input', 200, 200);
  await page.getByTestId('close-tab').click();
  await page.getByText('Save your changes first?').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await page.getByTestId('node-input-1').count()).toBe(1);

  await page.getByTestId('menu-file').click();
  await page.getByTestId('file-close').click();
  await page.getByTestId('dialog-discard').click();
  await page.getByTestId('node-input-1').waitFor({ state: 'detached' });
  await page.getByTestId('start-card').waitFor();
});

test('a file that changed on disk is not overwritten unasked; both can be kept', { timeout: 180_000 }, async () => {
  const { page, workspace } = editor;
  await addNode(page, 'input', 200, 200);
  await saveAs(page, 'shared');
  const file = path.join(workspace, 'shared.json');
  await addNode(page, 'relu', 500, 300);
  const theirs = readFileSync(file, 'utf8').replace('Untitled network', 'Their network');
  writeFileSync(file, theirs);
  utimesSync(file, new Date(), new Date(Date.now() + 5000));

  await page.keyboard.press('Control+s');
  await page.getByText('The file changed on disk').waitFor();
  expect(await axeFindingsInBothThemes(page, 'file changed', '[data-modal]')).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(theirs);
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('dirty').and(page.locator('[data-dirty="false"]')).waitFor();
  expect(readFileSync(file, 'utf8')).toBe(theirs);
  expect(readFileSync(path.join(workspace, 'shared-2.json'), 'utf8')).toContain('relu');
});

test('while the host is killed one goes on drawing, and the draft keeps everything', { timeout: 180_000 }, async () => {
  const { page, server } = editor;
  await addNode(page, 'input', 200, 200);
  server.kill('SIGKILL');
  await page.getByTestId('connection-state').filter({ hasText: 'Reconnecting' }).waitFor();
  await addNode(page, 'relu', 500, 300);
  await page.keyboard.press('Control+s');
  await page.getByTestId('dialog-confirm').click();
  await page.getByText('The engine host cannot be reached.').first().waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByTestId('node-input-1').count()).toBe(1);
  expect(await page.getByTestId('node-relu-1').count()).toBe(1);
  await page.waitForFunction(() => Object.values(localStorage).some((text) => String(text).includes('relu')));
});

test('a wrong key is told plainly, and a right link in the same tab mends it', { timeout: 180_000 }, async () => {
  const { page, address } = editor;
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser');
  const stranger = await browser.newPage();
  await stranger.goto(address.replace(/#token=.*/, '#token=guess'));
  await stranger.getByTestId('refused').filter({ hasText: 'This link’s key is wrong' }).waitFor();
  expect(await stranger.evaluate(() => location.hash)).toBe('');
  await stranger.goto(address);
  await stranger.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor();
  expect(await stranger.getByTestId('refused').count()).toBe(0);
});
