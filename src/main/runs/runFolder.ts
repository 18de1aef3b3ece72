import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Metrics, RunSummary, type RunRecord } from '../../contract/run.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';

/** Names inside a run's folder. */
export const runFiles = {
  summary: 'run.json',
  document: 'document.json',
  metrics: 'metrics.jsonl',
  log: 'log.txt',
  environment: 'environment.json',
  checkpoints: 'checkpoints',
  best: path.join('checkpoints', 'best.safetensors'),
  last: path.join('checkpoints', 'last.safetensors'),
} as const;

/** What `run.json` holds. */
export const RunFile = z.object({
  format: z.literal('skipwire/run@1'),
  summary: RunSummary,
  notices: z.array(z.string()),
  /** The process that looks after the run while it is not over. */
  keeper: z.object({ pid: z.int(), started: z.string() }).nullable(),
});
export type RunFile = z.infer<typeof RunFile>;

/** Makes the folder of a new run. Throws a `HostFailure` when it exists and is not empty. */
export async function createRunFolder(folder: string, document: SkipwireDocument, run: RunFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new HostFailure({
      code: 'run/folder-in-use',
      message: `The folder "${folder}" is not empty; a run never writes over what is there.`,
      remedy: 'Give the name of a new folder.',
    });
  }
  await mkdir(path.join(folder, runFiles.checkpoints));
  await writeAtomically(path.join(folder, runFiles.document), serializeDocument(document));
  await writeRunFile(folder, run);
}

/** Replaces `run.json`. */
export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeAtomically(path.join(folder, runFiles.summary), `${JSON.stringify(run, null, 2)}\n`);
}

/** Reads `run.json`; `undefined` where there is none that can be understood. */
export async function readRunFile(folder: string): Promise<RunFile | undefined> {
  try {
    return RunFile.parse(JSON.parse(await readFile(path.join(folder, runFiles.summary), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Appends lines to `metrics.jsonl`. */
export async function appendMetrics(folder: string, metrics: readonly Metrics[]): Promise<void> {
  if (metrics.length === 0) return;
  const lines = metrics.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await appendFile(path.join(folder, runFiles.metrics), lines);
}

/** Adds a line to the run's log. */
export async function appendLog(folder: string, text: string): Promise<void> {
  await appendFile(path.join(folder, runFiles.log), `${new Date().toISOString()} ${text}\n`);
}

/** The metrics of a run; a line that was being written when the machine stopped is left out. */
export async function readMetrics(folder: string): Promise<Metrics[]> {
  const text = await readFile(path.join(folder, runFiles.metrics), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    const parsed = Metrics.safeParse(parseLine(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Everything about a run. Throws a `HostFailure` when the folder holds none. */
export async function readRun(folder: string): Promise<RunRecord> {
  const run = await readRunFile(folder);
  if (run === undefined) throw noRun(folder);
  const loaded = loadDocument(await readFile(path.join(folder, runFiles.document), 'utf8'));
  if (!loaded.ok) throw noRun(folder);
  return { summary: run.summary, document: loaded.value, metrics: await readMetrics(folder), notices: run.notices };
}

function noRun(folder: string): HostFailure {
  return new HostFailure({
    code: 'run/missing',
    message: `"${folder}" holds no run that can be read.`,
    expected: `a folder with ${runFiles.summary} and ${runFiles.document}`,
    remedy: 'Check the name; the run may have been moved or deleted.',
  });
}
