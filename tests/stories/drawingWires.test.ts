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

test('Ctrl+Shift from node to node makes an Add of the two', async () => {
  const { node, wire, place } = drawing;
  await drawing.begin('conv2d', 'relu');
  const [from, to] = [await place(node('relu-1')), await place(node('input-1'))];
  await drawing.stroke([from, { x: (from.x + to.x) / 2, y: from.y + 90 }, to], { keys: ['Control', 'Shift'] });
  await wire('relu-1', 'add-1').waitFor();
  await wire('input-1', 'add-1').waitFor();
  await drawing.press('Control+z');
  await node('add-1').waitFor({ state: 'detached' });
});

test('the inputs of an Add are swapped by a key', async () => {
  const { node } = drawing;
  await drawing.begin('conv2d', 'relu');
  await node('conv-1').click({ modifiers: ['Shift'] });
  await drawing.press('+');
  const first = page.locator('[data-id="add-1:a"]');
  await expect.poll(() => first.getAttribute('aria-label')).toContain('from relu-1');
  await drawing.press('s');
  await expect.poll(() => first.getAttribute('aria-label')).toContain('from conv-1');
  await drawing.press('Control+z');
  await expect.poll(() => first.getAttribute('aria-label')).toContain('from relu-1');
});

test('the knife cuts the wires it crosses, in one step; Esc lays it down', async () => {
  const { node, wire, place } = drawing;
  await drawing.begin('conv2d', 'relu', 'batchNormalization');
  const [a, b, c] = [await place(node('conv-1')), await place(node('relu-1')), await place(node('bn-1'))];
  const across = [
    { x: (a.x + b.x) / 2, y: a.y - 80 },
    { x: (a.x + b.x) / 2, y: a.y + 80 },
    { x: (b.x + c.x) / 2, y: a.y + 80 },
    { x: (b.x + c.x) / 2, y: a.y - 80 },
  ];
  await drawing.stroke(across, { keys: ['Control'], button: 'right' });
  await wire('conv-1', 'relu-1').waitFor({ state: 'detached' });
  await wire('relu-1', 'bn-1').waitFor({ state: 'detached' });
  await wire('input-1', 'conv-1').waitFor();
  await drawing.press('Control+z');
  await wire('relu-1', 'bn-1').waitFor();
  await wire('conv-1', 'relu-1').waitFor();

  await page.keyboard.down('Control');
  await page.mouse.move(across[0]?.x ?? 0, across[0]?.y ?? 0);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(across[1]?.x ?? 0, across[1]?.y ?? 0, { steps: 4 });
  await page.getByTestId('stroke').filter({ hasText: 'Cut 1' }).waitFor();
  await page.keyboard.press('Escape');
  await page.mouse.up({ button: 'right' });
  await page.keyboard.up('Control');
  await wire('conv-1', 'relu-1').waitFor();
});

test('Alt and the right button connect node to node', async () => {
  const { node, port, wire, place } = drawing;
  await drawing.begin('conv2d');
  await drawing.press('Escape');
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.dblclick(x, y);
  await page.getByTestId('search-input').fill('relu');
  await drawing.press('Enter');
  await port('relu-1', 'input', 'in').waitFor();
  await drawing.stroke([await place(node('conv-1')), await place(node('relu-1'))], { keys: ['Alt'], button: 'right' });
  await wire('conv-1', 'relu-1').waitFor();
});

test('a wire is led through a point, which is dragged, undone and deleted', async () => {
  const { node, place } = drawing;
  await drawing.begin('conv2d', 'relu');
  const [a, b] = [await place(node('conv-1')), await place(node('relu-1'))];
  const middle = { x: (a.x + b.x) / 2, y: a.y };
  await drawing.stroke(
    [
      { x: middle.x, y: middle.y - 60 },
      { x: middle.x, y: middle.y + 60 },
    ],
    { keys: ['Shift'], button: 'right' },
  );
  const point = page.getByTestId('via:relu-1:input:0');
  await point.waitFor();
  const path = page.locator('[data-id="relu-1:input"] .react-flow__edge-path');
  const level = await path.getAttribute('d');
  await drawing.stroke([await place(point), { x: middle.x + 10, y: middle.y + 120 }]);
  await expect.poll(() => path.getAttribute('d')).not.toBe(level);
  await drawing.press('Control+z');
  await expect.poll(() => path.getAttribute('d')).toBe(level);
  await point.click();
  await drawing.press('Delete');
  await point.waitFor({ state: 'detached' });
  await drawing.wire('conv-1', 'relu-1').waitFor();
});

test('an open wire offers first what takes its shape; favourites stand on top of the palette', async () => {
  const { port, wire } = drawing;
  await drawing.begin('conv2d', 'globalAveragePooling');
  await drawing.stroke([await drawing.place(port('pool-1', 'output', 'out')), await drawing.emptyPlace()]);
  await page.getByTestId('search-input').fill('conv2d');
  await page.getByTestId('result-conv2d').filter({ hasText: 'Does not take this shape' }).waitFor();
  await page.getByTestId('search-input').fill('dense');
  await page.getByTestId('result-dense').click();
  await wire('pool-1', 'dense-1').waitFor();
  await page.getByTestId('palette-dense').hover();
  await page.getByTestId('star-palette-dense').click();
  await page.getByTestId('favourite-dense').click();
  await wire('dense-1', 'dense-2').waitFor();
  await page.getByTestId('star-favourite-dense').click();
  await page.getByTestId('favourite-dense').waitFor({ state: 'detached' });
});

test('none of this upset the browser', () => {
  expect(editor.errors).toEqual([]);
});

test('Ctrl and a drag from a port takes all its wires to another port; Esc and undo put them back', async () => {
  const { port, wire, place } = drawing;
  await drawing.begin('conv2d', 'relu', 'batchNormalization');
  await wire('conv-1', 'relu-1').waitFor();
  const [from, to] = [await place(port('conv-1', 'output', 'out')), await place(port('input-1', 'output', 'out'))];
  await page.keyboard.down('Control');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.getByTestId('stroke').filter({ hasText: 'Move wires' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('stroke').waitFor({ state: 'detached' });
  await page.mouse.up();
  await page.keyboard.up('Control');
  await wire('conv-1', 'relu-1').waitFor();
  await drawing.stroke([from, to], { keys: ['Control'] });
  await wire('input-1', 'relu-1').waitFor();
  await wire('conv-1', 'relu-1').waitFor({ state: 'detached' });
  await drawing.press('Control+z');
  await wire('conv-1', 'relu-1').waitFor();
});

test('a node is muted by key and by the menu of the right button, and zeros are told', async () => {
  const { node, wire } = drawing;
  await drawing.begin('conv2d', 'relu');
  await node('conv-1').click();
  await drawing.press('m');
  await expect.poll(() => node('conv-1').getAttribute('class')).toContain('is-muted');
  await expect.poll(() => wire('conv-1', 'relu-1').getAttribute('aria-label')).toContain('zeros');
  await node('conv-1').click({ button: 'right' });
  const item = page.getByTestId('canvas-menu-mute');
  expect(await item.getAttribute('aria-checked')).toBe('true');
  await item.click();
  await expect.poll(() => node('conv-1').getAttribute('class')).not.toContain('is-muted');
  await node('relu-1').click();
  await drawing.press('Control+z');
  await expect.poll(() => node('conv-1').getAttribute('class')).toContain('is-muted');
});
