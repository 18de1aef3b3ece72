import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addNode, fill, openEditor, type RunningEditor } from './openEditor.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

/* The editor here, the host at the other end of a tunnel that breaks, and a second editor at the same host. */

const LONG = { timeout: 300_000 };
const PATIENCE = 120_000;

let editor: RunningEditor;
let browser: Browser;
let tunnel: Tunnel;
let key: string;
beforeAll(async () => {
  editor = await openEditor();
  const found = editor.page.context().browser();
  if (found === null) throw new Error('The page has no browser');
  browser = found;
  const { hash, port } = new URL(editor.address);
  key = hash.replace('#token=', '');
  tunnel = await openTunnel(Number(port));
});
afterAll(async () => {
  await tunnel.close();
  await editor.close();
});

/** An editor of its own: another browser, as far as pages can tell. */
async function another(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  return { context, page };
}

const through = (fragment: string): string => `http://127.0.0.1:${tunnel.port}/${fragment}`;
const isConnected = (page: Page): Promise<void> =>
  page.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor({ timeout: PATIENCE });

/** The step that the curves of a page have reached. */
const stepOf = async (page: Page): Promise<number> =>
  parseFloat((await page.getByTestId('metric-step').getAttribute('data-value', { timeout: PATIENCE })) ?? '');

const reaches = (page: Page, step: number) =>
  expect.poll(() => stepOf(page), { timeout: PATIENCE }).toBeGreaterThan(step);

/** The last step that the host has written down. */
function stepOnDisk(): number {
  const runs = path.join(editor.workspace, 'runs');
  const [run = ''] = readdirSync(runs);
  const last =
    readFileSync(path.join(runs, run, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .at(-1) ?? '{}';
  return Number((JSON.parse(last) as { step?: number }).step ?? 0);
}

test(
  'a tunnel breaks in the middle of a run, and after it is mended the curves go on; a second editor saw all of it',
  LONG,
  async () => {
    const { context, page } = await another();
    await page.goto(through(`#token=${key}`));
    await isConnected(page);
    await page.getByTestId('network-first-residual').click();
    await page.getByTestId('tab-training').click();
    await fill(page, 'epochs', '2000');
    await page.getByTestId('train').click();
    await reaches(page, 20);

    const second = editor.page;
    await second.getByTestId('network-first-residual').click();
    await second.getByTestId('tab-training').click();
    await reaches(second, 20);

    await tunnel.breakDown();
    const notice = page.getByTestId('connection-notice');
    await notice.filter({ hasText: 'Reconnecting' }).waitFor();
    const before = await stepOf(second);
    await reaches(second, before + 50);
    // What had come through has been drawn by now; nothing more comes, and what was there stays.
    const lost = await stepOf(page);
    await reaches(second, before + 100);
    expect(await stepOf(page)).toBe(lost);
    await notice.filter({ hasText: /Reconnecting in \d+ s/ }).waitFor();

    await tunnel.mend();
    // It tries by itself too, and may be there first: then the button is gone.
    await Promise.race([page.getByTestId('connect-now').click(), isConnected(page)]);
    await isConnected(page);
    await reaches(page, before + 100);
    await second.getByTestId('stop').click();
    await page.getByTestId('run-state').filter({ hasText: 'Stopped' }).waitFor();
    for (const shown of [page, second]) {
      await expect
        .poll(async () => Math.abs((await stepOf(shown)) - stepOnDisk()), { timeout: PATIENCE })
        .toBeLessThan(0.01);
    }
    await context.close();
  },
);

/** How many documents with unsaved work the host keeps. */
function unsaved(): number {
  const journal = path.join(editor.workspace, '.skipwire', 'journal');
  return existsSync(journal) ? readdirSync(journal).filter((name) => name.endsWith('.json')).length : 0;
}

test(
  'two editors have one file: what one saves the other has at once, or is asked about; unsaved work of one is not offered to the other',
  LONG,
  async () => {
    const first = editor.page;
    await first.keyboard.press('Alt+n');
    await first.getByTestId('start-card').waitFor();
    await addNode(first, 'input', 200, 200);
    await first.keyboard.press('Control+Shift+s');
    await first.getByTestId('dialog-name').fill('shared');
    await first.getByTestId('dialog-confirm').click();
    await first.getByTestId('dialog-name').waitFor({ state: 'detached' });
    await first.keyboard.press('Alt+n');
    await first.getByTestId('start-card').waitFor();
    await addNode(first, 'gelu', 200, 200);
    await expect.poll(unsaved, { timeout: PATIENCE }).toBeGreaterThan(0);

    const { context, page } = await another();
    await page.goto(editor.address);
    await isConnected(page);
    await page.getByTestId('menu-file').click();
    await page.getByTestId('file-recent').hover();
    await page.getByTestId('recent-document').filter({ hasText: 'shared.json' }).click();
    await page.getByTestId('node-input-1').waitFor();
    await addNode(page, 'relu', 300, 300);
    await page.keyboard.press('Control+s');
    await first.getByTestId('document-tab').filter({ hasText: 'shared' }).click();
    await first.getByTestId('node-relu-1').waitFor({ timeout: PATIENCE });

    await addNode(first, 'tanh', 300, 400);
    await addNode(page, 'silu', 300, 400);
    await page.keyboard.press('Control+s');
    await first.getByTestId('outside-reload').click({ timeout: PATIENCE });
    await first.getByTestId('node-silu-1').waitFor();
    expect(await first.getByTestId('node-tanh-1').count()).toBe(0);
    await first.keyboard.press('Control+z');
    await first.getByTestId('node-tanh-1').waitFor();
    expect(await page.getByTestId('recovery-dialog').count()).toBe(0);
    await context.close();
  },
);
