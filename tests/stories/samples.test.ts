import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { serializeDocument } from '../../src/graph-engine/document/serializeDocument.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { networkOf, networkTemplate, type WrittenNode } from '../support/networks.ts';
import { openEditor, type RunningEditor } from './openEditor.ts';

// A real engine and a real browser, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;

beforeAll(async () => {
  editor = await openEditor();
  page = editor.page;
  page.setDefaultTimeout(40_000);
});
afterAll(() => editor.close());
afterEach(() => expect(editor.errors).toEqual([]));

const value = (id: string): Locator => page.getByTestId(`value-${id}`);
/** A picture that belongs to the sample, weights and lesions that are chosen. */
const fresh = (id: string): Locator => value(id).and(page.locator('[data-stale="false"]'));
const answer = (): Locator => page.getByTestId('sample-answer');
const label = (): Locator => page.getByTestId('sample-label');

async function open(name: string, document: SkipwireDocument): Promise<void> {
  writeFileSync(path.join(editor.workspace, `${name}.json`), serializeDocument({ ...document, name }));
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').fill(`${name}.json`);
  await page.getByTestId('dialog-confirm').click();
  await page
    .getByTestId('document-name')
    .and(page.locator(`[value="${name}"]`))
    .waitFor();
}

test('by mouse: a digit goes through the network, is chosen from a grid, and looked at closely', async () => {
  await open('digits', networkTemplate('first-residual.json'));
  await page.getByTestId('sample-toggle').click();
  await fresh('add').waitFor();
  expect(await value('conv1').getAttribute('aria-label')).toMatch(
    /^conv1: height 8 × width 8 × channels 32, from -.* to .*, mean .* zeros/,
  );
  expect(await label().textContent()).toContain('sample 0 of 1 797'.replace('1 797', '1\u202f797'));
  await answer().filter({ hasText: '%' }).waitFor();

  await page.getByTestId('sample-grid-open').click();
  await page.getByTestId('sample-search').fill('7');
  await expect.poll(() => page.getByTestId('sample-count').textContent()).not.toContain('797');
  await page.getByTestId('sample-17').click();
  await expect.poll(() => label().textContent()).toMatch(/^7sample 17 of/);
  await fresh('add').waitFor();

  await value('relu1').click();
  const inspector = page.getByTestId('sample-section');
  await inspector.getByTestId('sample-channels').hover({ position: { x: 10, y: 10 } });
  await expect.poll(() => inspector.getByTestId('sample-channel').textContent()).toMatch(/^channel 0: 0 … /);
  expect(await inspector.getByTestId('sample-range').textContent()).toMatch(/^0 … /);
  await inspector.getByTestId('sample-histogram').waitFor();
});

test('what a node does is seen by leaving it out, and the network stays as it is', async () => {
  const before = await answer().textContent();
  await page.getByTestId('node-bn2').click();
  await page.getByTestId('lesion-mute').click();
  await expect.poll(() => answer().textContent()).toContain('→');
  expect(await answer().textContent()).toContain(before);
  await page.getByTestId('lesion-bn2').waitFor();
  await expect.poll(() => value('bn2').getAttribute('aria-label')).toContain('from 0 to 0');
  await page.getByRole('button', { name: 'Make bn2 whole again' }).click();
  await expect.poll(() => answer().textContent()).toBe(before);
  expect(await page.getByTestId('undo').getAttribute('aria-disabled')).toBe('true');
});

test('a node that was changed is looked at anew; one with an error says why there is nothing', async () => {
  await page.getByTestId('node-conv1').click();
  const filters = page.getByTestId('field-filters');
  await filters.fill('16');
  await filters.press('Enter');
  // The skip does not fit any more.
  await expect.poll(() => page.getByTestId('sample-problem').textContent()).toMatch(/equal|shape/i);
  await expect.poll(() => page.locator('.sw-value').count()).toBe(0);
  await page.getByTestId('undo').click();
  await fresh('add').waitFor();
  await page.getByTestId('node-add').click();
});

test('by keyboard: samples go by, blocks are entered, each repetition has its own values', async () => {
  await open('deep', networkTemplate('resnet-20.json'));
  await fresh('stage2').waitFor();
  const first = await label().textContent();
  await page.keyboard.press('Alt+.');
  await expect.poll(() => label().textContent()).not.toBe(first);
  await page.keyboard.press('Alt+,');
  await expect.poll(() => label().textContent()).toBe(first);
  await page.getByTestId('node-stage2').click();
  await expect.poll(() => page.getByTestId('sample-section').count()).toBe(1);
  await page.keyboard.press('Enter');
  await fresh('conv1').waitFor();
  const ofFirst = await value('conv1').getAttribute('aria-label');
  expect(ofFirst).toContain('channels 32');
  await page.getByTestId('node-conv1').click();
  await expect.poll(() => page.getByTestId('sample-section').locator('..').textContent()).toContain('stage2[0].conv1');
  await page.keyboard.press('Alt+S');
  await expect.poll(() => page.locator('.sw-value').count()).toBe(0);
  await page.keyboard.press('Alt+S');
  await fresh('conv1').waitFor();
});

test('while a network trains, samples go through the weights that were saved last', async () => {
  const document = networkTemplate('first-residual.json');
  await open('training', { ...document, training: { ...document.training, epochs: 400 } });
  await page.keyboard.press('Alt+S');
  await page.getByTestId('train').click();
  await page
    .getByTestId('run-state')
    .filter({ hasText: /Training|Running/i })
    .waitFor();
  await expect
    .poll(
      async () => {
        await page.keyboard.press('Alt+S');
        const shown = await page
          .getByTestId('sample-weights')
          .textContent({ timeout: 2000 })
          .catch(() => '');
        if (shown?.includes('Last of') === true) return true;
        await page.keyboard.press('Alt+S');
        return false;
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBe(true);
  await fresh('add').waitFor();
  // The pictures follow the run from one checkpoint to the next.
  const epoch = async (): Promise<number> =>
    Number(/epoch (\d+)/.exec((await page.getByTestId('sample-weights').textContent()) ?? '')?.[1] ?? -1);
  const seen = await epoch();
  await expect.poll(epoch, { timeout: 60_000 }).toBeGreaterThan(seen);
  await page.getByTestId('stop').click();
});

test('of five thousand nodes those in sight have pictures, and from far away none has', async () => {
  const nodes: Record<string, WrittenNode> = {
    input: { op: 'input', parameters: { height: 8, width: 8, channels: 1 } },
  };
  for (let i = 0; i < 5000; i++) {
    nodes[`relu-${i}`] = { op: 'relu', position: { x: (i % 100) * 220, y: Math.floor(i / 100) * 160 + 160 } };
  }
  nodes['pool'] = { op: 'globalAveragePooling', position: { x: 0, y: 9000 } };
  nodes['dense'] = { op: 'dense', parameters: { units: 10 }, position: { x: 220, y: 9000 } };
  nodes['output'] = { op: 'classificationOutput', position: { x: 440, y: 9000 } };
  await open('large', networkOf(nodes));
  const cards = page.locator('.sw-value');
  await expect.poll(() => cards.count(), { timeout: 60_000 }).toBeGreaterThan(10);
  expect(await cards.count()).toBeLessThan(120);
  await page.getByTestId('fit-view').click();
  await page.getByTestId('overview').waitFor();
  expect(await cards.count()).toBe(0);
});

test('before a training: how signals spread is foretold and measured, and a point leads to its node', async () => {
  await open('forecast', networkTemplate('plain-20.json'));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('signals spread');
  await page.keyboard.press('Enter');
  await page.getByTestId('variance-chart').waitFor();
  await expect
    .poll(() => page.getByTestId('variance-status').textContent(), { timeout: 60_000 })
    .toBe('Measured on a batch of 32.');
  expect(await page.getByTestId('variance-findings').textContent()).toMatch(
    /Gradients .* on their way back to the input/,
  );
  const node = page.getByRole('slider', { name: 'Node' });
  await node.focus();
  await page.keyboard.press('End');
  await expect
    .poll(() => page.getByTestId('variance-point').textContent())
    .toMatch(/^dense, layer 20: variance .* measured/);
  await page
    .getByTestId('variance-chart')
    .locator('.u-over')
    .click({ position: { x: 12, y: 60 } });
  await page.locator('.sw-node.is-selected').waitFor();
  expect(await page.getByTestId('variance-dialog').count()).toBe(0);
});
