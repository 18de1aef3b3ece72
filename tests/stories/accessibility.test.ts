import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { axeFindingsInBothThemes } from './axe.ts';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Everything there is is opened and looked at twice, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 600_000 });

let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
  await page.getByTestId('network-first-residual').click();
  await page.getByTestId('node-add').waitFor();
  // A frame and a note, for what is selected and for how they look.
  await page.keyboard.press('Control+a');
  await run('Frame the selection');
  await page.keyboard.press('Escape');
  await run('Add a note');
  await page.keyboard.press('Escape');
  await page.locator('.react-flow__node-note').waitFor();
});

afterAll(async () => {
  await editor.close();
});

async function openPalette(): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByTestId('command-palette').waitFor();
}

async function run(command: string): Promise<void> {
  await openPalette();
  // All at once: the list is made anew with every letter.
  await page.keyboard.insertText(command);
  await page.getByRole('option', { name: command }).first().click();
  await page.getByTestId('command-palette').waitFor({ state: 'detached' });
}

const POPUP = '[data-modal], [data-testid="search-box"]';

async function closePopups(): Promise<void> {
  for (let tries = 0; (await page.locator(POPUP).count()) > 0; tries++) {
    if (tries > 5) throw new Error('Escape does not close what is open');
    await page.keyboard.press('Escape');
    await page
      .locator(POPUP)
      .first()
      .waitFor({ state: 'detached', timeout: 2000 })
      .catch(() => null);
  }
}

async function dismissMessages(): Promise<void> {
  const messages = page.getByTestId('toast');
  // One may go by itself just before it is pressed.
  while ((await messages.count()) > 0) {
    await messages
      .first()
      .getByRole('button', { name: 'Dismiss' })
      .click({ timeout: 1000 })
      .catch(() => null);
  }
}

test('the window, with each kind of thing selected', async () => {
  const findings: string[] = [];
  await page.getByTestId('node-conv2').click();
  findings.push(...(await axeFindingsInBothThemes(page, 'a node')));
  // The whole palette was looked at: from here on it shows little, as most of what axe walks through for every look lies there.
  await page.getByTestId('palette-search').fill('conv');
  await page.getByTestId('node-conv2').click();
  // Everything else stays the same.
  for (const [name, select] of [
    ['nothing selected', async () => page.keyboard.press('Escape')],
    ['a wire', async () => page.locator('[aria-label*="kip wire from relu1 to add"]').first().press('Enter')],
    ['a frame', async () => page.locator('.react-flow__node-frame').first().press('Enter')],
    ['a note', async () => page.locator('.react-flow__node-note').first().press('Enter')],
    ['everything', async () => page.keyboard.press('Control+a')],
  ] as const) {
    await select();
    findings.push(...(await axeFindingsInBothThemes(page, name, 'section[aria-label="Inspector"]')));
  }
  expect(findings).toEqual([]);
});

test('every pane', async () => {
  await page.getByTestId('menu-view').click();
  const panes = await page
    .locator('[data-testid^="file-pane:"]')
    .evaluateAll((items) => items.map((item) => item.textContent.replace(/Alt\+.*/, '')));
  await page.keyboard.press('Escape');
  expect(panes.length).toBeGreaterThanOrEqual(5);
  const findings: string[] = [];
  for (const pane of panes) {
    const shown = page.getByRole('region', { name: pane, exact: true });
    if ((await shown.count()) === 0) await run(`Show ${pane}`);
    await shown.waitFor();
    findings.push(...(await axeFindingsInBothThemes(page, pane, `section[aria-label="${pane}"]`)));
  }
  expect(findings).toEqual([]);
});

test('every dialog that a command opens, and the command palette', async () => {
  await page.getByTestId('node-conv2').click();
  await openPalette();
  const findings = [...(await axeFindingsInBothThemes(page, 'command palette', '[data-modal]'))];
  const labels = await page
    .getByTestId('command-palette')
    .getByRole('option')
    .evaluateAll((options) => options.map((option) => option.querySelector('span + span')?.textContent ?? ''));
  await closePopups();
  const dialogs = labels.filter((label) => label.endsWith('…') && label !== 'All commands…');
  expect(dialogs.length).toBeGreaterThanOrEqual(9);
  for (const label of dialogs) {
    await page.getByTestId('node-conv2').click();
    await dismissMessages();
    await run(label);
    // A command may have had nothing to do with what is selected; then it said so.
    await page.locator(POPUP).or(page.getByTestId('toast')).first().waitFor();
    if ((await page.locator(POPUP).count()) === 0) continue;
    findings.push(...(await axeFindingsInBothThemes(page, label, POPUP)));
    await closePopups();
  }
  expect(findings).toEqual([]);
});

test('every menu', async () => {
  const findings: string[] = [];
  const menus = page.locator('button[aria-haspopup="menu"]:visible');
  const count = await menus.count();
  expect(count).toBeGreaterThanOrEqual(6);
  for (let index = 0; index < count; index++) {
    const menu = menus.nth(index);
    const name = (await menu.getAttribute('aria-label')) ?? (await menu.textContent()) ?? '';
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    findings.push(...(await axeFindingsInBothThemes(page, `menu ${name}`, '[role="menu"]')));
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
  }
  // On the canvas: under the right button, and under the menu key for what has the focus.
  const pressMenu = async (selector: string) => {
    await page.locator(selector).first().dispatchEvent('contextmenu', { bubbles: true, cancelable: true });
  };
  for (const [name, open] of [
    ['a node', async () => page.getByTestId('node-conv2').click({ button: 'right' })],
    [
      'the canvas',
      async () => page.locator('.react-flow__pane').click({ button: 'right', position: { x: 20, y: 60 } }),
    ],
    ['a wire', async () => pressMenu('[aria-label*="kip wire from relu1 to add"]')],
    ['a frame', async () => pressMenu('.react-flow__node-frame .sw-frame-title')],
    ['a note', async () => pressMenu('.react-flow__node-note')],
  ] as const) {
    await open();
    await page.getByTestId('canvas-menu').waitFor();
    findings.push(...(await axeFindingsInBothThemes(page, `menu of ${name}`, '[data-testid="canvas-menu"]')));
    await page.keyboard.press('Escape');
    await page.getByTestId('canvas-menu').waitFor({ state: 'detached' });
  }
  expect(findings).toEqual([]);
});

test('questions about files, the tour, the inside of a block, and a message', async () => {
  const findings: string[] = [];
  await page.keyboard.press('Alt+w');
  await page.locator('[data-modal]').waitFor();
  findings.push(...(await axeFindingsInBothThemes(page, 'unsaved changes', '[data-modal]')));
  await closePopups();
  writeFileSync(path.join(editor.workspace, 'broken.json'), '{"format": 1}');
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').fill('broken.json');
  await page.getByTestId('dialog-confirm').click();
  await page.getByText('broken.json').first().waitFor();
  findings.push(...(await axeFindingsInBothThemes(page, 'a file that cannot be read', '[data-modal]')));
  await closePopups();
  await run('Take the tour');
  await page.getByTestId('tour-step').waitFor();
  findings.push(...(await axeFindingsInBothThemes(page, 'tour', 'main')));
  await page.getByTestId('palette-search').fill('');
  await page.getByTestId('palette-residual-basic').click();
  await page.getByTestId('node-residual-basic-1').dblclick();
  await page.getByRole('navigation', { name: 'Where you are' }).waitFor();
  findings.push(...(await axeFindingsInBothThemes(page, 'inside a block', 'main')));
  expect(findings).toEqual([]);
});

test('messages: that something was done, could not be done, or had nothing to do', async () => {
  const findings: string[] = [];
  const toast = page.getByTestId('toast');
  const look = async (name: string) => {
    // It stays as long as the pointer is on it.
    await toast.first().hover();
    findings.push(...(await axeFindingsInBothThemes(page, name, '[data-testid="toast"]')));
    await toast.first().getByRole('button', { name: 'Dismiss' }).click();
    await toast.first().waitFor({ state: 'detached' });
  };
  await page.getByTestId('document-tab').filter({ hasText: 'First residual' }).click();
  await page.keyboard.press('Control+s');
  await page.getByTestId('dialog-name').fill('first.json');
  await page.getByTestId('dialog-confirm').click();
  await toast.filter({ hasText: 'Saved first.json' }).waitFor();
  await look('saved');
  await page.getByTestId('node-conv2').click();
  await run('Unpack the selected block');
  await toast.filter({ hasText: 'Nothing to unpack' }).waitFor();
  await look('nothing to unpack');
  // A gap in the flow is a mistake.
  await page.getByTestId('node-conv2').click();
  await page.keyboard.press('Shift+Delete');
  await page.getByTestId('node-conv2').waitFor({ state: 'detached' });
  await run('Unpack all blocks');
  await toast.filter({ hasText: 'Not unpacked' }).waitFor();
  await look('not unpacked');
  await page.keyboard.press('Control+z');
  await page.getByTestId('node-conv2').waitFor();
  expect(findings).toEqual([]);

  // A button that has nothing more to do keeps the focus, and leaves the keys to the window.
  const undo = page.getByTestId('undo');
  while ((await undo.getAttribute('aria-disabled')) !== 'true') await undo.click();
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').waitFor();
  await closePopups();
  await page.keyboard.press('Control+Shift+z');
});

test('nodes, ports and wires have names that say what they are', async () => {
  await page.getByTestId('document-tab').filter({ hasText: 'First residual' }).click();
  const node = page.locator('.react-flow__node').filter({ has: page.getByTestId('node-conv2') });
  expect(await node.getAttribute('aria-label')).toMatch(/conv2.*Conv2D/);
  expect(await page.getByTestId('port-add-b-in').getAttribute('aria-label')).toBe('Input b of add');
  expect(await page.locator('[aria-label*="kip wire from relu1 to add"]').count()).toBe(1);
});

test('who wishes less motion gets none, and the focus is always to be seen', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByTestId('menu-view').focus();
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .flatMap((element) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
        return [transitionDuration, animationName === 'none' ? '0s' : animationDuration];
      })
      .flatMap((text) => text.split(',').map(parseFloat))
      .filter((seconds) => seconds > 0.001),
  );
  expect(durations).toEqual([]);
  await page.emulateMedia({ reducedMotion: null });

  // What Tab comes to differs from what it left, by an outline or a ring.
  await page.getByTestId('menu-file').focus();
  const unseen: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const told = await page.evaluate(async () => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      await Promise.all(element.getAnimations({ subtree: true }).map((animation) => animation.finished));
      const probe = document.createElement('i');
      probe.style.color = 'var(--color-focus)';
      document.body.append(probe);
      const focusColour = getComputedStyle(probe).color;
      probe.remove();
      // A card, a wire and a line between panes show it on what is drawn inside of them.
      const isSeen = [element, ...element.querySelectorAll('*')].some((part) => {
        const { outlineStyle, outlineWidth, stroke } = getComputedStyle(part);
        const after = getComputedStyle(part, '::after').backgroundColor;
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || [stroke, after].includes(focusColour);
      });
      return isSeen ? null : element.outerHTML.slice(0, 160);
    });
    if (told !== null) unseen.push(told);
  }
  expect(unseen).toEqual([]);
  expect(editor.errors).toEqual([]);
});
