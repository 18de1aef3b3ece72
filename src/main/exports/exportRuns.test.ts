import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pastMetrics, writePastRun } from '../../../tests/support/pastRuns.ts';
import { histogramOf } from '../../graph-engine/statistics/histogram.ts';
import { answerOf } from '../files/hostFailure.ts';
import { openStatisticsWriter } from '../runs/runStatistics.ts';
import { exportRunsCsv, exportTensorboard } from './exportRuns.ts';

let folder: string;
let places: { readonly id: string; readonly folder: string }[];
const HEIGHTS = [-2, -1, 0, 1, 1, 1, 2, 6];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-export-runs-'));
  const runs = path.join(folder, 'runs');
  places = [];
  for (const [id, speed] of [['slow', 1] as const, ['fast', 3] as const]) {
    const training = { learningRate: speed / 100, deterministic: speed > 1 };
    places.push({ id, folder: await writePastRun(runs, id, { speed, training }) });
  }
  const writer = await openStatisticsWriter(places[0]?.folder ?? '', {
    columns: [
      { path: 'stage1[0].conv', figure: 'gradient' },
      { path: 'stage1[0].add', figure: 'inputGradient', port: 'b' },
    ],
    tensors: [{ path: 'stage1[0].conv', kind: 'weight' }],
    step: 0,
  });
  for (const step of [2, 8]) {
    await writer.append(step, step / 4, Float32Array.of(step / 2, Number.NaN));
    await writer.appendHistograms(step, [histogramOf(HEIGHTS.map((value) => value * step))]);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test('the table has a line for each report, and reads back as what was measured', async () => {
  const file = path.join(folder, 'tables', 'metrics.csv');
  const { lines } = await exportRunsCsv(places, { file, overwrite: false });
  const text = await readFile(file, 'utf8');
  const rows = parse<Readonly<Record<string, string>>>(text, { columns: true });
  const expected = [pastMetrics({ speed: 1 }), pastMetrics({ speed: 3 })].flat();
  expect(lines).toBe(expected.length + 1);
  expect(rows).toHaveLength(expected.length);
  rows.forEach((row, index) => {
    const entry = expected[index];
    const isEpoch = entry?.kind === 'epoch';
    expect(row).toEqual({
      run: index < expected.length / 2 ? 'slow' : 'fast',
      kind: entry?.kind,
      step: String(entry?.step),
      epoch: String(entry?.epoch),
      elapsed_seconds: String(entry?.elapsed),
      train_loss: String(isEpoch ? entry.trainLoss : entry?.loss),
      train_accuracy: String(isEpoch ? entry.trainAccuracy : entry?.accuracy),
      validation_loss: isEpoch ? String(entry.validationLoss) : '',
      validation_accuracy: isEpoch ? String(entry.validationAccuracy) : '',
      best: isEpoch ? '1' : '',
      learning_rate: isEpoch ? '' : '0.01',
      samples_per_second: isEpoch ? '' : '640',
      memory_bytes: isEpoch ? '' : '100000000',
    });
  });
  expect(await answerOf(() => exportRunsCsv(places, { file, overwrite: false }))).toMatchObject({
    ok: false,
    problem: { code: 'file/exists' },
  });
});

test('event files lie where TensorBoard looks, and an export again replaces them', async () => {
  const logs = path.join(folder, 'logs');
  const first = await exportTensorboard(places, { folder: logs, statistics: true });
  const name = 'events.out.tfevents.1770000000.skipwire';
  expect(first.files).toEqual([
    `slow/${name}.settings`,
    `slow/train/${name}.curve`,
    `slow/validation/${name}.curve`,
    `slow/train/${name}.statistics`,
    `slow/train/${name}.histograms`,
    `fast/${name}.settings`,
    `fast/train/${name}.curve`,
    `fast/validation/${name}.curve`,
  ]);
  const read = () => Promise.all(first.files.map((file) => readFile(path.join(logs, file), 'base64')));
  const before = await read();
  expect(await exportTensorboard(places, { folder: logs, statistics: true })).toEqual(first);
  expect(await read()).toEqual(before);
});

/** A Python with TensorBoard: the one that the variable names, else `python3`; most machines have none. */
const python = [process.env['SKIPWIRE_PYTHON'], 'python3'].find(
  (program) => program !== undefined && spawnSync(program, ['-c', 'import tensorboard']).status === 0,
);

/** What `tests/oracles/readEventFiles.py` prints. */
interface ReadBack {
  readonly runs: readonly string[];
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, time: number, value: number | null])[]>>;
  readonly histograms: Readonly<Record<string, readonly unknown[]>>;
  readonly settings: readonly string[];
  readonly metrics: readonly string[];
  readonly sessions: Readonly<Record<string, unknown>>;
}

test.skipIf(python === undefined)(
  'TensorBoard itself reads the curves, the histograms and the settings',
  { timeout: 180_000 },
  async () => {
    const logs = path.join(folder, 'read-back');
    await exportTensorboard(places, { folder: logs, statistics: true });
    const script = fileURLToPath(new URL('../../../tests/oracles/readEventFiles.py', import.meta.url));
    const { stdout, stderr, status } = spawnSync(python ?? '', [script, logs], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const read = JSON.parse(stdout) as ReadBack;

    expect(read.runs).toEqual(['slow', 'fast'].flatMap((id) => [id, `${id}/train`, `${id}/validation`]).toSorted());
    for (const [id, speed] of [
      ['slow', 1],
      ['fast', 3],
    ] as const) {
      const metrics = pastMetrics({ speed });
      const curves = {
        [`${id}/train loss`]: metrics.flatMap((one) =>
          one.kind === 'step' ? [[one.step, one.elapsed, one.loss]] : [],
        ),
        [`${id}/train accuracy`]: metrics.flatMap((one) =>
          one.kind === 'step' ? [[one.step, one.elapsed, one.accuracy]] : [],
        ),
        [`${id}/validation loss`]: metrics.flatMap((one) =>
          one.kind === 'epoch' ? [[one.step, one.elapsed, one.validationLoss]] : [],
        ),
      };
      for (const [name, points] of Object.entries(curves)) {
        // Event files hold 32-bit floats.
        const rounded = points.map(([step, elapsed = 0, value = 0]) => [
          step,
          1_770_000_000 + elapsed,
          Math.fround(value),
        ]);
        expect(read.scalars[name], name).toEqual(rounded);
      }
    }
    expect(read.scalars['slow/train gradient/stage1[0].conv']?.map(([step, , value]) => [step, value])).toEqual([
      [2, 1],
      [8, 4],
    ]);
    expect(read.scalars['slow/train inputGradient/stage1[0].add.b']?.map(([, , value]) => value)).toEqual([null, null]);

    const counts = [...histogramOf(HEIGHTS).counts];
    expect(read.histograms).toEqual({
      'slow/train weight/stage1[0].conv': [
        [2, -4, 12, counts],
        [8, -16, 48, counts],
      ],
    });

    expect(read.settings).toEqual(expect.arrayContaining(['deterministic', 'learningRate']));
    expect(read.metrics).toEqual(expect.arrayContaining(['train/loss', 'validation/loss', 'validation/accuracy']));
    expect(read.sessions).toMatchObject({
      slow: { settings: { learningRate: 0.01, deterministic: false }, status: 'STATUS_SUCCESS', seconds: 6 },
      fast: { settings: { learningRate: 0.03, deterministic: true, 'optimizer kind': 'adam' }, seconds: 6 },
    });
  },
);
