import { afterAll, beforeAll, expect, test } from 'vitest';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

/* What a careful person does before a run: looks whether everything works, finds a rate, sets what matters, freezes. */
let editor: RunningEditor;
beforeAll(async () => {
  editor = await openEditor();
  const { page } = editor;
  await page.getByTestId('palette-search').fill('first residual');
  await page.getByTestId('palette-network-first-residual').click();
  await page.getByTestId('node-conv1').waitFor();
  await page.getByTestId('tab-training').click();
});
afterAll(() => editor.close());

test('a learning rate is found, drawn and taken over by mouse', { timeout: 180_000 }, async () => {
  const { page } = editor;
  await page.getByTestId('trial-find-rate').click();
  await page.getByTestId('trial-message').waitFor({ timeout: 90_000 });
  await page.getByRole('img', { name: 'Loss by learning rate' }).waitFor();
  const offer = await page.getByTestId('use-trial').textContent();
  await page.getByTestId('use-trial').click();
  const rate = await page.getByTestId('learningRate').inputValue();
  expect(offer).toBe(`Use ${rate}`);
  expect(Number(rate)).toBeGreaterThan(1e-4);
});

test('one batch goes through everything by keyboard, and is learned by heart', { timeout: 180_000 }, async () => {
  const { page } = editor;
  await page.getByTestId('trial-fast-run').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('trial-message').waitFor({ timeout: 90_000 });
  expect(await page.getByTestId('trial-dialog').textContent()).toMatch(/Prepare.*Train.*Evaluate and keep.*Export/);
  await page.keyboard.press('Escape');
  await fill(page, 'learningRate', '0.01');
  await page.getByTestId('trial-overfit-batch').focus();
  await page.keyboard.press('Enter');
  await page
    .getByTestId('trial-message')
    .filter({ hasText: /^Learned 32 samples by heart/ })
    .waitFor({ timeout: 90_000 });
  await page.keyboard.press('Escape');
});

test('why a batch is not learned is told in words', { timeout: 180_000 }, async () => {
  const { page } = editor;
  await fill(page, 'learningRate', '1e-7');
  await page.getByTestId('trial-overfit-batch').click();
  await page
    .getByTestId('trial-findings')
    .filter({ hasText: /the learning rate is too low/ })
    .waitFor({ timeout: 90_000 });
  await page.keyboard.press('Escape');
  await page.getByTestId('trial-dialog').waitFor({ state: 'detached' });
});

test('settings are found by a word, marked when changed, and put back', { timeout: 180_000 }, async () => {
  const { page } = editor;
  await page.getByTestId('setting-search').fill('micro batch');
  await fill(page, 'accumulate', '4');
  await page.getByTestId('reset-accumulate').click();
  expect(await page.getByTestId('accumulate').inputValue()).toBe('1');
  await page.getByTestId('setting-search').press('Escape');
  await page.getByTestId('settings-rate').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('schedule').click();
  await page.getByRole('option', { name: /^Plateau/ }).click();
  // Nobody knows when the validation will get no better: both ends of what may come are drawn.
  await page.getByRole('img', { name: /^Learning rate of .* while .* if it never does$/ }).waitFor();
  await page.getByTestId('memory-forecast').waitFor({ timeout: 60_000 });
});

test('selected nodes are frozen by a key, and one undo lets them learn again', { timeout: 180_000 }, async () => {
  const { page } = editor;
  const card = page.getByTestId('node-conv1');
  await card.click();
  await page.keyboard.press('Shift+Z');
  await card.getByRole('img', { name: 'Frozen' }).waitFor();
  await page.keyboard.press('Control+z');
  await card.getByRole('img', { name: 'Frozen' }).waitFor({ state: 'detached' });
  // The inspector says so too, and can do it.
  await page.getByTestId('tab-inspector').click();
  const frozen = page.getByTestId('inspector-node').getByRole('switch', { name: 'Frozen' });
  expect(await frozen.getAttribute('aria-checked')).toBe('false');
  await frozen.click();
  await card.getByRole('img', { name: 'Frozen' }).waitFor();
  expect(await frozen.getAttribute('aria-checked')).toBe('true');
  expect(editor.errors).toEqual([]);
});
