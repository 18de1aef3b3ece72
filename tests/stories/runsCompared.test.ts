import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { NodeId, SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { writePastRun } from '../support/pastRuns.ts';
import { axeFindings, axeFindingsInBothThemes } from './axe.ts';
import { openEditor, type RunningEditor } from './openEditor.ts';

// Real programs and browsers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let editor: RunningEditor;
let page: Page;
let runs: string;

const names = async (): Promise<readonly (string | null)[]> =>
  page.getByTestId('run-line').evaluateAll((lines) => lines.map((line) => line.getAttribute('data-run')));

/** The same network without a bias in its last layer. */
function withoutBias(document: SkipwireDocument): SkipwireDocument {
  const dense = document.graph.nodes['dense' as NodeId];
  if (dense === undefined || !('op' in dense)) throw new Error('There is no dense');
  const nodes = { ...document.graph.nodes, dense: { ...dense, parameters: { ...dense.parameters, bias: false } } };
  return { ...document, graph: { ...document.graph, nodes } };
}

beforeAll(async () => {
  const workspace = await mkdtemp(path.join(tmpdir(), 'skipwire-story-'));
  runs = path.join(workspace, 'runs');
  await writePastRun(runs, 'base', { speed: 1, summary: { started: 1000 } });
  await writePastRun(runs, 'fast', { speed: 4, training: { learningRate: 0.5 }, summary: { started: 2000 } });
  await writePastRun(runs, 'plain', { speed: 2, change: withoutBias, summary: { started: 3000 } });
  // More than fit on any screen; a folder that was copied is a run of its own.
  const old = { name: 'Old net', started: 1, state: { status: 'stopped' } } as const;
  const first = await writePastRun(runs, 'old-0', { speed: 0.1, summary: old });
  const copies = Array.from({ length: 299 }, (_, number) => path.join(runs, `old-${number + 1}`));
  await Promise.all(copies.map((copy) => cp(first, copy, { recursive: true })));
  editor = await openEditor({ workspace });
  page = editor.page;
  await page.keyboard.press('Alt+8');
  await page.getByTestId('runs-count').filter({ hasText: '303 runs' }).waitFor();
});

afterAll(() => editor.close());

test('hundreds of runs are sorted and narrowed; only those in view are drawn', async () => {
  expect((await names()).slice(0, 3)).toEqual(['plain', 'fast', 'base']);
  expect((await names()).length).toBeLessThan(60);
  await page.getByTestId('sort-bestLoss').click();
  await expect.poll(async () => (await names()).slice(0, 3)).toEqual(['fast', 'plain', 'base']);
  expect(await page.getByRole('columnheader', { name: 'Validation loss (best)' }).getAttribute('aria-sort')).toBe(
    'ascending',
  );
  await page.getByTestId('runs-find').fill('first');
  await page.getByTestId('runs-count').filter({ hasText: '3 of 303' }).waitFor();
  expect(await names()).toEqual(['fast', 'plain', 'base']);
});

test('tags and a note are written by keyboard and lie in the folder of the run', async () => {
  await page.getByTestId('run-line').first().focus();
  await page.keyboard.press('t');
  await page.getByTestId('run-tags-field').fill('best, wide');
  await page.keyboard.press('Enter');
  await page.getByTestId('run-line').first().getByText('wide').waitFor();
  // The keyboard is back where it was.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('n');
  await page.getByTestId('run-note-field').fill('no bias');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => readFile(path.join(runs, 'plain', 'remarks.json'), 'utf8').catch(() => ''))
    .toContain('"note": "no bias"');
  expect(JSON.parse(readFileSync(path.join(runs, 'fast', 'remarks.json'), 'utf8'))).toMatchObject({
    tags: ['best', 'wide'],
  });
  await page.getByTestId('runs-tags').click();
  await page.getByRole('menuitemcheckbox', { name: 'wide' }).click();
  await page.getByTestId('runs-count').filter({ hasText: '1 of 303' }).waitFor();
  await page.getByTestId('runs-tags').click();
  await page.getByRole('menuitemcheckbox', { name: 'wide' }).click();
});

test('curves of chosen runs lie over each other, over any axis, and leave as a picture', async () => {
  for (const run of ['fast', 'base']) await page.getByRole('checkbox', { name: `Compare ${run}` }).click();
  const loss = page.getByTestId('overlay-validation-loss');
  await expect.poll(() => loss.getAttribute('data-points')).toBe('3 3');
  expect(await page.getByTestId('overlay-train-loss').getAttribute('data-points')).toBe('12 12');
  await page.getByTestId('overlay-axis-step').click();
  await loss.focus();
  await page.keyboard.press('+');
  expect(await loss.getAttribute('data-from')).not.toBeNull();
  await page.keyboard.press('Home');
  expect(await loss.getAttribute('data-from')).toBeNull();

  await page.getByTestId('runs-export').click();
  const [picture] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-svg').click()]);
  const svg = readFileSync(await picture.path(), 'utf8');
  expect(svg).toMatch(/^<svg /);
  for (const text of ['Validation loss', 'Training loss', 'fast', 'base']) expect(svg).toContain(`>${text}</text>`);
  await page.getByTestId('runs-export').click();
  const [pixels] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-png').click()]);
  expect(
    readFileSync(await pixels.path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test('settings and networks that differ are told, and marked on the canvas', async () => {
  await page.getByTestId('compare-panel-settings').click();
  const settings = page.getByTestId('settings-diff');
  await settings.getByRole('row', { name: /Learning rate .*0\.5/ }).waitFor();
  expect(await settings.getByRole('row', { name: /^Batch size/ }).count()).toBe(0);

  await page.getByRole('checkbox', { name: 'Compare fast' }).click();
  await page.getByRole('checkbox', { name: 'Compare plain' }).click();
  await page.getByTestId('compare-panel-network').click();
  await page.getByTestId('network-summary').filter({ hasText: 'base → plain: 1 changed' }).waitFor();
  await page.getByTestId('network-on-canvas').click();
  await page.getByTestId('compare-bar').getByText('base').waitFor();
  expect(await page.getByTestId('compare-summary').textContent()).toBe('1 changed');
  await page.getByTestId('compare-stop').click();
});

test('metrics leave as a table and as event files', async () => {
  await page.keyboard.press('Alt+8');
  await page.getByTestId('runs-export').click();
  await page.getByTestId('export-csv').click();
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('runs-export-result').filter({ hasText: 'metrics.csv: 31 lines' }).waitFor();
  await page.getByTestId('dialog-close').click();
  await page.getByTestId('runs-export').click();
  await page.getByTestId('export-tensorboard').click();
  await page.getByTestId('dialog-confirm').click();
  await page.getByTestId('runs-export-result').filter({ hasText: 'tensorboard --logdir tensorboard' }).waitFor();
  await page.getByTestId('dialog-close').click();
  expect(existsSync(path.join(editor.workspace, 'tensorboard', 'base', 'train'))).toBe(true);
});

test('a run is renamed from its menu, and found by what it is called', async () => {
  await page.getByRole('row', { name: /plain/ }).click({ button: 'right' });
  await page.getByTestId('run-rename').click();
  await page.getByTestId('run-title-field').fill('The plain twin');
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /The plain twin/ }).waitFor();
  await expect.poll(() => readFileSync(path.join(runs, 'plain', 'remarks.json'), 'utf8')).toContain('The plain twin');
});

test('a deleted run comes back with one press, or from the trash', async () => {
  const deletePlain = async (): Promise<void> => {
    await page.getByRole('row', { name: /plain/ }).focus();
    await page.keyboard.press('Delete');
    await page.getByTestId('runs-count').filter({ hasText: '2 of 302' }).waitFor();
  };
  await page.getByRole('checkbox', { name: 'Compare base' }).click();
  await deletePlain();
  expect(existsSync(path.join(runs, 'plain'))).toBe(false);
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await page.getByTestId('runs-count').filter({ hasText: '3 of 303' }).waitFor();
  await deletePlain();
  await page.getByTestId('runs-trash').click();
  await page.getByTestId('trash-restore').click();
  await page.getByText('The trash is empty').waitFor();
  await page.getByTestId('dialog-close').click();
  await page.getByTestId('runs-count').filter({ hasText: '3 of 303' }).waitFor();
  expect(readFileSync(path.join(runs, 'plain', 'remarks.json'), 'utf8')).toContain('no bias');
});

test('axe finds nothing in the table and in what is compared', async () => {
  await page.getByRole('checkbox', { name: 'Compare base' }).click();
  const under = '[data-testid="runs-pane"]';
  expect(await axeFindings(page, { under })).toEqual([]);
  await page.getByTestId('compare-panel-curves').click();
  expect(await axeFindingsInBothThemes(page, 'curves', under)).toEqual([]);
  expect(editor.errors).toEqual([]);
});
