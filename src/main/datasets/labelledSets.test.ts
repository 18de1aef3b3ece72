import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { answerOf } from '../files/hostFailure.ts';
import { friedman } from './friedman.ts';
import { licenceText } from './licenceText.ts';
import { shapeMasks } from './shapeMasks.ts';
import { solvedPositions, ticTacToe } from './ticTacToe.ts';

test('masks are exact: what they call a shape is coloured otherwise than the ground', async () => {
  const {
    description,
    inputs: [images = []],
    targets: [kinds = [], foreground = []],
  } = await shapeMasks(50).load();
  expect([images.length, kinds.length]).toEqual([50 * 32 * 32 * 3, 50 * 32 * 32]);
  expect(description.targets.map((target) => target.kind === 'mask' && target.classes.length)).toEqual([5, 2]);
  let apart = 0;
  for (let sample = 0; sample < 50; sample++) {
    const mean = [0, 1].map((meant) => {
      const sum = [0, 0, 0];
      let count = 0;
      for (let pixel = sample * 1024; pixel < (sample + 1) * 1024; pixel++) {
        if (foreground[pixel] !== meant) continue;
        count += 1;
        for (let channel = 0; channel < 3; channel++)
          sum[channel] = (sum[channel] ?? 0) + (images[pixel * 3 + channel] ?? 0);
      }
      expect(count).toBeGreaterThan(20);
      return sum.map((value) => value / count);
    });
    apart += Math.hypot(...(mean[0] ?? []).map((value, channel) => value - (mean[1]?.[channel] ?? 0))) > 0.2 ? 1 : 0;
  }
  // Two shapes of opposite colours may look like the ground together, but hardly ever do.
  expect(apart).toBeGreaterThan(45);
  expect(new Set(kinds)).toEqual(new Set([0, 1, 2, 3, 4]));
  expect([...foreground].every((meant, pixel) => meant === Math.min(1, kinds[pixel] ?? 0))).toBe(true);
  const longer = await shapeMasks(60).load();
  expect(longer.inputs[0]?.subarray(0, images.length)).toEqual(images);
});

test('the text is what the files say, as numbers of characters', async () => {
  const source = licenceText();
  const { description, inputs, targets } = await source.load();
  // What is promised before anything is read.
  expect(description).toEqual(source.description);
  const [input] = description.inputs;
  if (input?.kind !== 'text') throw new Error('The input is a text');
  expect(input.vocabulary.length).toBe(96);
  const text = Array.from(inputs[0] ?? [], (token) => input.vocabulary[token]).join('');
  expect(text).toContain('Everyone is permitted to copy and distribute verbatim copies\n of this license document');
  expect(targets[0]).toBe(inputs[0]);
});

test('a strange character is told with its file and line', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-text-'));
  for (const name of ['gpl-3.txt', 'lgpl-2.1.txt', 'gfdl-1.3.txt'])
    await writeFile(path.join(folder, name), 'one\ntwo é\n');
  const answer = await answerOf(() => licenceText(folder).load());
  expect(answer).toMatchObject({ ok: false, problem: { code: 'data/damaged', received: '"é"' } });
  if (!answer.ok) expect(answer.problem.message).toContain('Line 2');
  await rm(folder, { recursive: true });
});

test('the licences are verbatim, as they demand', async () => {
  for (const name of ['gpl-3.txt', 'lgpl-2.1.txt', 'gfdl-1.3.txt']) {
    const file = new URL(`../../../assets/data/licences/${name}`, import.meta.url);
    expect(await readFile(file, 'utf8')).toMatch(/permitted to copy and distribute verbatim copies/);
  }
});

test('tic-tac-toe is solved: known counts, and known best moves', async () => {
  // 5 478 positions can be reached; in 958 of them the game is over.
  const positions = solvedPositions();
  expect(positions.length).toBe(5478 - 958);
  const find = (...board: number[]) => positions.find((one) => one.board.join() === board.join());
  expect(find(0, 0, 0, 0, 0, 0, 0, 0, 0)).toMatchObject({ value: 0, best: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
  // After a corner only the centre holds the draw.
  expect(find(-1, 0, 0, 0, 0, 0, 0, 0, 0)).toMatchObject({ value: 0, best: [4] });
  // Two in a row and the move: won, and only by closing the row.
  expect(find(1, 1, 0, -1, -1, 0, 0, 0, 0)).toMatchObject({ value: 1 });
  expect(find(1, 1, 0, -1, -1, 0, 0, 0, 0)?.best).toContain(2);

  const { inputs, targets, description } = await ticTacToe().load();
  expect(description).toEqual(ticTacToe().description);
  const [boards = [], policies = []] = [inputs[0], targets[0]];
  for (let sample = 0; sample < positions.length; sample++) {
    const policy = Array.from(policies.slice(sample * 9, sample * 9 + 9));
    expect(policy.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    // No probability on a square that is taken.
    policy.forEach((share, square) => {
      const taken = (boards[(sample * 9 + square) * 2] ?? 0) + (boards[(sample * 9 + square) * 2 + 1] ?? 0);
      if (taken > 0 && share > 0) throw new Error(`A stone on a stone in position ${sample}`);
    });
  }
});

test("Friedman's function has the mean, the deviation and the noise that it is known for", async () => {
  const { inputs, targets } = await friedman().load();
  const values = Array.from(targets[0] ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.05);
  expect(Math.abs(variance - 1)).toBeLessThan(0.06);
  const numbers = inputs[0] ?? new Float32Array();
  const residuals = values.map((value, sample) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = numbers.subarray(sample * 10, sample * 10 + 10);
    return value * 4.979 + 14.413 - (10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e);
  });
  const noise = residuals.reduce((sum, value) => sum + value ** 2, 0) / residuals.length;
  expect(Math.abs(noise - 1)).toBeLessThan(0.1);
});
