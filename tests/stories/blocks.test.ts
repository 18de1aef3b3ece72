import { afterEach, beforeEach, expect, test } from 'vitest';
import { addNode, drag, fill, openEditor, wire, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

beforeEach(async () => {
  editor = await openEditor();
});

afterEach(async () => {
  await editor.close();
});

test(
  'drop in a residual block, mismatch it, mend it by its shortcut, look inside, and undo it all',
  { timeout: 180_000 },
  async () => {
    const { page } = editor;
    await addNode(page, 'input', 120, 120);
    await addNode(page, 'conv2d', 330, 120);
    await addNode(page, 'residual-basic', 540, 120);
    await wire(page, 'input-1.output', 'conv-1.input');
    await wire(page, 'conv-1.output', 'residual-basic-1.input');

    // 32 channels come in, and the block makes 16 of them: the Add inside cannot close.
    const mismatch = page.locator('[data-testid="problem-residual-basic-1"][title*="Add needs two equal shapes"]');
    await mismatch.waitFor();
    await page.getByTestId('node-residual-basic-1').click();
    await fill(page, 'field-filters', '32');
    await mismatch.waitFor({ state: 'detached' });
    // Two 3×3 convolutions of 32 filters with their normalizations, and the 896 of the first convolution.
    const parameters = 2 * 9 * 32 * 32 + 4 * 32 + 896;
    const spaced = parameters.toLocaleString('en').replace(',', '.');
    await page
      .getByTestId('totals')
      .filter({ hasText: new RegExp(`${spaced} parameters`) })
      .waitFor();

    // Inside are the branch and the skip; Esc leads out again.
    await page.getByTestId('node-residual-basic-1').dblclick();
    await page.getByTestId('breadcrumb').filter({ hasText: 'residual-basic-1' }).waitFor();
    await page.getByTestId('node-conv2').waitFor();
    await page.getByTestId('fit-view').click();
    await page.getByTestId('node-add').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('node-input-1').waitFor();
    await page.getByTestId('node-conv2').waitFor({ state: 'detached' });

    // Every gesture was one step: six of them, and the canvas is empty; redone, everything is back.
    for (let step = 0; step < 6; step++) await page.keyboard.press('Control+z');
    await page.getByTestId('start-card').waitFor();
    for (let step = 0; step < 6; step++) await page.keyboard.press('Control+Shift+z');
    await page
      .getByTestId('totals')
      .filter({ hasText: new RegExp(`${spaced} parameters`) })
      .waitFor();
    expect(editor.errors).toEqual([]);
  },
);

test(
  'a wire let go on the canvas offers what fits; a node is dropped on a wire; Delete closes the gap',
  { timeout: 180_000 },
  async () => {
    const { page } = editor;
    await addNode(page, 'input', 120, 120);
    const canvas = await page.getByTestId('network-canvas').boundingBox();
    if (canvas === null) throw new Error('There is no canvas');
    await drag(page, page.getByTestId('port-input-1-output-out'), { x: canvas.x + 420, y: canvas.y + 320 });
    await page.getByTestId('search-input').fill('conv2d');
    await page.keyboard.press('Enter');
    await page.getByTestId('node-conv-1').waitFor();
    await page
      .getByTestId('totals')
      .filter({ hasText: /896 parameters/ })
      .waitFor();

    await page.keyboard.press('Delete');
    await page.getByTestId('node-conv-1').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await page.getByTestId('node-conv-1').waitFor();
    expect(editor.errors).toEqual([]);
  },
);
