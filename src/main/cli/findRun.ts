import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import type { RunPlace } from '../runs/runFolder.ts';

/** The folder that a name on the command line means: a path, or the name of a run in `runs`. Throws a `HostFailure`. */
export async function findRun(name: string): Promise<RunPlace> {
  for (const folder of [name, path.join('runs', name)]) {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() === true) return { id: path.basename(path.resolve(folder)), folder: path.resolve(folder) };
  }
  throw new HostFailure({
    code: 'run/missing',
    message: `There is no run "${name}".`,
    expected: 'the folder of a run, or the name of one in runs/',
    remedy: '"skipwire runs" lists those there are.',
  });
}

/** Reads `RUN:checkpoint`; without a checkpoint it is the last one. */
export async function findCheckpoint(name: string): Promise<{ run: RunPlace; checkpoint: string }> {
  const [, run, checkpoint] = /^(.+):([a-z0-9-]+)$/.exec(name) ?? [];
  // A folder may have a colon in its name.
  const whole = (await stat(name).catch(() => undefined)) !== undefined;
  if (whole || run === undefined || checkpoint === undefined) return { run: await findRun(name), checkpoint: 'last' };
  return { run: await findRun(run), checkpoint };
}
