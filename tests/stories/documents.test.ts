import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { axeFindingsInBothThemes } from './axe.ts';
import { addNode, asOneBrowser, fill, openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

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

/** What the journal on the disk holds, all entries in one text. */
function journal(workspace: string): string {
  const folder = path.join(workspace, '.skipwire', 'journal');
  try {
    return readdirSync(folder)
      .map((name) => readFileSync(path.join(folder, name), 'utf8'))
      .join('');
  } catch {
    return '';
  }
}

/**
 * No more than two seconds of work may be lost: the host's own record says when it had it. On a machine where a second of
 * the page takes longer than a second, as much more.
 */
async function keptInTime(words: string): Promise<void> {
  const drawn = Date.now();
  const second = editor.page
    .evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)))
    .then(() => Date.now() - drawn);
  await expect.poll(() => journal(editor.workspace), { timeout: 60_000, interval: 50 }).toContain(words);
  const saved = [...journal(editor.workspace).matchAll(/"saved":(\d+)/g)].map(([, time]) => Number(time));
  expect(Math.max(...saved) - drawn).toBeLessThanOrEqual(2 * (await second));
}

function browserOf(page: Page): Browser {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser');
  return browser;
}

async function killRenderers(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, 'SIGKILL');
}

test('the page is killed: what was drawn is offered for each document, with its file', async () => {
  const { page, workspace, address } = editor;
  await addNode(page, 'input', 200, 200);
  await saveAs(page, 'one');
  await addNode(page, 'relu', 300, 300);
  await page.keyboard.press('Alt+n');
  await addNode(page, 'gelu', 300, 300);
  await keptInTime('gelu');
  expect(journal(workspace)).toContain('relu');
  const browser = browserOf(page);
  const crashed = page.waitForEvent('crash');
  await killRenderers(browser);
  await crashed;

  const again = await browser.newPage();
  await asOneBrowser(again);
  await again.goto(address);
  const offered = again.getByTestId('recovery-entry');
  await offered.filter({ hasText: 'one.json' }).waitFor();
  expect(await offered.count()).toBe(2);
  expect(await axeFindingsInBothThemes(again, 'recovery', '[data-modal]')).toEqual([]);
  await again.getByTestId('recover-all').click();
  await offered.first().waitFor({ state: 'detached' });
  await tab(again, 'one').click();
  await again.getByTestId('node-relu-1').waitFor();
  await tab(again, 'Untitled').click();
  await again.getByTestId('node-gelu-1').waitFor();
  // Still in the journal, once each, until it is saved.
  await tab(again, 'one').click();
  await again.keyboard.press('Control+s');
  await expect.poll(() => journal(workspace), { timeout: 60_000 }).not.toContain('relu');
  expect(readFileSync(path.join(workspace, 'one.json'), 'utf8')).toContain('relu');
});

test('the host is killed, and the page with it: a new host offers what was drawn', async () => {
  const { page, workspace, server } = editor;
  await addNode(page, 'input', 200, 200);
  await keptInTime('input-1');
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await killRenderers(browserOf(page));
  await ended;

  const again = await openEditor({ workspace });
  try {
    await again.page.getByTestId('recover').click();
    await again.page.getByTestId('node-input-1').waitFor();
    expect(await again.page.getByTestId('dirty').getAttribute('data-dirty')).toBe('true');
  } finally {
    await again.close();
  }
});

test('a file that another program changes is read again, or asked about when there are changes here', async () => {
  const { page, workspace } = editor;
  await addNode(page, 'input', 200, 200);
  await saveAs(page, 'shared');
  const file = path.join(workspace, 'shared.json');
  const theirs = (name: string): void =>
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"name": "[^"]*"/, `"name": "${name}"`));

  theirs('Theirs');
  await tab(page, 'Theirs').waitFor();
  expect(await page.getByTestId('dirty').getAttribute('data-dirty')).toBe('false');
  await page.keyboard.press('Control+z');
  await tab(page, 'shared').waitFor();

  theirs('Once more');
  await page.getByTestId('outside-reload').click();
  await tab(page, 'Once more').waitFor();
  await page.getByTestId('menu-file').click();
  await page.getByTestId('file-recent').hover();
  await page.getByTestId('recent-document').filter({ hasText: 'shared.json' }).waitFor();
  expect(editor.errors).toEqual([]);
});

test('files dragged into the window are opened, each in a tab', async () => {
  const { page } = editor;
  const text = (name: string): string =>
    JSON.stringify({ format: 'skipwire/document@1', name, graph: { nodes: { a: { op: 'relu' } } } });
  await page.evaluate(
    (contents) => {
      const dataTransfer = new DataTransfer();
      for (const [name, content] of contents) dataTransfer.items.add(new File([content], `${name}.json`));
      window.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    ['First', 'Second'].map((name): [string, string] => [name, text(name)]),
  );
  await tab(page, 'Second').waitFor();
  await tab(page, 'First').click();
  await page.getByTestId('node-a').waitFor();
});

test('what differs from the saved file and from a version in git is marked, listed, and gone when it is undone', async () => {
  const { page, workspace } = editor;
  await page.getByTestId('network-first-residual').click();
  await saveAs(page, 'net');
  const git = (...words: string[]): void => {
    const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.org'];
    execFileSync('git', ['-C', workspace, ...who, ...words], { stdio: 'ignore' });
  };
  git('init');
  git('add', 'net.json');
  git('commit', '-m', 'Draw it');

  await page.getByTestId('node-conv1').click();
  await fill(page, 'field-filters', '64');
  await page.getByTestId('node-bn1').click();
  await page.keyboard.press('Delete');
  await page.keyboard.press('Alt+d');
  await page.getByTestId('compare-saved').click();
  const summary = page.getByTestId('compare-summary');
  await summary.filter({ hasText: '1 removed, 2 changed' }).waitFor();
  await page.getByTestId('removed-bn1').waitFor();
  await page.locator('.sw-changed').getByTestId('node-conv1').waitFor();
  await page.getByTestId('compare-line').filter({ hasText: 'filters 32 → 64' }).getByRole('button').click();
  await expect.poll(() => page.locator('.sw-node.is-selected').getAttribute('data-testid')).toBe('node-conv1');
  await page.keyboard.press('Control+z');
  await summary.filter({ hasText: /^1 changed$/ }).waitFor();
  await page.getByTestId('compare-stop').click();
  await page.keyboard.press('Control+s');
  await page.getByTestId('dirty').and(page.locator('[data-dirty="false"]')).waitFor();

  await page.keyboard.press('Alt+d');
  await page.getByTestId('compare-version').filter({ hasText: 'Draw it' }).click();
  await summary.filter({ hasText: /^1 changed$/ }).waitFor();
});

test('two documents side by side change their roles, not their places', async () => {
  const { page } = editor;
  await addNode(page, 'input', 200, 200);
  await page.keyboard.press('Alt+n');
  await addNode(page, 'relu', 200, 200);
  await page.keyboard.press('Alt+b');
  const beside = page.getByTestId('beside');
  await beside.getByTestId('node-input-1').waitFor();
  const left = async (): Promise<number> => (await beside.boundingBox())?.x ?? 0;
  const before = await left();
  await page.getByTestId('edit-beside').click();
  await beside.getByTestId('node-relu-1').waitFor();
  expect(await left()).toBeLessThan(before);
  await page.getByTestId('network-canvas').getByTestId('node-input-1').waitFor();
  await page.keyboard.press('Alt+b');
  await beside.waitFor({ state: 'detached' });
  expect(editor.errors).toEqual([]);
});
