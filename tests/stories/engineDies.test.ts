import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fill, openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

beforeAll(async () => {
  editor = await openEditor({ spareEngine: true });
});

afterAll(async () => {
  await editor.close();
});

/** Engine processes below the server, busiest first. */
function enginesOf(server: number): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,time=,args=', '--sort=-time'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+\S+\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === server && (match[3] ?? '').includes('engineProcess'))
    .map((match) => Number(match?.[1]));
}

test(
  'the engine is killed in the middle of a run: the editor says so, keeps everything, and trains again',
  { timeout: 180_000 },
  async () => {
    const { page, server } = editor;
    await page.getByTestId('network-first-residual').click();
    await page.getByTestId('node-conv1').waitFor();
    await page.getByTestId('tab-training').click();
    await fill(page, 'epochs', '5000');
    await page.getByTestId('train').click();
    const accuracy = page.getByTestId('metric-validation-accuracy');
    await expect
      .poll(async () => parseFloat((await accuracy.textContent()) ?? ''), { timeout: 60_000 })
      .toBeGreaterThan(20);

    const [engine] = enginesOf(server.pid ?? 0);
    if (engine === undefined) throw new Error('No engine process is found');
    process.kill(engine, 'SIGKILL');
    await page
      .getByTestId('run-state')
      .filter({ hasText: /Interrupted/i })
      .waitFor();
    expect(await page.getByTestId('node-conv1').count()).toBe(1);

    // The drawing can be edited, and a new run starts in a new process.
    await fill(page, 'epochs', '1');
    await page.getByTestId('train').click();
    await page
      .getByTestId('run-state')
      .filter({ hasText: /Finished/i })
      .waitFor({ timeout: 60_000 });
    expect(editor.errors).toEqual([]);
  },
);
