import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { serializeDocument } from '../../src/graph-engine/document/serializeDocument.ts';
import { networkOf, type WrittenNode } from '../support/networks.ts';
import { openEditor, type RunningEditor } from './openEditor.ts';

vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
});

afterEach(() => {
  expect(editor.errors).toEqual([]);
});

const node = (id: string): Locator => page.getByTestId(`node-${id}`);
async function centre(testId: string): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.getByTestId(testId).boundingBox();
  if (box === null) throw new Error(`${testId} is not shown`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const problems = (): Locator => page.getByRole('region', { name: 'List of problems' });

/** A residual block on images, drawn beforehand: `branch` changes the convolution, `skip` stands on the skip. */
async function openBlock(
  name: string,
  branch: Record<string, unknown>,
  skip: Record<string, WrittenNode> = {},
): Promise<void> {
  const [onSkip] = Object.keys(skip);
  const document = networkOf({
    image: { op: 'input', parameters: { height: 32, width: 32, channels: 16 }, position: { x: 0, y: 0 } },
    conv: { op: 'conv2d', parameters: { filters: 16, bias: false, ...branch }, position: { x: 220, y: 0 } },
    bn: { op: 'batchNormalization', parameters: { initialScale: 0 }, position: { x: 440, y: 0 } },
    ...skip,
    sum: { op: 'add', inputs: { a: 'bn', b: onSkip ?? 'image' }, position: { x: 660, y: 0 } },
    pool: { op: 'globalAveragePooling', position: { x: 880, y: 0 } },
    dense: { op: 'dense', parameters: { units: 10 }, position: { x: 1100, y: 0 } },
    out: { op: 'classificationOutput', position: { x: 1320, y: 0 } },
  });
  writeFileSync(path.join(editor.workspace, `${name}.json`), serializeDocument({ ...document, name }));
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').fill(`${name}.json`);
  await page.getByTestId('dialog-confirm').click();
  await node('sum').waitFor();
  await page
    .getByTestId('document-name')
    .and(page.locator(`[value="${name}"]`))
    .waitFor();
}

async function command(words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByLabel('Command', { exact: true }).fill(words);
  await page.keyboard.press('Enter');
}

async function showProblems(): Promise<void> {
  const toggle = page.getByTestId('problems-toggle');
  if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
  await problems().waitFor();
}

test('the reference, by keyboard: found, read, followed, and put on the canvas', async () => {
  await command('reference conv2d');
  const title = page.getByTestId('reference-title');
  await title.filter({ hasText: /^Conv2D$/ }).waitFor();
  await page.getByRole('region', { name: 'Shape rule' }).filter({ hasText: '⌈height / 2⌉ with stride 2' }).waitFor();
  // The search has the focus: typing turns to the best page, the arrow to the next.
  await page.keyboard.type('residual block (basic)');
  await title.filter({ hasText: 'Residual block (basic)' }).waitFor();
  await page
    .getByRole('region', { name: 'Formula' })
    .filter({ hasText: 'y = relu(bn(conv3×3(relu(bn(conv3×3(x))))) + x)' })
    .waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await title.filter({ hasText: /^Add$/ }).waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  await title.filter({ hasText: 'Residual block (basic)' }).waitFor();

  await page.getByTestId('reference-add').click();
  await node('residual-basic-1').waitFor();
  // F1 tells about what is selected.
  await page.keyboard.press('F1');
  await title.filter({ hasText: 'Residual block (basic)' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('reference').waitFor({ state: 'detached' });
});

test('a heat map, by mouse and by command: tint, bar, figure and legend', async () => {
  await openBlock('Heat', {});
  await page.getByTestId('total-activations').filter({ hasText: 'kB' }).waitFor();
  await page.getByTestId('heat-menu').click();
  await page.getByTestId('heat-parameters').click();
  await page
    .locator('[data-testid="heat-conv"][data-level="5"]')
    .filter({ hasText: /2.30k · 9\d/ })
    .waitFor();
  await page.locator('[data-testid="heat-sum"][data-level="0"]').waitFor({ state: 'attached' });
  await page.getByTestId('heat-scale').filter({ hasText: '2.30k' }).waitFor();
  await command('heat map receptive');
  await page.getByTestId('heat-conv').filter({ hasText: '3×3' }).waitFor();
  await page.getByTestId('heat-pool').filter({ hasText: 'everything' }).waitFor();
  await command('heat map receptive');
  await page.getByTestId('heat-conv').waitFor({ state: 'detached' });
});

test('why a shape is what it is, with costs and what is seen', async () => {
  await openBlock('Why', { stride: 2, padding: [1, 1] });
  await node('conv').click();
  const why = page.getByTestId('why-output');
  await why.filter({ hasText: 'height16 = ⌈height / 2⌉ = ⌈32 / 2⌉' }).waitFor();
  await why.filter({ hasText: 'stride 2' }).filter({ hasText: 'decided by filters 16' }).waitFor();
  expect(await page.getByTestId('shape-trail').textContent()).toBe('32×32×16 image→16×16×16 conv');
  expect(await page.getByTestId('cost-receptive-field').textContent()).toBe('3×3');
  // Resting on a card says it too, and a key takes it away.
  await node('bn').hover();
  const hover = page.getByTestId('hover-explanation');
  await hover.filter({ hasText: 'height 16 × width 16 × channels 16' }).filter({ hasText: 'sees 3×3' }).waitFor();
  await page.keyboard.press('Escape');
  await hover.waitFor({ state: 'detached' });
  // So does resting on a wire: whence and whither, what flows, and why it has that shape.
  const [from, to] = [await centre('port-conv-output-out'), await centre('port-bn-input-in')];
  await page.mouse.move((from.x + to.x) / 2, from.y);
  const wire = page.getByTestId('wire-explanation');
  await wire.filter({ hasText: 'From conv to bn' }).filter({ hasText: 'height 16 × width 16' }).waitFor();
  await wire.filter({ hasText: 'height 16 = ⌈height / 2⌉' }).filter({ hasText: 'stride 2' }).waitFor();
  await page.mouse.move(5, 5);
  await wire.waitFor({ state: 'detached' });
});

test('what if: a fix is shown before it is made, on the canvas and in words', async () => {
  await openBlock('What if', { stride: 2, filters: 32 });
  await showProblems();
  const fix = problems().getByTestId('fix-insertProjection');
  await fix.hover();
  const preview = page.getByTestId('fix-preview');
  await preview.filter({ hasText: 'projection-1' }).filter({ hasText: '1 solved' }).waitFor();
  await preview.filter({ hasText: '? → 16×16×32' }).waitFor();
  await page.getByTestId('ghost-projection-1').waitFor();
  expect(await node('projection-1').count()).toBe(0);
  await page.mouse.move(10, 10);
  await page.getByTestId('ghost-projection-1').waitFor({ state: 'detached' });
  // The same by keyboard: focus shows it, Enter makes it, one step of undo takes it back.
  await problems().getByRole('button').first().focus();
  await page.keyboard.press('Tab');
  await page.getByTestId('ghost-projection-1').waitFor();
  await page.keyboard.press('Enter');
  await node('projection-1').waitFor();
  await problems().getByText('No problems').waitFor();
  await page.keyboard.press('Control+z');
  await node('projection-1').waitFor({ state: 'detached' });
});

test('advice: quiet, with its paper, gone to by a click, followed, dismissed and brought back', async () => {
  await openBlock('Advice', {}, { drop: { op: 'dropout', inputs: { input: 'image' }, position: { x: 440, y: 160 } } });
  await page.getByTestId('advice-count').filter({ hasText: '1' }).waitFor();
  await showProblems();
  const row = problems().getByText('drops values on a skip');
  await row.click();
  await page.getByTestId('inspector-advice').filter({ hasText: 'drops values on a skip' }).waitFor();
  expect(await problems().getByRole('link').getAttribute('href')).toBe('https://arxiv.org/abs/1603.05027');

  await problems().getByTestId('dismiss-advice').click();
  await page.getByTestId('advice-count').waitFor({ state: 'detached' });
  await problems().getByText('Dismissed advice (1)').click();
  await problems().getByTestId('restore-advice').click();
  await page.getByTestId('advice-count').waitFor();

  await problems().getByTestId('fix-removeNodes').click();
  await node('drop').waitFor({ state: 'detached' });
  await page.getByTestId('advice-count').waitFor({ state: 'detached' });
});

test('a template says nothing at first: what it was drawn with is its authors’ choice', async () => {
  await page.getByTestId('palette-network-resnet-110').click();
  await node('stage1').waitFor();
  expect(await page.getByTestId('advice-count').count()).toBe(0);
  await showProblems();
  await problems()
    .getByText(/Dismissed advice/)
    .waitFor();
});
