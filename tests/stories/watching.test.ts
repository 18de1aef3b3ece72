import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

/** The first residual network without what holds its numbers back, and with steps that become far too large after some epochs. */
function wildNetwork(): string {
  const file = new URL('../../templates/networks/first-residual.json', import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    name: string;
    graph: { nodes: Record<string, { op?: string; enabled?: boolean }> };
    training: Record<string, unknown>;
  };
  document.name = 'Wild';
  for (const node of Object.values(document.graph.nodes)) {
    if (node.op === 'batchNormalization' || node.op === 'relu') node.enabled = false;
  }
  const optimizer = { kind: 'sgd', weightDecay: 0 };
  const schedule = { kind: 'constant', warmupSteps: 600 };
  Object.assign(document.training, { learningRate: 2, optimizer, schedule, epochs: 8 });
  return JSON.stringify(document);
}

const Run = z.object({
  summary: z.object({
    id: z.string(),
    name: z.string(),
    parent: z.object({ run: z.string(), step: z.number() }).optional(),
    lastEpoch: z.object({ epoch: z.number() }).optional(),
  }),
});

/** What the runs of the wild network say of themselves. */
function runsOf(workspace: string): z.infer<typeof Run>['summary'][] {
  const folder = path.join(workspace, 'runs');
  return readdirSync(folder)
    .map((run) => Run.parse(JSON.parse(readFileSync(path.join(folder, run, 'run.json'), 'utf8'))).summary)
    .filter(({ name }) => name === 'Wild');
}

beforeAll(async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'skipwire-story-'));
  writeFileSync(path.join(workspace, 'wild.json'), wildNetwork());
  editor = await openEditor({ workspace });
});

afterAll(async () => {
  await editor.close();
});

test(
  'curves keep their zoom while data come; the canvas shows gradients now and at any step; a node shows its distributions',
  { timeout: 240_000 },
  async () => {
    const { page } = editor;
    await page.getByTestId('network-first-residual').click();
    await page.getByTestId('node-conv1').waitFor();
    await page.getByTestId('tab-training').click();
    await fill(page, 'epochs', '400');
    await page.getByTestId('train').click();
    await page.getByTestId('metric-validation-accuracy').filter({ hasText: /\d/ }).waitFor({ timeout: 120_000 });

    // Zoomed by dragging, and data go on coming.
    const loss = page.getByTestId('curve-loss');
    await loss.scrollIntoViewIfNeeded();
    const box = await loss.locator('.u-over').boundingBox();
    if (box === null) throw new Error('The chart is drawn');
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 50, { steps: 5 });
    await page.mouse.up();
    const zoomed = await loss.getAttribute('data-from');
    expect(Number(zoomed)).toBeGreaterThan(0);
    const accuracy = page.getByTestId('curve-accuracy');
    expect(await accuracy.getAttribute('data-from')).toBe(zoomed);
    const place = page.getByTestId('statistics-place');

    // The gradients on the canvas, from the keyboard.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Heat map: Gradient flow');
    await page.keyboard.press('Enter');
    await place.filter({ hasText: /step \d/ }).waitFor();
    const first = await place.textContent();
    await expect.poll(() => place.textContent(), { timeout: 60_000 }).not.toBe(first);
    expect(await loss.getAttribute('data-from')).toBe(zoomed);
    await page.getByTestId('heat-conv1').filter({ hasText: /\d/ }).waitFor();
    // The identity and the branch have their parts of what flows back to the fork.
    await page.getByTestId('shape-add:b').filter({ hasText: /%/ }).waitFor();
    await page.getByTestId('shape-conv2:input').filter({ hasText: /%/ }).waitFor();

    // Keys move and widen the part that is shown, and Home shows all.
    await loss.focus();
    await page.keyboard.press('-');
    await expect.poll(() => loss.getAttribute('data-from')).not.toBe(zoomed);
    await page.keyboard.press('Home');
    await expect.poll(() => loss.getAttribute('data-from')).toBeNull();
    await page.getByTestId('curve-axis-time').click();
    await page.getByTestId('curve-toggle-validation').click();
    expect(await page.getByTestId('curve-toggle-validation').getAttribute('aria-pressed')).toBe('false');

    await page.getByTestId('stop').click();
    await page
      .getByTestId('run-state')
      .filter({ hasText: /Stopped/ })
      .waitFor();

    // Afterwards any step can be looked at, also after the page was loaded again.
    await page.reload();
    await page.getByTestId('node-conv1').waitFor();
    await page.getByTestId('heat-menu').click();
    await page.getByTestId('heat-updateRatio').click();
    await place.filter({ hasText: /step \d/ }).waitFor();
    const last = await page.getByTestId('heat-conv1').textContent();
    await page.getByTestId('statistics-step').focus();
    await page.keyboard.press('Home');
    await place.filter({ hasText: /step 1,/ }).waitFor();
    await expect.poll(() => page.getByTestId('heat-conv1').textContent()).not.toBe(last);

    await page.getByTestId('tab-inspector').click();
    await page.getByTestId('node-conv1').click();
    await page.getByTestId('statistic-updateRatio').waitFor();
    await expect
      .poll(async () => Number(await page.getByTestId('histograms').getAttribute('data-columns')))
      .toBeGreaterThan(1);
    // Tables for screen readers are out of sight, and give the pane nothing to scroll besides.
    const spare = await page
      .getByTestId('panes:right')
      .locator('> *')
      .first()
      .evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
    expect(spare).toBe(0);
    expect(editor.errors).toEqual([]);
  },
);

test('a run that diverges names the node, and one press mends and goes on', { timeout: 180_000 }, async () => {
  const { page } = editor;
  await page.keyboard.press('Control+o');
  await page.getByTestId('dialog-name').fill('wild.json');
  await page.getByTestId('dialog-confirm').click();
  await expect.poll(() => page.getByTestId('document-name').inputValue()).toBe('Wild');
  await page.getByTestId('tab-training').click();
  await page.getByTestId('train').click();
  const state = page.getByTestId('run-state');
  await state.filter({ hasText: /Failed/ }).waitFor({ timeout: 120_000 });
  const message = await page.getByRole('alert').first().textContent();
  expect(message).toMatch(/not a number|infinite/);
  expect(message).toMatch(/It began at step \d+ in "\w+"/);

  // To the node, by the keyboard.
  await page.getByTestId('divergence-place').focus();
  await page.keyboard.press('Enter');
  const guilty = /in "(\w+)"/.exec(message ?? '')?.[1] ?? '';
  await page.locator(`[data-testid="node-${guilty}"].is-selected`).waitFor();

  const [, failedAt = ''] = /at step (\d+)/.exec(message ?? '') ?? [];
  const [first] = runsOf(editor.workspace);
  if (first === undefined) throw new Error('There is a run');

  // One press: the rate is lowered and training goes on to its end, from the last good checkpoint and not from the beginning.
  await page.getByTestId('divergence-rate').click();
  await state.filter({ hasText: /Finished/ }).waitFor({ timeout: 120_000 });
  await page.getByTestId('run-list').getByText(`continues ${first.id}`).waitFor();
  const child = runsOf(editor.workspace).find(({ parent }) => parent?.run === first.id);
  expect(child?.parent?.step).toBeGreaterThan(40);
  expect(child?.parent?.step).toBeLessThan(Number(failedAt));
  expect(child?.lastEpoch?.epoch).toBe(8);
  const rate = page.getByTestId('learningRate');
  await expect.poll(() => rate.inputValue()).toBe('0.2');
  await page.getByTestId('network-canvas').focus();
  await page.keyboard.press('Control+z');
  await expect.poll(() => rate.inputValue()).toBe('2');
  expect(editor.errors).toEqual([]);
});
