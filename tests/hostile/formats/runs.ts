import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { answerOf, HostFailure } from '../../../src/main/files/hostFailure.ts';
import { listRuns } from '../../../src/main/runs/runArchive.ts';
import { readAllFacts } from '../../../src/main/runs/runFacts.ts';
import { runFiles } from '../../../src/main/runs/runFiles.ts';
import { readRun } from '../../../src/main/runs/runFolder.ts';
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
