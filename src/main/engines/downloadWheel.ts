import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import { installationCancelled, type OnEngineProgress } from './engineProgress.ts';
import { fetchWheel } from './fetchWheel.ts';
import { findPip, PIP_REMEDY } from './findPip.ts';
import type { Pip } from './findPip.ts';
import { findPackageIndex, type PackageIndex } from './packageIndex.ts';
import { lastLines, runProgram } from './runProgram.ts';
import { isInRange, knowsRange } from './versionRange.ts';
import { parseWheelName } from './wheelName.ts';

const POLL_MS = 300;

/** What is to be fetched. */
export interface WheelOrder {
  readonly name: string;
  /** As pip takes them: `==2.21.0`, or `<13.0,>=12.5`. */
  readonly versions: string;
  readonly platforms: readonly string[];
  /** About so many. */
  readonly wheelBytes: number;
}

export interface DownloadWheelOptions {
  readonly onProgress: OnEngineProgress;
  readonly signal?: AbortSignal;
  /** Where the package is looked up; where pip's settings say when left out. */
  readonly index?: PackageIndex;
}

/** Python version of the package: any would do, since only its libraries are used. */
const PYTHON_VERSION = '3.11';

/**
 * Fetches the package from the index that pip's settings name, going on with what an earlier try had fetched; where the settings
 * say more than an index, or the index has no checksums, with the user's own pip. Returns the file, in `folder`.
 */
export async function downloadWheel(
  wanted: WheelOrder,
  folder: string,
  options: DownloadWheelOptions,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const pip = options.index === undefined ? await findPip() : undefined;
  const index = options.index ?? (await findPackageIndex(pip));
  const fetched = index === undefined ? undefined : await fetchWheel(wanted, folder, index, options);
  return fetched ?? downloadByPip(wanted, folder, pip ?? (await findPip()), options);
}

/** Fetches it with pip and its settings (index, proxy, certificates), for a Python that need not be the one that runs. */
async function downloadByPip(
  wanted: WheelOrder,
  folder: string,
  pip: Pip | undefined,
  { onProgress, signal }: DownloadWheelOptions,
): Promise<string> {
  const incoming = path.join(folder, 'incoming');
  const temporary = path.join(folder, 'temporary');
  if (pip === undefined) {
    throw new HostFailure({
      code: 'engine/no-pip',
      message: 'pip, which fetches libtensorflow, was not found.',
      remedy: `${PIP_REMEDY} Or give the file yourself: npx skipwire engine install --wheel FILE.`,
    });
  }
  // What an interrupted pip left behind is of no use to the next one.
  await rm(incoming, { recursive: true, force: true });
  await rm(temporary, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const poll = setInterval(() => {
    void bytesBelow(folder).then((done) =>
      onProgress({ phase: 'downloading', done: Math.min(done, wanted.wheelBytes), total: wanted.wheelBytes }),
    );
  }, POLL_MS);
  try {
    onProgress({ phase: 'downloading', done: 0, total: wanted.wheelBytes });
    await runPip(pip, wanted, incoming, temporary, signal);
  } finally {
    clearInterval(poll);
    if (signal?.aborted === true) await rm(incoming, { recursive: true, force: true });
    await rm(temporary, { recursive: true, force: true });
  }
  const [name] = (await readdir(incoming)).filter((entry) => entry.endsWith('.whl'));
  if (name === undefined) throw new Error('pip succeeded without leaving a wheel');
  const wheel = path.join(folder, name);
  await rename(path.join(incoming, name), wheel);
  await rm(incoming, { recursive: true, force: true });
  return wheel;
}

/** A wheel that an earlier, interrupted installation had fetched whole; its content is checked later, as any other's. */
export async function finishedWheel({ name, versions }: WheelOrder, folder: string): Promise<string | undefined> {
  const files = await readdir(folder).catch(() => []);
  const found = files.find((file) => {
    const parsed = parseWheelName(file);
    return parsed?.name === name && (!knowsRange(versions) || isInRange(parsed.version, versions));
  });
  return found === undefined ? undefined : path.join(folder, found);
}

async function runPip(
  pip: Pip,
  wanted: WheelOrder,
  incoming: string,
  temporary: string,
  signal?: AbortSignal,
): Promise<void> {
  const [program, ...before] = pip.command;
  const result = await runProgram(
    program,
    [
      ...before,
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--no-cache-dir',
      '--progress-bar=off',
      `--python-version=${PYTHON_VERSION}`,
      ...wanted.platforms.map((platform) => `--platform=${platform}`),
      `--dest=${incoming}`,
      `${wanted.name}${wanted.versions}`,
    ],
    // pip writes to its temporary folder first: ours, so that progress can be seen and leftovers be found.
    { environment: { TMPDIR: temporary, TEMP: temporary, TMP: temporary }, signal },
  );
  if (signal?.aborted === true) throw installationCancelled('pip');
  if (result.code === 0) return;
  throw new HostFailure({
    code: 'engine/download-failed',
    message: `pip could not fetch ${wanted.name}${wanted.versions}.`,
    received: lastLines(errorsOf(`${result.stdout}\n${result.stderr}`)),
    remedy:
      'Check the network, the proxy and the package index of pip (python3 -m pip config list), then try again. Off-line: npx skipwire engine install --wheel FILE.',
  });
}

/** pip's errors without its warnings about every retry; everything where it marked none. */
function errorsOf(text: string): string {
  const errors = text.split('\n').filter((line) => /^\s*ERROR/.test(line));
  return errors.length > 0 ? errors.join('\n') : text;
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  // pip copies the finished file to its destination: the larger of the two counts, not the sum.
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          (found) => found.size,
          () => 0,
        ),
      ),
  );
  return Math.max(0, ...sizes);
}
