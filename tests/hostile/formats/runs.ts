import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SweepPlan } from '../../../src/graph-engine/training/sweep/sweepPlan.ts';
import { answerOf, HostFailure } from '../../../src/main/files/hostFailure.ts';
import { listRuns } from '../../../src/main/runs/runArchive.ts';
import { readAllFacts } from '../../../src/main/runs/runFacts.ts';
import { runFiles } from '../../../src/main/runs/runFiles.ts';
import { readRun } from '../../../src/main/runs/runFolder.ts';
import { listSweeps, noSweep, openSweep, SweepFile, sweepFiles } from '../../../src/main/sweeps/sweepFolder.ts';
import { writePastRun } from '../../support/pastRuns.ts';
import { OPENED, refused, type HostileFormat } from '../hostileFormat.ts';
import { mutateBytes } from '../mutate.ts';
import { mutateJson } from '../mutateJson.ts';

const RUN = 'broken';
const broken = [runFiles.summary, runFiles.metrics, runFiles.document, runFiles.environment, runFiles.remarks];

/** The files of a run, as somebody hands it over. */
async function readPastRun(): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-past-run-'));
  try {
    const run = await writePastRun(folder, RUN);
    await writeFile(
      path.join(run, runFiles.remarks),
      JSON.stringify({ format: 'skipwire/remarks@1', tags: ['first'], note: 'A run' }),
    );
    const names = (await readdir(run, { withFileTypes: true })).filter((entry) => entry.isFile());
    return new Map(
      await Promise.all(names.map(async ({ name }) => [name, await readFile(path.join(run, name))] as const)),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

const pastRun = readPastRun();

/** A folder of a run of which one file is broken, looked at as the list of runs and the run's own page do. */
export const runRecords: HostileFormat = {
  name: 'run',
  turns: 2,
  seeds: async () => {
    const files = await pastRun;
    return broken.map((name, index) => Buffer.concat([Uint8Array.of(index), files.get(name) ?? Buffer.alloc(0)]));
  },
  // The first byte tells which file it stands for.
  mutate(seed, dice, other) {
    const content = seed.subarray(1);
    const isJson = broken[seed[0] ?? 0] !== runFiles.metrics;
    const changed =
      isJson && dice.below(2) === 0
        ? Buffer.from(mutateJson(Buffer.from(content).toString('utf8'), dice))
        : mutateBytes(content, dice, other.subarray(1));
    return Buffer.concat([seed.subarray(0, 1), changed]);
  },
  async open(bytes, folder) {
    const runs = path.join(folder, 'runs');
    const run = await writePastRun(runs, RUN);
    await writeFile(path.join(run, broken[bytes[0] ?? 0] ?? ''), bytes.subarray(1));
    try {
      const answer = await answerOf(async () => {
        const [listed] = await listRuns(runs, new Set());
        await readAllFacts(runs);
        if (listed === undefined) throw new HostFailure({ code: 'run/missing', message: 'It is not among the runs.' });
        return readRun(run);
      });
      return answer.ok ? OPENED : refused([answer.problem]);
    } finally {
      await rm(runs, { recursive: true });
    }
  },
};

const SWEEP = 'sweep-of-two';

/** A sweep of two trials, as its folder tells of it. */
const sweepFile = {
  format: 'skipwire/sweep@1',
  summary: {
    id: SWEEP,
    name: 'First residual network',
    started: 1_750_000_000_000,
    state: { status: 'interrupted', reason: 'Skipwire was closed.' },
    plan: SweepPlan.parse({
      axes: [{ paths: ['training.learningRate'], range: { kind: 'values', values: [0.1, 0.01] } }],
    }),
    measure: { key: 'loss', title: 'Loss', unit: 'number', better: 'lower' },
    attempts: [0.1, 0.01].map((rate, trial) => ({
      trial,
      rung: 0,
      run: `${SWEEP}-t00${trial + 1}`,
      point: [rate],
      epochs: 1,
      outcome: trial === 0 ? { status: 'done', value: 0.5, epoch: 1 } : { status: 'under-way' },
    })),
  },
  runs: '..',
  keeper: null,
};

/** What a folder says of a sweep, looked at as the list of sweeps does and as going on with it would. */
export const sweepRecords: HostileFormat = {
  name: 'sweep',
  turns: 1,
  seeds: async () => [Buffer.from(JSON.stringify(SweepFile.parse(sweepFile)))],
  mutate: (seed, dice, other) =>
    dice.below(4) === 0
      ? mutateBytes(seed, dice, other)
      : Buffer.from(mutateJson(Buffer.from(seed).toString('utf8'), dice)),
  async open(bytes, folder) {
    const runs = path.join(folder, 'runs');
    const sweep = path.join(runs, SWEEP);
    await mkdir(sweep, { recursive: true });
    await writeFile(path.join(sweep, sweepFiles.summary), bytes);
    try {
      const answer = await answerOf(async () => {
        const [listed] = await listSweeps(runs, new Set());
        const opened = await openSweep(sweep);
        if (listed === undefined || opened === undefined) throw noSweep(SWEEP);
      });
      return answer.ok ? OPENED : refused([answer.problem]);
    } finally {
      await rm(runs, { recursive: true });
    }
  },
};
