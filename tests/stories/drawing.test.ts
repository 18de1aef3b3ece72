import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawingOn, type Drawing } from './drawing.ts';
import { drag, fill, openEditor, type RunningEditor } from './openEditor.ts';

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

const node = (id: string): Locator => page.getByTestId(`node-${id}`);
const nodes = (): Locator => page.locator('[data-testid^="node-"][data-family]');
const port = (id: string, name: string, side: 'in' | 'out'): Locator => page.getByTestId(`port-${id}-${name}-${side}`);
/** A wire by what a screen reader says of it. */
const wire = (from: string, to: string): Locator => page.locator(`[aria-label*="ire from ${from} to ${to}"]`);

async function place(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`Nothing is shown at ${locator.toString()}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function press(...items: readonly string[]): Promise<void> {
  for (const item of items) {
    const before = await page.getByTestId('totals').textContent();
    await page.getByTestId(`palette-${item}`).click();
    await expect.poll(() => page.getByTestId('totals').textContent()).not.toBe(before);
  }
}

beforeEach(async () => {
  await page.mouse.move(700, 60);
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.click(x, y);
  for (const key of ['Escape', 'Escape', 'Control+a', 'Shift+Delete']) await page.keyboard.press(key);
  await page.getByTestId('start-input').click();
  await press('conv2d', 'relu');
  await drawing.lookAtAll();
});

test('a wire dropped on the empty canvas asks what to connect, and connects it', async () => {
  await drag(page, port('relu-1', 'output', 'out'), await drawing.emptyPlace());
  await page.getByTestId('search-input').fill('global');
  await page.keyboard.press('Enter');
  await wire('relu-1', 'pool-1').waitFor();
});

test('a wire dropped on a node takes its free input', async () => {
  await press('add');
  await drawing.lookAtAll();
  await drag(page, port('conv-1', 'output', 'out'), await place(node('add-1')));
  await wire('conv-1', 'add-1').waitFor();
  expect(await wire('conv-1', 'add-1').getAttribute('aria-label')).toContain('Skip wire');
  expect(await page.getByTestId('shape-add-1:b').count()).toBe(await page.getByTestId('shape-add-1:a').count());
});

test('a loop is refused in words while the wire is still in the hand', async () => {
  const [from, to] = [await place(port('relu-1', 'output', 'out')), await place(port('conv-1', 'input', 'in'))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, from.y + 60, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.getByText('This would close a loop').first().waitFor();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await wire('input-1', 'conv-1').waitFor();
  expect(await wire('relu-1', 'conv-1').count()).toBe(0);
});

test('a palette item dropped on a wire goes into it; undo takes it out again', async () => {
  const [from, to] = [await place(port('conv-1', 'output', 'out')), await place(port('relu-1', 'input', 'in'))];
  const canvas = await page.getByTestId('network-canvas').boundingBox();
  await page.getByTestId('palette-batchNormalization').dragTo(page.getByTestId('network-canvas'), {
    targetPosition: { x: (from.x + to.x) / 2 - (canvas?.x ?? 0), y: (from.y + to.y) / 2 - (canvas?.y ?? 0) },
  });
  await wire('conv-1', 'bn-1').waitFor();
  await wire('bn-1', 'relu-1').waitFor();
  await page.keyboard.press('Control+z');
  await wire('conv-1', 'relu-1').waitFor();
  expect(await node('bn-1').count()).toBe(0);
});

test('Escape in the middle of a drag puts the node back without a trace', async () => {
  const before = await place(node('relu-1'));
  const undo = await page.getByTestId('undo').getAttribute('aria-label');
  await page.mouse.move(before.x, before.y);
  await page.mouse.down();
  await page.mouse.move(before.x - 40, before.y + 90, { steps: 5 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect.poll(() => place(node('relu-1'))).toEqual(before);
  expect(await page.getByTestId('undo').getAttribute('aria-label')).toBe(undo);
});

test('a moved node is one step of undo', async () => {
  const before = await place(node('relu-1'));
  await drag(page, node('relu-1'), { x: before.x - 40, y: before.y + 90 });
  await expect.poll(async () => (await place(node('relu-1'))).y).toBeGreaterThan(before.y + 60);
  await page.keyboard.press('Control+z');
  await expect.poll(() => place(node('relu-1'))).toEqual(before);
});

test('deleting a node heals the flow, Shift+Delete leaves the gap', async () => {
  await node('conv-1').click();
  await page.keyboard.press('Delete');
  await wire('input-1', 'relu-1').waitFor();
  await page.keyboard.press('Control+z');
  await node('conv-1').click();
  await page.keyboard.press('Shift+Delete');
  await node('conv-1').waitFor({ state: 'detached' });
  expect(await wire('input-1', 'relu-1').count()).toBe(0);
});

test('a wire is pulled off by its end and dropped', async () => {
  const end = await place(port('relu-1', 'input', 'in'));
  await page.mouse.move(end.x - 12, end.y);
  await page.mouse.down();
  await page.mouse.move(end.x - 40, end.y + 60, { steps: 4 });
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
  await wire('conv-1', 'relu-1').waitFor({ state: 'detached' });
});

test('copy, paste, duplicate, bypass, by keyboard', async () => {
  await node('conv-1').click();
  await page.keyboard.press('Control+c');
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.move(x, y);
  await page.keyboard.press('Control+v');
  await node('conv-2').waitFor();
  await page.keyboard.press('Control+d');
  await node('conv-3').waitFor();
  await page.keyboard.press('Control+b');
  await expect.poll(() => node('conv-3').getAttribute('class')).toContain('is-bypassed');
  await page.keyboard.press('Control+a');
  await expect.poll(() => page.locator('.sw-node.is-selected').count()).toBe(5);
});

test('a whole chain is drawn without the mouse', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+Delete');
  for (const words of ['input', 'conv', 'batch norm', 'relu']) {
    await page.keyboard.press('/');
    await page.getByTestId('search-input').fill(words);
    await page.keyboard.press('Enter');
    await page.getByTestId('search-box').waitFor({ state: 'detached' });
  }
  expect(await nodes().count()).toBeGreaterThan(0);
  await page.keyboard.press('1');
  await wire('conv-1', 'bn-1').waitFor();
  await wire('bn-1', 'relu-1').waitFor();
});

test('with the pointer at rest, what Tab adds goes behind what it added before', async () => {
  const { x, y } = await drawing.emptyPlace();
  await page.mouse.click(x, y);
  for (const words of ['relu', 'batch norm']) {
    await page.keyboard.press('Tab');
    await page.getByTestId('search-input').fill(words);
    await page.keyboard.press('Enter');
  }
  await wire('relu-2', 'bn-1').waitFor();
});

test('a value that cannot be is told in place and not taken', async () => {
  await node('conv-1').click();
  await page.getByTestId('field-filters').fill('0');
  await page.getByText('Must be at least 1.').waitFor();
  await node('relu-1').click();
  await node('conv-1').click();
  expect(await page.getByTestId('field-filters').inputValue()).toBe('32');
  await page.getByTestId('field-filters').fill('24');
  await node('relu-1').click();
  await node('conv-1').click();
  expect(await page.getByTestId('field-filters').inputValue()).toBe('24');
});

test('a mismatched skip is red with the reason, and its fix mends it', async () => {
  await press('conv2d', 'add');
  await drawing.lookAtAll();
  await drag(page, port('relu-1', 'output', 'out'), port('add-1', 'b', 'in'));
  await node('conv-2').click();
  await fill(page, 'field-stride', '2');
  await expect.poll(() => node('add-1').getAttribute('data-problem')).toBe('error');
  expect(await wire('relu-1', 'add-1').getAttribute('aria-label')).toContain('equal shapes');
  await node('add-1').click();
  await page.getByTestId('inspector').getByTestId('fix-insertProjection').click();
  await wire('projection-1', 'projection-norm-1').waitFor();
  await expect.poll(() => node('add-1').getAttribute('data-problem')).not.toBe('error');
});

test('the graph is arranged on request, and put back by undo', async () => {
  await drag(page, node('relu-1'), await drawing.emptyPlace());
  const thrown = await place(node('relu-1'));
  await page.getByTestId('arrange').click();
  await page.getByTestId('arrange-right').click();
  await expect
    .poll(async () => Math.abs((await place(node('relu-1'))).y - (await place(node('conv-1'))).y))
    .toBeLessThan(5);
  await page.getByTestId('undo').click();
  await drawing.lookAtAll();
  expect((await place(node('relu-1'))).y - (await place(node('conv-1'))).y).toBeGreaterThan(100);
  expect(thrown.y).toBeGreaterThan(0);
});

test('none of this upset the browser', () => {
  expect(editor.errors).toEqual([]);
});
