import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fill, openEditor } from './openEditor.ts';

/** Waits until the shown run is in a state. */
async function stateIs(page: Page, words: RegExp): Promise<void> {
  await page.getByTestId('run-state').filter({ hasText: words }).waitFor({ timeout: 150_000 });
}

async function openFirstNetwork(page: Page, epochs: string): Promise<void> {
  await page.getByTestId('network-first-residual').click();
  await page.getByTestId('node-conv1').waitFor();
  await page.getByTestId('tab-training').click();
  await fill(page, 'epochs', epochs);
}

async function trainsFor(page: Page, accuracy: number): Promise<void> {
  const figure = page.getByTestId('metric-validation-accuracy');
  await expect
    .poll(async () => parseFloat((await figure.textContent()) ?? ''), { timeout: 60_000 })
    .toBeGreaterThan(accuracy);
}

/** Steps in the curves of the runs of a workspace, by run. */
function curves(workspace: string): Record<string, { kind: string; step: number; epoch: number }[]> {
  const Line = z.object({ kind: z.string(), step: z.number(), epoch: z.number() });
  const runs = path.join(workspace, 'runs');
  return Object.fromEntries(
    readdirSync(runs).map((run) => [
      run,
      readFileSync(path.join(runs, run, 'metrics.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => Line.parse(JSON.parse(line))),
    ]),
  );
}

test(
  'a run is paused, another is trained meanwhile, and the first goes on and is continued with other settings',
  { timeout: 300_000 },
  async () => {
    const editor = await openEditor({ spareEngine: true });
    const { page, workspace } = editor;
    try {
      await openFirstNetwork(page, '400');
      await page.getByTestId('train').click();
      await trainsFor(page, 20);
      await page.getByTestId('pause').click();
      await stateIs(page, /Paused/);
      const [paused] = Object.keys(curves(workspace));
      if (paused === undefined) throw new Error('There is no run');

      // The engine is free for another run.
      await fill(page, 'epochs', '1');
      await page.getByTestId('train').click();
      await stateIs(page, /Finished/);

      await page.getByTestId('run-list').getByText(paused, { exact: true }).click();
      await stateIs(page, /Paused/);
      const before = curves(workspace)[paused]?.at(-1)?.step ?? 0;
      await page.getByTestId('resume').click();
      await stateIs(page, /Training/);
      await expect
        .poll(() => curves(workspace)[paused]?.at(-1)?.step ?? 0, { timeout: 60_000 })
        .toBeGreaterThan(before + 50);
      await page.getByTestId('stop').click();
      await stateIs(page, /Stopped/);
      const steps = (curves(workspace)[paused] ?? []).filter(({ kind }) => kind === 'step').map(({ step }) => step);
      expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));

      // What is continued counts the epochs before, so a number that is too small is refused in words.
      await page.getByTestId('continue').click();
      await page.getByTestId('continue-last').click();
      await page.getByTestId('toast').filter({ hasText: 'Raise the number of epochs' }).waitFor();
      const passed = Math.ceil(curves(workspace)[paused]?.at(-1)?.epoch ?? 0);
      await fill(page, 'epochs', String(passed + 1));
      await page.getByTestId('continue').click();
      await page.getByTestId('continue-last').click();
      await stateIs(page, /Finished/);
      await page.getByTestId('run-list').getByText(`continues ${paused}`).waitFor();
      expect(editor.errors).toEqual([]);
    } finally {
      await editor.close();
    }
  },
);

async function queueRun(page: Page, epochs: string): Promise<void> {
  await fill(page, 'epochs', epochs);
  await page.getByTestId('queue-run').click();
  const list = page.getByTestId('run-list').getByRole('listitem');
  await list
    .filter({ hasText: `${epochs} epoch` })
    .first()
    .waitFor();
}

test('runs wait for each other, change places and leave the queue', { timeout: 300_000 }, async () => {
  const editor = await openEditor({ spareEngine: true });
  const { page } = editor;
  try {
    await openFirstNetwork(page, '2000');
    await page.getByTestId('train').click();
    await stateIs(page, /Training/);
    for (const epochs of ['1', '3']) await queueRun(page, epochs);
    const list = page.getByTestId('run-list').getByRole('listitem');
    await list.filter({ hasText: 'Waiting · 2' }).filter({ hasText: '3 epochs' }).getByRole('button').click();
    await page.getByTestId('queue-earlier').click();
    await list.filter({ hasText: 'Waiting · 1' }).filter({ hasText: '3 epochs' }).waitFor();
    await list.filter({ hasText: 'Waiting · 2' }).filter({ hasText: '1 epoch' }).getByRole('button').click();
    await page.getByTestId('queue-remove').click();
    await stateIs(page, /Stopped/);

    await page.getByTestId('stop').click();
    await list.filter({ hasText: 'Finished' }).filter({ hasText: '3 epochs' }).waitFor({ timeout: 60_000 });
    expect(editor.errors).toEqual([]);
  } finally {
    await editor.close();
  }
});

test(
  'the whole host is killed in the middle of a run: after a restart what waited is trained, and the editor offers to resume it',
  { timeout: 300_000 },
  async () => {
    const workspace = mkdtempSync(path.join(tmpdir(), 'skipwire-killed-'));
    try {
      const first = await openEditor({ workspace, spareEngine: true });
      await openFirstNetwork(first.page, '40');
      await first.page.getByTestId('train').click();
      await trainsFor(first.page, 20);
      for (const epochs of ['3', '2']) await queueRun(first.page, epochs);
      first.server.kill('SIGKILL');
      await first.page.getByTestId('connection-state').filter({ hasNotText: 'Connected' }).waitFor();
      await first.page.context().browser()?.close();

      const again = await openEditor({ workspace, spareEngine: true });
      try {
        const { page } = again;
        // The document was not saved: it comes from the journal.
        await page.getByTestId('recover-all').click();
        await page.getByTestId('node-conv1').waitFor();
        await page.getByTestId('tab-training').click();
        const list = page.getByTestId('run-list').getByRole('listitem');
        for (const epochs of ['3 epochs', '2 epochs']) {
          await list.filter({ hasText: 'Finished' }).filter({ hasText: epochs }).waitFor({ timeout: 90_000 });
        }
        await list.filter({ hasText: '40 epochs' }).getByRole('button').click();
        await stateIs(page, /Interrupted/);
        await page.getByTestId('resume').click();
        await stateIs(page, /Finished/);
        const trained = Object.values(curves(workspace)).map((curve) =>
          curve.filter(({ kind }) => kind === 'epoch').map(({ epoch }) => epoch),
        );
        const epochs = trained.find((one) => one.length > 3);
        expect(epochs).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
        expect(again.errors).toEqual([]);
      } finally {
        await again.close();
      }
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  },
);
