import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawingOn, type Drawing } from './drawing.ts';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Many small gestures in each: on a busy machine they take their time.
vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;
let drawing: Drawing;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
  drawing = drawingOn(page);
});

afterAll(async () => {
  await editor.close();
});

const selected = (): Promise<number> => page.locator('.sw-node.is-selected').count();

test('a frame is drawn round the selection, named, and carries what lies in it; undo puts all back', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu');
  await node('conv-1').click();
  await node('relu-1').click({ modifiers: ['Shift'] });
  await drawing.press('Control+g');
  await page.getByTestId('frame-title-field').fill('Branch');
  await drawing.press('Enter');
  const title = page.getByTestId('frame:frame-1').getByText('Branch');
  await title.waitFor();
  const [before, outside, held] = [await place(node('conv-1')), await place(node('input-1')), await place(title)];
  await drawing.stroke([held, { x: held.x + 30, y: held.y + 100 }]);
  await expect.poll(async () => (await place(node('conv-1'))).y).toBeGreaterThan(before.y + 60);
  expect(await place(node('input-1'))).toEqual(outside);
  await drawing.press('Control+z');
  await expect.poll(() => place(node('conv-1'))).toEqual(before);
  await title.click();
  await page.getByTestId('colour-green').click();
  await expect.poll(() => page.getByTestId('frame:frame-1').getAttribute('data-colour')).toBe('green');
  await title.click();
  await drawing.press('Delete');
  await page.getByTestId('frame:frame-1').waitFor({ state: 'detached' });
  await node('conv-1').waitFor();
});

test('a note is written in Markdown, found by its words, and comes along when copied', async () => {
  await drawing.begin('conv2d');
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.move(x, y - 100);
  await drawing.press('n');
  await page.getByTestId('note-field').fill('# Why\nthe **skip** stays open');
  await drawing.press('Control+Enter');
  await page.getByTestId('note:note-1').locator('strong').filter({ hasText: 'skip' }).waitFor();
  await drawing.press('Control+a', 'Control+d');
  await page.getByTestId('note:note-2').waitFor();
  await drawing.node('conv-2').waitFor();
  await drawing.press('Control+f');
  await page.getByTestId('find-input').fill('why');
  await page.locator('[data-testid^="found-"]').filter({ hasText: /why/i }).first().waitFor();
  await drawing.press('Enter');
  await page.getByTestId('inspector-mark').waitFor();
});

test('nodes are aligned and distributed by keys', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu');
  const start = await place(node('conv-1'));
  await drawing.stroke([start, { x: start.x + 40, y: start.y + 90 }]);
  await drawing.press('Control+a', 'Shift+W');
  const level = async (): Promise<number> => (await place(node('conv-1'))).y - (await place(node('input-1'))).y;
  await expect.poll(level).toBe(0);
  await drawing.press('Alt+Shift+h');
  const gaps = async (): Promise<number> => {
    const [a, b, c] = [await place(node('input-1')), await place(node('conv-1')), await place(node('relu-1'))];
    return Math.abs(Math.round(c.x - b.x - (b.x - a.x)));
  };
  await expect.poll(gaps).toBe(0);
});

test('what feeds a node and what it feeds is selected; Alt and an arrow walk along the wires', async () => {
  const { node } = drawing;
  await drawing.begin('conv2d', 'relu', 'batchNormalization');
  await node('relu-1').click();
  await drawing.press('Control+ArrowLeft');
  await expect.poll(selected).toBe(3);
  await node('relu-1').click();
  await drawing.press('Control+ArrowRight');
  await expect.poll(selected).toBe(2);
  await node('relu-1').click();
  await drawing.press('Alt+ArrowLeft');
  await expect.poll(() => node('conv-1').getAttribute('class')).toContain('is-selected');
  expect(await selected()).toBe(1);
});

test('a dragged card is pulled level with its neighbour by a line', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu');
  const [held, level] = [await place(node('relu-1')), await place(node('conv-1'))];
  await drawing.stroke([held, { x: held.x, y: held.y + 150 }]);
  const low = await place(node('relu-1'));
  await page.mouse.move(low.x, low.y);
  await page.mouse.down();
  const guide = page.getByTestId('guide-y');
  // As a hand does it: slowly upwards, until the line shows.
  for (let y = low.y; y > level.y - 60 && (await guide.count()) === 0; y -= 4) await page.mouse.move(low.x, y);
  await guide.waitFor();
  await page.mouse.up();
  await guide.waitFor({ state: 'detached' });
  await expect.poll(async () => Math.abs((await place(node('relu-1'))).y - level.y)).toBeLessThan(1);
});

test('a place is bookmarked and come back to', async () => {
  await drawing.begin('conv2d');
  await drawing.node('conv-1').click();
  await drawing.press('.', 'Shift+B');
  await page.getByText('Bookmarked “conv-1”').waitFor();
  await drawing.lookAtAll();
  const viewport = page.locator('.react-flow__viewport');
  const far = await viewport.getAttribute('style');
  await drawing.press('Control+f');
  await page.getByTestId('found-bookmark:conv-1').click();
  await expect.poll(() => viewport.getAttribute('style')).not.toBe(far);
});

test('a shortcut is changed, works, is shown, and is set back', async () => {
  await drawing.begin('conv2d');
  await drawing.press('?');
  await page.getByTestId('shortcut-note').click();
  await drawing.press('q');
  await expect.poll(() => page.getByTestId('shortcut-note').textContent()).toBe('Q');
  await drawing.press('Escape');
  await page.getByTestId('shortcuts').waitFor({ state: 'detached' });
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.click(x, y);
  await drawing.press('q');
  await page.getByTestId('note-field').waitFor();
  await drawing.press('Escape', '?');
  await page.getByRole('button', { name: 'Set all back' }).click();
  await expect.poll(() => page.getByTestId('shortcut-note').textContent()).toBe('N');
  await drawing.press('Escape');
});

test('every action of the canvas is in the command palette', async () => {
  await drawing.begin('conv2d', 'relu');
  await drawing.press('Control+a', 'Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('frame the');
  await drawing.press('Enter');
  await page.getByTestId('frame-title-field').waitFor();
});

test('none of this upset the browser', () => {
  expect(editor.errors).toEqual([]);
});

test('arranging keeps a frame round its cards, and nothing else in it; undo puts all back in one step', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu', 'batchNormalization');
  await node('conv-1').click();
  await node('relu-1').click({ modifiers: ['Shift'] });
  await drawing.press('Control+g', 'Escape');
  const frame = page.getByTestId('frame:frame-1');
  // A card in disorder.
  const start = await place(node('conv-1'));
  await drawing.stroke([start, { x: start.x, y: start.y + 25 }]);
  await drawing.lookAtAll();
  const before = await place(node('conv-1'));
  await drawing.press('l');
  await expect
    .poll(async () => Math.abs((await place(node('conv-1'))).y - (await place(node('relu-1'))).y))
    .toBeLessThan(1);
  await drawing.lookAtAll();
  const inside = async (id: string): Promise<boolean> => {
    const [box, { x, y }] = [await frame.boundingBox(), await place(node(id))];
    return box !== null && x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
  };
  expect([await inside('conv-1'), await inside('relu-1')]).toEqual([true, true]);
  expect([await inside('input-1'), await inside('bn-1')]).toEqual([false, false]);
  await drawing.press('Control+z');
  await expect
    .poll(async () => {
      await drawing.lookAtAll();
      return Math.abs((await place(node('conv-1'))).y - before.y);
    })
    .toBeLessThan(3);
});

test('a layout that takes its time says so, and is given up by a button or Esc', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu');
  const start = await place(node('conv-1'));
  await drawing.stroke([start, { x: start.x + 20, y: start.y + 90 }]);
  const before = await place(node('conv-1'));
  // The worker never gets its program: the slowest layout there is.
  await page.route('**/layoutWorker*', () => undefined);
  await drawing.press('Control+a', 'l');
  await page.getByTestId('cancel-arranging').click();
  await page.getByTestId('arranging').waitFor({ state: 'detached' });
  await drawing.press('l');
  await page.getByTestId('arranging').waitFor();
  await drawing.press('Escape');
  await page.getByTestId('arranging').waitFor({ state: 'detached' });
  expect(await place(node('conv-1'))).toEqual(before);
  await page.unroute('**/layoutWorker*');
  await drawing.press('l');
  await expect.poll(() => place(node('conv-1'))).not.toEqual(before);
});

test('a bookmark is set, renamed and removed by keyboard', async () => {
  await drawing.begin('conv2d');
  await drawing.node('conv-1').click();
  await drawing.press('Shift+B', 'Control+f');
  await page.getByTestId('find-input').fill('bookmark');
  await page.getByTestId('found-bookmark:conv-1').waitFor();
  await drawing.press('F2');
  await page.getByTestId('bookmark-name').fill('Where it begins');
  await drawing.press('Enter');
  await page.getByTestId('rename-bookmark').waitFor({ state: 'detached' });
  await page.getByTestId('find-input').fill('begins');
  await page.getByTestId('found-bookmark:Where it begins').waitFor();
  await drawing.press('End', 'Delete');
  await page.getByTestId('found-bookmark:Where it begins').waitFor({ state: 'detached' });
  await drawing.press('Escape', 'Control+z', 'Control+f');
  await page.getByTestId('find-input').fill('begins');
  await page.getByTestId('found-bookmark:Where it begins').waitFor();
  await drawing.press('Escape');
});

test('dragged cards are pulled level with another one together', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu', 'batchNormalization');
  await node('relu-1').click();
  await node('bn-1').click({ modifiers: ['Shift'] });
  const held = await place(node('relu-1'));
  await drawing.stroke([held, { x: held.x, y: held.y + 150 }]);
  const level = await place(node('conv-1'));
  const low = await place(node('relu-1'));
  await page.mouse.move(low.x, low.y);
  await page.mouse.down();
  const guide = page.getByTestId('guide-y');
  for (let y = low.y; y > level.y - 60 && (await guide.count()) === 0; y -= 4) await page.mouse.move(low.x, y);
  await guide.waitFor();
  await page.mouse.up();
  const off = async (id: string): Promise<number> => Math.abs((await place(node(id))).y - level.y);
  await expect.poll(() => off('relu-1')).toBeLessThan(1);
  expect(await off('bn-1')).toBeLessThan(1);
});
