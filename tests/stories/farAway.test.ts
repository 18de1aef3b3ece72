import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawingOn, type Drawing, type Point } from './drawing.ts';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Many small gestures in each: on a busy machine they take their time.
vi.setConfig({ testTimeout: 180_000 });

const COLUMNS = 44;
const ROWS = 5;

let editor: RunningEditor;
let page: Page;
let drawing: Drawing;

/** Where the card of that number lies in the drawing. */
function cornerOf(index: number): Point {
  return { x: (index % COLUMNS) * 220, y: Math.floor(index / COLUMNS) * 240 };
}

/** A chain of 220 cards in rows, a block among them, with a frame, a note and a wire that is led through points. */
function wideDrawing(): string {
  const nodes: Record<string, object> = {};
  for (let index = 0; index < COLUMNS * ROWS; index++) {
    const wire = { node: `n${index - 1}`, port: 'output' };
    const via = index === 30 ? { via: [{ x: cornerOf(29).x + 200, y: -180 }] } : {};
    const inputs = index === 0 ? {} : { input: { ...wire, ...via } };
    const position = cornerOf(index);
    if (index === 0) nodes['n0'] = { op: 'input', parameters: { height: 8, width: 8, channels: 4 }, position };
    else if (index === 100) nodes[`n${index}`] = { block: 'twice', inputs, position };
    else if (index % 2 === 0) nodes[`n${index}`] = { op: 'relu', inputs, position };
    else nodes[`n${index}`] = { op: 'conv2d', parameters: { filters: index === 51 ? 32 : 4 }, inputs, position };
  }
  const inside = {
    in: { op: 'blockInput', name: 'input', position: { x: 0, y: 0 } },
    act: { op: 'relu', inputs: { input: { node: 'in', port: 'output' } }, position: { x: 220, y: 0 } },
    out: {
      op: 'blockOutput',
      name: 'output',
      inputs: { input: { node: 'act', port: 'output' } },
      position: { x: 440, y: 0 },
    },
  };
  const size = { width: 3 * 220 + 60, height: 400 };
  return JSON.stringify({
    format: 'skipwire/document@1',
    name: 'Wide',
    graph: {
      nodes,
      frames: { 'frame-1': { title: 'Last stage', colour: 'green', position: { x: -40, y: 4 * 240 - 60 }, size } },
      notes: {
        'note-1': { text: '# Far', colour: 'amber', position: { x: 2000, y: -620 }, size: { width: 900, height: 300 } },
      },
    },
    blocks: { twice: { name: 'Twice', graph: { nodes: inside } } },
  });
}

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
  drawing = drawingOn(page);
  const file = path.join(editor.workspace, 'wide.json');
  writeFileSync(file, wideDrawing());
  await page.keyboard.press('Control+o');
  await page.getByRole('dialog').getByText('wide.json').dblclick();
  await page.getByTestId('totals').filter({ hasText: '220 ops' }).waitFor();
});

afterAll(async () => {
  await editor.close();
});

async function lookFromFar(): Promise<void> {
  await drawing.lookAtAll();
  await page.getByTestId('overview').waitFor();
}

/** Where a place of the drawing is in the window. */
async function onScreen({ x, y }: Point): Promise<Point> {
  const style = (await page.locator('.react-flow__viewport').getAttribute('style')) ?? '';
  const [left = 0, top = 0] = /translate\(([-\d.]+)px, ([-\d.]+)px\)/.exec(style)?.slice(1).map(Number) ?? [];
  const zoom = Number(/scale\(([\d.]+)\)/.exec(style)?.[1] ?? 1);
  const box = await page.getByTestId('network-canvas').boundingBox();
  if (box === null) throw new Error('There is no canvas');
  return { x: box.x + left + x * zoom, y: box.y + top + y * zoom };
}

/** The middle of a card in the window. */
function card(index: number): Promise<Point> {
  const { x, y } = cornerOf(index);
  return onScreen({ x: x + 80, y: y + 30 });
}

/** What is painted at a place of the drawing: red, green, blue and opacity. */
function painted({ x, y }: Point): Promise<readonly number[]> {
  return page.getByTestId('overview').evaluate(
    (element, at) => {
      const canvas = element as HTMLCanvasElement;
      const [left = 0, top = 0] =
        /translate\(([-\d.]+)px, ([-\d.]+)px\)/.exec(canvas.style.transform)?.slice(1).map(Number) ?? [];
      const scale = canvas.width / Number.parseFloat(canvas.style.width);
      const context = canvas.getContext('2d');
      return [...(context?.getImageData((at.x - left) * scale, (at.y - top) * scale, 1, 1).data ?? [])];
    },
    { x, y },
  );
}

const inspected = (): Promise<string> => page.getByTestId('inspector').innerText();
const hovers = (): Promise<string | null> => page.getByTestId('network-canvas').getAttribute('data-hovers');

test('frames, notes, points of wires and the heat map are seen from far away', async () => {
  await lookFromFar();
  const [nothing] = [await painted({ x: 4000, y: -300 })];
  expect(nothing?.[3]).toBe(0);
  expect((await painted({ x: 100, y: 4 * 240 + 200 }))[3]).toBeGreaterThan(0);
  expect((await painted({ x: 2700, y: -400 }))[3]).toBeGreaterThan(0);
  expect((await painted({ x: cornerOf(29).x + 200, y: -180 }))[3]).toBeGreaterThan(200);
  const { x, y } = cornerOf(51);
  const plain = await painted({ x: x + 90, y: y + 20 });
  await page.getByTestId('heat-menu').click();
  await page.getByTestId('heat-parameters').click();
  await expect.poll(() => painted({ x: x + 90, y: y + 20 })).not.toEqual(plain);
  const other = cornerOf(52);
  expect(await painted({ x: x + 90, y: y + 20 })).not.toEqual(await painted({ x: other.x + 90, y: other.y + 20 }));
  expect(await page.locator('[data-testid^="heat-n"]').count()).toBe(0);
  await page.getByTestId('heat-menu').click();
  await page.getByTestId('heat-off').click();
  await expect.poll(() => painted({ x: x + 90, y: y + 20 })).toEqual(plain);
});

test('a press selects, another with Shift adds, one beside everything lets go', async () => {
  await lookFromFar();
  const [first, second] = [await card(45), await card(47)];
  await page.mouse.click(first.x, first.y);
  await expect.poll(() => page.getByTestId('field-name').inputValue()).toBe('n45');
  await page.keyboard.down('Shift');
  await page.mouse.click(second.x, second.y);
  await expect.poll(inspected).toContain('2 nodes');
  await page.mouse.click(first.x, first.y);
  await page.keyboard.up('Shift');
  await expect.poll(() => page.getByTestId('field-name').inputValue()).toBe('n47');
  const beside = await onScreen({ x: 5000, y: -500 });
  await page.mouse.click(beside.x, beside.y);
  await expect.poll(inspected).toContain('Totals');
});

test('a marquee selects what it touches; Escape puts the selection back', async () => {
  await lookFromFar();
  const [from, to] = [await onScreen({ x: 200, y: -60 }), await onScreen({ x: 3 * 220 + 10, y: 240 + 20 })];
  await drawing.stroke([from, to]);
  await expect.poll(inspected).toContain('6 nodes');
  await expect.poll(() => page.getByTestId('overview-marking').getAttribute('data-selected')).toBe('6');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 30, { steps: 4 });
  await page.getByTestId('overview-marquee').waitFor();
  await expect.poll(inspected).not.toContain('6 nodes');
  await drawing.press('Escape');
  await page.mouse.up();
  await page.getByTestId('overview-marquee').waitFor({ state: 'detached' });
  await expect.poll(inspected).toContain('6 nodes');
  await drawing.press('Escape');
});

test('a drag moves what is selected, all of it one step back; Escape in the middle leaves no trace', async () => {
  await lookFromFar();
  const [a, b] = [await card(60), await card(61)];
  await page.mouse.click(a.x, a.y);
  await page.keyboard.down('Shift');
  await page.mouse.click(b.x, b.y);
  await page.keyboard.up('Shift');
  const undo = await page.getByTestId('undo').getAttribute('aria-label');
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  await page.mouse.move(a.x, a.y - 120, { steps: 4 });
  await drawing.press('Escape');
  await page.mouse.up();
  expect(await page.getByTestId('undo').getAttribute('aria-label')).toBe(undo);

  await drawing.stroke([a, { x: a.x, y: a.y - 120 }]);
  await expect.poll(() => page.getByTestId('undo').getAttribute('aria-label')).toContain('Move');
  await page.mouse.move(b.x, b.y - 120);
  await expect.poll(hovers).toBe('true');
  await page.mouse.move(b.x, b.y);
  await expect.poll(hovers).toBe('false');
  await drawing.press('Control+z');
  await page.mouse.move(b.x + 1, b.y);
  await expect.poll(hovers).toBe('true');
});

test('a frame is dragged by its title and takes along what lies in it', async () => {
  await lookFromFar();
  const [title, member] = [await onScreen({ x: 100, y: 4 * 240 - 100 }), await card(4 * COLUMNS)];
  await drawing.stroke([title, { x: title.x, y: title.y + 100 }]);
  await page.mouse.move(member.x, member.y + 100);
  await expect.poll(hovers).toBe('true');
  await drawing.press('Control+z');
  await page.mouse.move(member.x, member.y);
  await expect.poll(hovers).toBe('true');
});

test('wires are pressed, cut and dropped on as they are from near', async () => {
  await lookFromFar();
  const undo = () => page.getByTestId('undo').getAttribute('aria-label');
  // From the end of a row a wire leads back between the rows.
  const [above, lane, below] = [
    await onScreen({ x: 4000, y: 90 }),
    await onScreen({ x: 4000, y: 150 }),
    await onScreen({ x: 4000, y: 210 }),
  ];
  await page.mouse.click(lane.x, lane.y);
  await page.getByTestId('overview-marking').waitFor();
  await drawing.press('Delete');
  await expect.poll(undo).toMatch(/Delete|Disconnect/);
  await drawing.press('Control+z');
  await expect.poll(undo).not.toMatch(/Delete|Disconnect/);

  await drawing.stroke([above, below], { keys: ['Control'], button: 'right' });
  await expect.poll(undo).toContain('Cut wires');
  await drawing.press('Control+z');
  await expect.poll(undo).not.toContain('Cut wires');

  await page.mouse.click(lane.x, lane.y, { button: 'right' });
  await page.getByTestId('canvas-menu').getByText('Delete', { exact: true }).waitFor();
  await drawing.press('Escape');
  await page.getByTestId('canvas-menu').waitFor({ state: 'detached' });

  const box = await page.locator('.react-flow__pane').boundingBox();
  await page.getByTestId('palette-relu').dragTo(page.locator('.react-flow__pane'), {
    targetPosition: { x: lane.x - (box?.x ?? 0), y: lane.y - (box?.y ?? 0) },
  });
  await page.getByTestId('totals').filter({ hasText: '221 ops' }).waitFor();
  // In the wire: something enters the new card, so its shape is known.
  await page.getByTestId('why-output').waitFor();
  await drawing.press('Control+z');
  await page.getByTestId('totals').filter({ hasText: '220 ops' }).waitFor();
});

test('what the pointer rests on is named and explained; a double press goes there, or into a block', async () => {
  await lookFromFar();
  const [op, block] = [await card(51), await card(100)];
  await page.mouse.move(op.x, op.y);
  await page.getByTestId('hover-explanation').filter({ hasText: 'n51' }).waitFor();
  await page.mouse.dblclick(block.x, block.y);
  await page.getByTestId('breadcrumb').filter({ hasText: 'Twice' }).waitFor();
  await drawing.node('act').waitFor();
  await drawing.press('Escape', 'Escape');
  await page.getByTestId('overview').waitFor();
  await page.mouse.dblclick(op.x, op.y);
  await drawing.node('n51').waitFor();
});

test('without a mouse: everything selected and moved, a block found and entered', async () => {
  await lookFromFar();
  await page.getByTestId('network-canvas').focus();
  await drawing.press('Control+a');
  await expect.poll(inspected).toContain('220 nodes');
  await drawing.press('ArrowDown');
  await expect.poll(() => page.getByTestId('undo').getAttribute('aria-label')).toContain('Move');
  await drawing.press('Control+z', 'Escape', 'Control+f');
  await page.getByTestId('find-input').fill('n100');
  await page.locator('[data-testid^="found-"]').filter({ hasText: 'n100' }).first().waitFor();
  await drawing.press('Enter');
  await expect.poll(() => page.getByTestId('field-name').inputValue()).toBe('n100');
  await drawing.press('1');
  await page.getByTestId('overview').waitFor();
  await drawing.press('Enter');
  await page.getByTestId('breadcrumb').filter({ hasText: 'Twice' }).waitFor();
  await drawing.press('Escape', 'Escape');
  await page.getByTestId('overview').waitFor();
});

test('the minimap shows where one is, and a press on it goes elsewhere', async () => {
  await lookFromFar();
  const view = page.getByTestId('minimap-view');
  const before = await drawing.place(view);
  const map = await page.getByTestId('minimap').boundingBox();
  if (map === null) throw new Error('There is no minimap');
  await page.mouse.click(map.x + map.width * 0.9, map.y + map.height / 2);
  await expect.poll(async () => (await drawing.place(view)).x).toBeGreaterThan(before.x + 20);
  expect(editor.errors).toEqual([]);
});
