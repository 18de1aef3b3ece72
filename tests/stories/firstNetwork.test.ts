import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { loadDocument } from '../../src/graph-engine/document/loadDocument.ts';
import { digits } from '../../src/main/datasets/digits.ts';
import { addNode, fill, openEditor, wire, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

beforeAll(async () => {
  editor = await openEditor();
});

afterAll(async () => {
  await editor.close();
});

/** Where each node of the residual network is put on the canvas, in pixels. */
const layout: readonly (readonly [op: string, x: number, y: number])[] = [
  ['input', 100, 90],
  ['conv2d', 310, 90],
  ['batchNormalization', 520, 90],
  ['relu', 730, 90],
  ['conv2d', 100, 300],
  ['batchNormalization', 310, 300],
  ['add', 520, 300],
  ['relu', 730, 300],
  ['globalAveragePooling', 100, 500],
  ['dense', 310, 500],
  ['classificationOutput', 520, 500],
];

const wires: readonly (readonly [from: string, to: string])[] = [
  ['input-1.output', 'conv-1.input'],
  ['conv-1.output', 'bn-1.input'],
  ['bn-1.output', 'relu-1.input'],
  ['relu-1.output', 'conv-2.input'],
  ['conv-2.output', 'bn-2.input'],
  ['bn-2.output', 'add-1.a'],
  ['relu-1.output', 'add-1.b'],
  ['add-1.output', 'relu-2.input'],
  ['relu-2.output', 'pool-1.input'],
  ['pool-1.output', 'dense-1.input'],
  ['dense-1.output', 'output-1.input'],
];

test(
  'draw a residual network, train it past 95 %, save, reload, export, and onnxruntime agrees',
  { timeout: 240_000 },
  async () => {
    const { page, workspace } = editor;
    onTestFailed(async () => {
      await page.screenshot({ path: path.join(tmpdir(), 'skipwire-story-failure.png') });
    });

    // Draw it.
    for (const [op, x, y] of layout) await addNode(page, op, x, y);
    await page.getByTestId('node-input-1').click();
    for (const [field, value] of [
      ['field-height', '8'],
      ['field-width', '8'],
      ['field-channels', '1'],
    ] as const)
      await fill(page, field, value);
    for (const [from, to] of wires) await wire(page, from, to);
    // 288 + 32 and 9 216 + 32 for the convolutions, 2·64 for the normalizations, 330 for the dense layer.
    await page
      .getByTestId('totals')
      .filter({ hasText: /10.026 parameters/ })
      .waitFor();

    // Train it.
    await page.getByTestId('tab-training').click();
    await fill(page, 'learningRate', '0.005');
    await fill(page, 'epochs', '500');
    await page.getByTestId('train').click();
    await expect
      .poll(async () => parseFloat((await page.getByTestId('metric-validation-accuracy').textContent()) ?? '0'), {
        timeout: 120_000,
        interval: 500,
      })
      .toBeGreaterThanOrEqual(97);
    await page.getByTestId('stop').click();
    await page
      .getByTestId('run-state')
      .filter({ hasText: /Stopped/i })
      .waitFor();

    // Save it, and come back after a reload.
    await page.keyboard.press('Control+s');
    await page.getByTestId('dialog-name').fill('first');
    await page.getByTestId('dialog-confirm').click();
    await page.getByTestId('dialog-name').waitFor({ state: 'detached' });
    const saved = loadDocument(readFileSync(path.join(workspace, 'first.json'), 'utf8'));
    expect(saved.ok && Object.keys(saved.value.graph.nodes)).toHaveLength(layout.length);
    await page.reload();
    await page.getByTestId('node-add-1').waitFor();
    await expect.poll(() => page.getByTestId('document-name').inputValue()).toBe('first');

    // Export it with what was learned.
    await page.keyboard.press('Control+e');
    await page.getByTestId('dialog-name').fill('first.onnx');
    await page.getByTestId('dialog-confirm').click();
    const result = await page.getByTestId('export-result').textContent({ timeout: 30_000 });
    expect(result).toMatch(/Verified/i);
    const difference = Number(/(\d[\d.]*e-?\d+|0(?:\.\d+)?)/.exec(result ?? '')?.[1]);
    expect(difference).toBeLessThan(1e-4);

    // onnxruntime, on its own, reads the digits with it.
    const { inputs, targets } = await digits().load();
    const [images, labels] = [inputs[0] ?? new Float32Array(), targets[0] ?? new Int32Array()];
    const session = await InferenceSession.create(path.join(workspace, 'first.onnx'));
    const [input] = session.inputNames;
    if (input === undefined) throw new Error('The model has an input');
    const count = labels.length;
    const answers = await session.run({ [input]: new Tensor('float32', images, [count, 1, 8, 8]) });
    const probabilities = Object.values(answers).find((tensor) => Math.abs(sumOfRow(tensor) - 1) < 1e-3);
    if (probabilities === undefined) throw new Error('The model has probabilities');
    let right = 0;
    for (let i = 0; i < count; i++) {
      const row = Array.from((probabilities.data as Float32Array).subarray(i * 10, i * 10 + 10));
      if (row.indexOf(Math.max(...row)) === labels[i]) right += 1;
    }
    expect(right / count).toBeGreaterThanOrEqual(0.95);
    expect(editor.errors).toEqual([]);
  },
);

function sumOfRow(tensor: Tensor): number {
  return Array.from((tensor.data as Float32Array).subarray(0, 10)).reduce((sum, value) => sum + value, 0);
}
