import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addNode, fill, openEditor, type RunningEditor } from './openEditor.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

/* The editor here, the host at the other end of a tunnel that breaks; two editors at one host; and the dialog that connects. */

const LONG = { timeout: 300_000 };
const PATIENCE = 120_000;

let editor: RunningEditor;
let browser: Browser;
let tunnel: Tunnel;
let port: number;
let key: string;
beforeAll(async () => {
  editor = await openEditor();
  const found = editor.page.context().browser();
  if (found === null) throw new Error('The page has no browser');
  browser = found;
  const { hash, port: text } = new URL(editor.address);
  [key, port] = [hash.replace('#token=', ''), Number(text)];
  tunnel = await openTunnel(port);
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
    const [lost, before] = [await stepOf(page), await stepOf(second)];
    await reaches(second, before + 50);
    // Nothing comes through, and what was there stays.
    expect(await stepOf(page)).toBe(lost);
    await notice.filter({ hasText: /Reconnecting in \d+ s/ }).waitFor();

    await tunnel.mend();
    await page.getByTestId('connect-now').click();
    await isConnected(page);
    await reaches(page, before + 50);
    await second.getByTestId('stop').click();
    await page.getByTestId('run-state').filter({ hasText: 'Stopped' }).waitFor();
    expect(Math.abs((await stepOf(page)) - stepOnDisk())).toBeLessThan(0.01);
    expect(await stepOf(page)).toBe(await stepOf(second));
    await context.close();
  },
);

test('two editors that have one file open notice what the other saves', LONG, async () => {
  const [one, two] = [await another(), await another()];
  for (const { page } of [one, two]) {
    await page.goto(editor.address);
    await isConnected(page);
  }
  await addNode(one.page, 'input', 200, 200);
  await one.page.keyboard.press('Control+s');
  await fill(one.page, 'dialog-name', 'shared');
  const isSaved = (page: Page) => page.getByTestId('dirty').and(page.locator('[data-dirty="false"]')).waitFor();
  await isSaved(one.page);

  await two.page.keyboard.press('Control+o');
  await fill(two.page, 'dialog-name', 'shared');
  await two.page.getByTestId('node-input-1').waitFor();
  await addNode(one.page, 'relu', 500, 300);
  await one.page.keyboard.press('Control+s');
  // Without changes of its own the other editor follows.
  await two.page.getByTestId('node-relu-1').waitFor();
  await isSaved(two.page);

  await addNode(two.page, 'flatten', 500, 500);
  await addNode(one.page, 'dense', 700, 300);
  await one.page.keyboard.press('Control+s');
  await isSaved(one.page);
  await two.page.getByTestId('outside-banner').waitFor();
  expect(await two.page.getByTestId('node-flatten-1').count()).toBe(1);
  await two.page.getByTestId('outside-keep').click();
  await two.page.keyboard.press('Control+s');
  // Now it is the other one that follows: the last who saves knowingly wins.
  await one.page.getByTestId('node-flatten-1').waitFor();
  await Promise.all([one.context.close(), two.context.close()]);
});

test(
  'a wrong key, a page of another host and an address where nobody is are told apart, and the right key connects',
  LONG,
  async () => {
    const { context, page } = await another();
    await page.goto(through('#token=guess'));
    await page.getByTestId('refused').waitFor();
    await page.getByTestId('connect-again').click();
    const problem = page.getByTestId('connect-problem');
    await page.getByTestId('connect-key').fill('another guess');
    await page.getByTestId('dialog-confirm').click();
    await problem.filter({ hasText: 'but not to this key' }).waitFor();

    await tunnel.breakDown();
    await page.getByTestId('dialog-confirm').click();
    await problem.filter({ hasText: 'No Skipwire answers' }).waitFor();
    await tunnel.mend();

    // The whole link is taken apart, and the key is not shown.
    await page.getByTestId('connect-address').fill(through(`#token=${key}`));
    expect(await page.getByTestId('connect-address').inputValue()).toBe(through('').slice(0, -1));
    expect(await page.getByTestId('connect-key').getAttribute('type')).toBe('password');
    await page.getByTestId('connect-remember').click();
    await page.getByTestId('dialog-confirm').click();
    await isConnected(page);
    expect(await page.getByTestId('refused').count()).toBe(0);
    await page.reload();
    await isConnected(page);

    // A host elsewhere brings its own editor.
    const elsewhere = await openTunnel(port);
    await page.getByTestId('connection-state').click();
    await page.getByTestId('remembered-host').waitFor();
    await page.getByTestId('connect-address').fill(`http://127.0.0.1:${elsewhere.port}/#token=${key}`);
    await page.getByTestId('dialog-confirm').filter({ hasText: 'Open its editor' }).click();
    await page.waitForURL(`http://127.0.0.1:${elsewhere.port}/**`);
    await isConnected(page);
    expect(page.url()).not.toContain(key);
    await elsewhere.close();

    const proxy = await openTunnel(port, { host: `127.0.0.1:${port}` });
    await page.goto(`http://127.0.0.1:${proxy.port}/#token=${key}`);
    await page
      .getByTestId('foreign')
      .filter({ hasText: `a page of http://127.0.0.1:${proxy.port}` })
      .waitFor();
    await proxy.close();
    await context.close();
  },
);

test('the desktop app goes to a host at the end of a tunnel with what is drawn, and back', LONG, async () => {
  const { context, page } = await another();
  // Stands in for the shell, whose own host never answers here.
  await page.addInitScript(() => Object.assign(window, { skipwire: { platform: 'linux', connect: () => undefined } }));
  await page.goto(through(''));
  await addNode(page, 'input', 200, 200);
  await page.getByTestId('connection-state').click();
  await page.getByTestId('connect-address').fill('http://gpubox:4747');
  await page.getByTestId('connect-key').fill(key);
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('connect-problem').filter({ hasText: 'ssh -N -L 4747:127.0.0.1:4747 gpubox' }).waitFor();
  await page.getByTestId('connect-address').fill(through(`#token=${key}`));
  await page.getByTestId('dialog-confirm').click();
  await page
    .getByTestId('connection-state')
    .filter({ hasText: `Connected to ${os.hostname()}` })
    .waitFor();
  await page.getByTestId('node-input-1').waitFor();
  await addNode(page, 'relu', 500, 300);

  await page.getByTestId('connection-state').click();
  await page.getByTestId('connect-own').click();
  await page.getByTestId('connection-state').filter({ hasNotText: 'Connected' }).waitFor();
  await page.getByTestId('node-relu-1').waitFor();
  await context.close();
});
