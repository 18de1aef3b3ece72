import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { networkOf } from '../../../tests/support/networks.ts';
import { writeFinishedRun } from '../../../tests/support/runs.ts';
import { GenerationOptions } from '../../contract/examination.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { runFiles } from '../runs/runFiles.ts';
import { createExamineClient, type ExamineClient } from './examineClient.ts';
import type { ExamineTarget } from './examineMessages.ts';
import { targetOfRun } from './runTarget.ts';

/* A process of its own that may die while it writes. The run is as one of an older version, which says nothing of its data. */
const document = {
  ...networkOf({
    tokens: { op: 'tokenInput', parameters: { length: 8, vocabulary: 96 } },
    words: { op: 'embedding', parameters: { features: 8 } },
    scores: { op: 'dense', parameters: { units: 96 } },
    output: { op: 'nextTokenOutput' },
  }),
  training: TrainingSettings.parse({ data: 'licence-text' }),
};
let folder: string;
let examiner: ExamineClient;
let target: ExamineTarget;
vi.setConfig({ testTimeout: 180_000 });
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-examine-'));
  examiner = createExamineClient({ folder });
  target = await targetOfRun(await writeFinishedRun(folder, 'writer', document));
});
afterAll(async () => {
  await examiner.dispose();
  await rm(folder, { recursive: true });
});

const options = (length: number): GenerationOptions => GenerationOptions.parse({ prompt: 'a', length });

test('a process that dies while it writes is told, what waits is answered, and it is not missed by the next question', async () => {
  const endless = examiner.generate(
    { target, options: options(10_000) },
    () => examiner.kill(),
    new AbortController().signal,
  );
  const waiting = examiner.generate({ target, options: options(3) }, () => undefined, new AbortController().signal);
  await expect(endless).rejects.toMatchObject({ problem: { code: 'engine/lost' } });
  expect((await waiting).pieces).toHaveLength(3);
});

test('a text is stopped while it is written, and before its turn has come', async () => {
  const [now, before] = [new AbortController(), new AbortController()];
  before.abort();
  const writing = examiner.generate({ target, options: options(10_000) }, () => now.abort(), now.signal);
  const waiting = examiner.generate({ target, options: options(10_000) }, () => undefined, before.signal);
  const written = await writing;
  expect(written.stopped).toBe(true);
  expect(written.pieces.length).toBeLessThan(1000);
  expect(await waiting).toMatchObject({ stopped: true, pieces: [] });
});

test('weights that are another network’s are told, and so is a run without any', async () => {
  const other = {
    ...target,
    document: {
      ...document,
      graph: networkOf({
        tokens: { op: 'tokenInput', parameters: { length: 8, vocabulary: 96 } },
        words: { op: 'embedding', parameters: { features: 4 } },
        scores: { op: 'dense', parameters: { units: 96 } },
        output: { op: 'nextTokenOutput' },
      }).graph,
    },
    key: 'other',
  };
  const asked = examiner.generate(
    { target: other, options: options(1) },
    () => undefined,
    new AbortController().signal,
  );
  await expect(asked).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/^(run|weights|checkpoint)\//) as string },
  });
  await rm(path.join(target.runFolder, runFiles.best));
  await rm(path.join(target.runFolder, runFiles.last));
  await expect(targetOfRun(target.runFolder)).rejects.toMatchObject({ problem: { code: 'run/no-weights' } });
});
