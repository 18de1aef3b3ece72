import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { serializeDocument } from '../../src/graph-engine/document/serializeDocument.ts';
import { TrainingSettings } from '../../src/graph-engine/document/trainingSettings.ts';
import { blockTemplate, networkOf } from '../support/networks.ts';
import { writeFinishedRun } from '../support/runs.ts';
import { axeFindingsInBothThemes } from './axe.ts';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;

const fixtures = path.join(import.meta.dirname, '../fixtures/data');
const decoder = blockTemplate('transformer-encoder.json');
/** Small networks as they are before a training: what they say is of no use, how it is shown is the same. */
const networks: Readonly<Record<'masks' | 'writer', SkipwireDocument>> = {
  masks: {
    ...networkOf({
      image: { op: 'input', parameters: { height: 32, width: 32, channels: 3 } },
      conv: { op: 'conv2d', parameters: { filters: 5, kernel: 3 } },
      output: { op: 'segmentationOutput' },
    }),
    name: 'masks',
    training: TrainingSettings.parse({ data: 'shape-masks', validationShare: 0.01 }),
  },
  writer: {
    ...networkOf(
      {
        tokens: { op: 'tokenInput', parameters: { length: 16, vocabulary: 96 } },
        words: { op: 'embedding', parameters: { features: 16 } },
        decoder: { block: decoder.id, parameters: { features: 16, heads: 2, hidden: 16, causal: true } },
        scores: { op: 'dense', parameters: { units: 96 } },
        output: { op: 'nextTokenOutput' },
      },
      decoder.blocks,
    ),
    name: 'writer',
    training: TrainingSettings.parse({ data: 'licence-text', validationShare: 0.01 }),
  },
};

beforeAll(async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'skipwire-story-'));
  for (const [name, document] of Object.entries(networks)) {
    writeFileSync(path.join(workspace, `${name}.json`), serializeDocument(document));
    await writeFinishedRun(workspace, `${name}-run`, document);
  }
  editor = await openEditor({ workspace });
  page = editor.page;
});

afterAll(async () => {
  await editor.close();
});

test('before there is a run, the pane says what it is for', async () => {
  await page.getByTestId('network-first-residual').click();
  await page.keyboard.press('Alt+7');
  await page.getByText(/Train this network, and here you see/).waitFor();
});

test('after a run every cell of the confusion matrix shows its samples', async () => {
  await page.getByTestId('tab-training').click();
  await fill(page, 'epochs', '2');
  await page.getByTestId('train').click();
  await page.getByTestId('run-state').filter({ hasText: 'Finished' }).waitFor({ timeout: 90_000 });
  await page.getByTestId('results-go').click();
  await page.getByTestId('confusion').waitFor({ timeout: 60_000 });
  expect(await page.getByTestId('results-summary').textContent()).toMatch(/\d+\.\d % of 359 right/);
  const cells = await page.getByTestId('confusion').locator('button:not(:disabled)').allTextContents();
  expect(cells.reduce((sum, count) => sum + Number(count), 0)).toBe(359);

  await page.getByTestId('cell-0-0').click();
  const count = Number(await page.getByTestId('cell-0-0').textContent());
  // The process that looks at samples starts with this.
  await page.getByTestId('sample-strip').locator('canvas').first().waitFor({ timeout: 60_000 });
  expect(await page.getByTestId('sample-strip').getByRole('listitem').count()).toBe(Math.min(60, count));
});

test('classes, mistakes and calibration, by keyboard', async () => {
  await page.getByTestId('results-view-confusion').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.getByTestId('class-table').getByRole('row').count()).toBe(11);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByTestId('sample-strip').nth(1).locator('canvas').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page
    .getByTestId('calibration')
    .getByText(/Off by \d+\.\d % on average/)
    .waitFor();
});

test('a part that the data do not have is told in words', async () => {
  await page.getByTestId('results-part').click();
  await page.getByRole('option', { name: 'Test part' }).click();
  await page.getByTestId('results-go').click();
  await page
    .getByTestId('results-problem')
    .filter({ hasText: /no samples for a test/ })
    .waitFor({ timeout: 60_000 });
});

async function open(name: keyof typeof networks): Promise<void> {
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').fill(`${name}.json`);
  await page.getByTestId('dialog-confirm').click();
  await page
    .getByTestId('results-run')
    .filter({ hasText: `${name}-run` })
    .waitFor();
}

test('masks lie over their images, the worst first; layers, classes and opacity are chosen by keyboard', async () => {
  await open('masks');
  await page.getByTestId('results-go').click();
  const grid = page.getByTestId('mask-grid');
  await grid.locator('canvas').nth(11).waitFor({ timeout: 60_000 });
  const overlaps = (await grid.locator('button').allTextContents()).map((text) =>
    Number(/IoU ([\d.]+)/.exec(text)?.[1]),
  );
  expect(overlaps).toEqual([...overlaps].sort((a, b) => a - b));
  const painted = (): Promise<string> =>
    grid
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const seen = [await painted()];
  const changes = async (): Promise<void> => {
    await expect.poll(async () => seen.includes(await painted())).toBe(false);
    seen.push(await painted());
  };
  await page.getByTestId('mask-layer-prediction').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await changes();
  await page.getByTestId('mask-opacity').focus();
  await page.keyboard.press('ArrowLeft');
  await changes();
  await page.getByTestId('mask-legend').getByRole('button', { name: 'background' }).press('Enter');
  await changes();
  await grid.locator('button').first().press('Enter');
  expect(await page.getByTestId('mask-detail').locator('canvas').count()).toBe(4);
  expect(await axeFindingsInBothThemes(page, 'masks', '[data-testid="results"]')).toEqual([]);
  await page.getByTestId('results-view-classes').click();
  expect(await page.getByTestId('mask-table').getByRole('row').count()).toBe(6);
});

/** Lets go of a file over the results, as a hand does. */
async function drop(file: string): Promise<void> {
  const content = readFileSync(path.join(fixtures, file)).toString('base64');
  const transfer = await page.evaluateHandle(
    ([name, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(bytes ?? ''), (byte) => byte.charCodeAt(0))], name ?? ''));
      return data;
    },
    [path.basename(file), content],
  );
  await page.getByTestId('results').dispatchEvent('dragover', { dataTransfer: transfer });
  await page.getByText(/Drop to see what masks-run says of it/).waitFor();
  await page.getByTestId('results').dispatchEvent('drop', { dataTransfer: transfer });
}

test('a photo that is dropped gets its mask, and a file of another kind is told with what was expected', async () => {
  await drop('formats/photo.jpg');
  await page.getByTestId('own-file-mask').locator('canvas').nth(1).waitFor({ timeout: 60_000 });
  await page
    .getByTestId('own-file-steps')
    .filter({ hasText: /Resized from 24×32 to 32×32/ })
    .waitFor();
  await page.getByTestId('own-file-input').setInputFiles(path.join(fixtures, 'table.csv'));
  await page
    .getByTestId('own-file-problem')
    .filter({ hasText: /an image \(PNG, JPEG, WebP, BMP\).*a table/ })
    .waitFor();
  // The window has not taken them for data of its own.
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await axeFindingsInBothThemes(page, 'own file', '[data-testid="results"]')).toEqual([]);
});

test('a network writes on from a prompt, the same for the same seed, and stops at once', async () => {
  await open('writer');
  await page.getByTestId('results-mode-write').click();
  await fill(page, 'writer-length', '30');
  await page.getByTestId('writer-prompt').fill('Café ');
  const text = (): Promise<string | null> => page.getByTestId('writer-text').textContent();
  const write = async (seed: string): Promise<void> => {
    await fill(page, 'writer-seed', seed);
    await page.getByTestId('writer-prompt').press('Control+Enter');
  };
  const done = page.getByTestId('writer-state').filter({ hasText: /^30 tokens$/ });
  await write('1');
  await done.waitFor({ timeout: 60_000 });
  const first = await text();
  expect(first?.length).toBe('Café '.length + 30);
  await page.getByTestId('writer-notices').getByText('Not in the vocabulary: "é"; left out.').waitFor();
  await write('2');
  await expect.poll(text).not.toBe(first);
  await done.waitFor();
  expect(await text()).not.toBe(first);
  await write('1');
  await expect.poll(text).toBe(first);
  await fill(page, 'writer-length', '10000');
  await page.getByTestId('writer-go').click();
  await page
    .getByTestId('writer-state')
    .filter({ hasText: /^[1-9]\d* of 10000/ })
    .waitFor();
  await page.getByTestId('writer-stop').click();
  await page
    .getByTestId('writer-state')
    .filter({ hasText: /stopped/ })
    .waitFor();
  expect(await axeFindingsInBothThemes(page, 'writer', '[data-testid="results"]')).toEqual([]);

  await page.getByTestId('results-mode-on-its-data').click();
  await page.getByTestId('results-go').click();
  await page.getByTestId('worst-passages').locator('span').first().waitFor({ timeout: 60_000 });
  // Without a training 96 tokens are about equally likely.
  expect(await page.getByTestId('results-summary').textContent()).toMatch(/^Perplexity (8|9|1\d\d)\d*\.?\d*/);
  expect(editor.errors).toEqual([]);
});
