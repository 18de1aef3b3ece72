import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;
beforeAll(async () => {
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'skipwire-data-story-'));
  await makeBars(path.join(workspace, 'bars'));
  writeFileSync(path.join(workspace, 'houses.json'), JSON.stringify(regression));
  editor = await openEditor({ workspace });
});
afterAll(() => editor.close());

/** Ten classes: stripes of two widths, across or down, bright or dim, and two without stripes, in noise; one file is no image. */
async function makeBars(folder: string): Promise<void> {
  for (let label = 0; label < 10; label++) {
    const own = path.join(folder, `bar ${label}`);
    mkdirSync(own, { recursive: true });
    for (let index = 0; index < 24; index++) {
      const pixels = Buffer.alloc(20 * 20 * 3);
      for (let at = 0; at < pixels.length; at++) {
        const [column, row] = [Math.floor(at / 3) % 20, Math.floor(at / 60)];
        const along = (label & 1) === 0 ? column : row;
        const bright = (label & 4) === 0 ? 180 : 80;
        const inside = label >= 8 || Math.floor(along / ((label & 2) === 0 ? 5 : 10)) % 2 === index % 2;
        pixels[at] = (inside ? (label === 9 ? 30 : bright) : 20) + ((at * 7919 + index * 104_729 + label) % 50);
      }
      const image = sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } });
      await image.png().toFile(path.join(own, `${index}.png`));
    }
  }
  writeFileSync(path.join(folder, 'bar 3', 'broken.png'), 'this is no image');
}

const regression = {
  format: 'skipwire/document@1',
  name: 'Houses',
  training: { epochs: 40, batchSize: 16, learningRate: 0.01 },
  graph: {
    nodes: {
      numbers: { op: 'featureInput', parameters: { size: 4 } },
      hidden: { op: 'dense', parameters: { units: 16 }, inputs: { input: { node: 'numbers', port: 'output' } } },
      relu: { op: 'relu', inputs: { input: { node: 'hidden', port: 'output' } } },
      value: { op: 'dense', parameters: { units: 1 }, inputs: { input: { node: 'relu', port: 'output' } } },
      price: { op: 'regressionOutput', inputs: { input: { node: 'value', port: 'output' } } },
    },
  },
};

/** Prices that follow from size and place. */
function housesTable(): string {
  const lines = ['size;rooms;place;price'];
  for (let row = 0; row < 240; row++) {
    const [size, rooms] = [40 + ((row * 37) % 120), 1 + (row % 6)];
    const place = row % 3 === 0 ? 'town' : 'land';
    const price = size / 40 + (place === 'town' ? 1.5 : 0) - 2;
    lines.push([row === 7 ? '' : size, rooms, place, price.toFixed(3).replace('.', ',')].join(';'));
  }
  return `${lines.join('\n')}\n`;
}

const finished = () =>
  editor.page
    .getByTestId('run-state')
    .filter({ hasText: /Finished/i })
    .waitFor({ timeout: 90_000 });

test(
  'a folder of images is added, a broken file is left out, images are varied before one’s eyes and trained on',
  { timeout: 180_000 },
  async () => {
    const { page } = editor;
    await page.getByTestId('palette-search').fill('first residual');
    await page.getByTestId('palette-network-first-residual').click();
    await page.getByTestId('node-output').waitFor();
    await page.getByTestId('tab-training').click();
    await page.getByTestId('add-data').click();
    await page.getByRole('button', { name: 'bars' }).click();
    await page.getByTestId('choose-folder').click();

    // What it is, in the size of the network's input, and what cannot be read.
    await page.getByTestId('data-understood').filter({ hasText: 'A folder for each of 10 classes' }).waitFor();
    const report = page.getByTestId('broken-report');
    await report.filter({ hasText: 'bar 3/broken.png' }).waitFor();
    await page.getByTestId('leave-out').click();
    await report.filter({ hasText: 'are left out' }).waitFor();

    // Samples of one class; every change of the augmentation is seen at once.
    await page.getByTestId('sample-class').click();
    await page.getByRole('option', { name: 'bar 4' }).click();
    await page
      .getByLabel(/^Sample \d+, bar 4$/)
      .first()
      .waitFor();
    await expect.poll(() => page.getByTestId('sample-grid').locator('li').count()).toBe(24);
    const first = page.getByLabel(/^Sample \d+, bar 4$/).first();
    const picture = () => first.evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ''));
    const before = await picture();
    await page.getByTestId('augment-crop').click();
    await fill(page, 'augment-crop-padding', '2');
    await expect.poll(picture).not.toBe(before);
    const varied = await picture();
    await page.getByTestId('next-epoch').click();
    await expect.poll(picture).not.toBe(varied);
    await page.getByTestId('samples-varied').click();
    await expect.poll(picture).toBe(before);
    await fill(page, 'augment-crop-padding', '1');

    await page.getByTestId('data-sheet-figures').click();
    expect(await page.getByTestId('class-balance').getByText('24').count()).toBe(10);
    expect(await page.getByTestId('data-statistics').textContent()).toMatch(/red.*green.*blue/);
    await page.getByTestId('use-data').click();

    await page
      .getByTestId('data-treatment')
      .filter({ hasText: /moved by up to 1 pixel\. Numbers are normalized/ })
      .waitFor();
    await fill(page, 'epochs', '15');
    await page.getByTestId('train').click();
    await finished();
    const accuracy = Number(await page.getByTestId('metric-validation-accuracy').getAttribute('data-value'));
    // One of ten by chance.
    expect(accuracy).toBeGreaterThan(0.5);
    const [run = ''] = readdirSync(path.join(editor.workspace, 'runs'));
    const document = JSON.parse(readFileSync(path.join(editor.workspace, 'runs', run, 'document.json'), 'utf8'));
    expect(document.training).toMatchObject({
      data: './bars',
      reader: { kind: 'image-folder', size: { height: 8, width: 8 }, leaveOut: true },
      augmentation: { crop: { padding: 1, fill: 'black' } },
      normalization: 'standardize',
    });
    const kept = JSON.parse(readFileSync(path.join(editor.workspace, 'runs', run, 'data.json'), 'utf8'));
    expect(kept.normalization[0].mean).toHaveLength(1);

    // The model takes images as they are, when that is wished; onnxruntime agrees with the engine about that too.
    await page.keyboard.press('Control+e');
    await page.getByTestId('dialog-name').fill('bars.onnx');
    await page.getByTestId('export-normalize').click();
    await page.getByTestId('dialog-confirm').click();
    expect(await page.getByTestId('export-result').textContent({ timeout: 60_000 })).toMatch(/Verified/);
    await page.getByTestId('dialog-close').click();
    expect(editor.errors).toEqual([]);
  },
);

test(
  'a table is dropped on the window, its columns are understood, and a regression learns',
  { timeout: 180_000 },
  async () => {
    const { page, workspace } = editor;
    await page.keyboard.press('Control+o');
    await page.getByTestId('dialog-name').fill('houses.json');
    await page.getByTestId('dialog-confirm').click();
    await page.getByTestId('node-price').waitFor();
    const dropped = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'houses.csv', { type: 'text/csv' }));
      return transfer;
    }, housesTable());
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });

    const understood = page.getByTestId('data-understood');
    await understood.filter({ hasText: 'between semicolons' }).waitFor();
    expect(await understood.textContent()).toMatch(/Learned: "price", from 3 columns.*1 cell without a value/);
    expect(readFileSync(path.join(workspace, 'data', 'houses.csv'), 'utf8')).toBe(housesTable());

    // Without the rooms the network's input, of four numbers, does not fit any more; the dialog says so.
    await page.getByTestId('data-sheet-reading').click();
    await page.getByLabel('Use of rooms').selectOption('ignore');
    await page.getByTestId('data-unfit').filter({ hasText: '3 numbers' }).waitFor();
    await page.getByLabel('Use of rooms').selectOption('feature');
    await page.getByTestId('data-unfit').waitFor({ state: 'detached' });
    await page.getByTestId('use-data').click();
    await page.getByTestId('tab-training').click();
    await page.getByTestId('train').click();
    await finished();
    const missed = Number(await page.getByTestId('metric-validation-meanAbsoluteError').getAttribute('data-value'));
    // Prices deviate by about one from their mean.
    expect(missed).toBeLessThan(0.3);
    expect(editor.errors).toEqual([]);
  },
);
