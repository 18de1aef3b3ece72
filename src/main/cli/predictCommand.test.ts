import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { networkOf } from '../../../tests/support/networks.ts';
import { writeFinishedRun } from '../../../tests/support/runs.ts';
import { FilePrediction, GeneratedText } from '../../contract/examination.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { productRoot } from '../files/productRoot.ts';

// A real program with a real engine, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-predict-'));
  await writeFinishedRun(folder, 'digits', {
    ...networkOf({
      image: { op: 'input', parameters: { height: 8, width: 8, channels: 1 } },
      flatten: { op: 'flatten' },
      dense: { op: 'dense', parameters: { units: 10 } },
      output: { op: 'classificationOutput' },
    }),
    training: TrainingSettings.parse({ data: 'digits' }),
  });
  await writeFinishedRun(folder, 'writer', {
    ...networkOf({
      tokens: { op: 'tokenInput', parameters: { length: 8, vocabulary: 96 } },
      words: { op: 'embedding', parameters: { features: 8 } },
      scores: { op: 'dense', parameters: { units: 96 } },
      output: { op: 'nextTokenOutput' },
    }),
    training: TrainingSettings.parse({ data: 'licence-text' }),
  });
});
afterAll(() => rm(folder, { recursive: true }));

function skipwire(...given: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...given], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('predict says what was done to each file and what the network says; one of no use does not keep the others back', async () => {
  await writeFile(path.join(folder, 'notes.txt'), 'no digit');
  const photo = path.join(productRoot, 'tests/fixtures/data/formats/photo.jpg');
  const { code, stdout } = await skipwire('predict', 'digits', 'notes.txt', photo, '--json');
  const [refused, answered] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(code).toBe(1);
  expect(refused).toMatchObject({ file: 'notes.txt', problem: { code: 'own-file/wrong-kind', received: 'a text' } });
  const { steps, samples } = FilePrediction.parse(answered);
  expect(steps).toEqual(['Resized from 24×32 to 8×8, its middle cut out.', 'Turned to grey.']);
  expect(samples[0]?.outputs).toMatchObject([{ kind: 'class', classes: 10 }]);
});

test('generate writes the same text for the same seed, and says which option cannot be used', async () => {
  const words = ['generate', 'writer', '--prompt', 'The ', '--length', '12', '--seed', '5', '--json'];
  const [one, plain, wrong] = await Promise.all([
    skipwire(...words),
    skipwire(...words.slice(0, -1)),
    skipwire('generate', 'writer', '--top-p', '1.5'),
  ]);
  const { text, ...written } = JSON.parse(one.stdout) as { text: string };
  expect(GeneratedText.parse(written).pieces).toHaveLength(12);
  expect(text).toHaveLength(12);
  expect(plain.stdout).toBe(`The ${text}\n`);
  expect(plain.stderr).toMatch(/sees 8 tokens at a time/);
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('--top-p cannot be used') as string });
});
