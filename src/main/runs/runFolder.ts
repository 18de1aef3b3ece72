import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { EngineId } from '../../contract/engines.ts';
import { RunSummary, type RunRecord } from '../../contract/run.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { readMetrics } from './metricsFile.ts';
import { runFiles } from './runFiles.ts';

/** A run by its name and its own folder. */
export interface RunPlace {
  readonly id: string;
  readonly folder: string;
}

/** What `run.json` holds. */
export const RunFile = z.object({
  format: z.literal('skipwire/run@1'),
  summary: RunSummary,
  notices: z.array(z.string()),
  /** Where paths of data lead from; by default the workspace, or the folder the command was given in. */
  dataFolder: z.string().optional(),
  /** The engine that it is to be trained on, or was; by default the one that is chosen when it begins. */
  engine: EngineId.optional(),
  /** Of a run that waits: its place in the queue, from 0, so that a later host takes the queue up in its order. */
  place: z.int().optional(),
  /** The process that looks after the run while it is not over. */
  keeper: z.object({ pid: z.int(), started: z.string() }).nullable(),
});
export type RunFile = z.infer<typeof RunFile>;

/** Makes the folder of a new run. Throws a `HostFailure` when it exists and holds more than its lock. */
export async function createRunFolder(folder: string, document: SkipwireDocument, run: RunFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).some((name) => name !== runFiles.lock)) {
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

/** Adds a line to the run's log. */
export async function appendLog(folder: string, text: string): Promise<void> {
  await appendFile(path.join(folder, runFiles.log), `${new Date().toISOString()} ${text}\n`);
}

/** Everything about a run. Throws a `HostFailure` when the folder holds none. */
export async function readRun(folder: string): Promise<RunRecord> {
  const run = await readRunFile(folder);
  if (run === undefined) throw noRun(folder);
  const document = await readRunDocument(folder);
  return { summary: run.summary, document, metrics: await readMetrics(folder), notices: run.notices };
}

/** The document that a run trains. Throws a `HostFailure` when it is missing or damaged. */
export async function readRunDocument(folder: string): Promise<SkipwireDocument> {
  const text = await readFile(path.join(folder, runFiles.document), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw noRun(folder);
    throw error;
  });
  const loaded = loadDocument(text);
  if (loaded.ok) return loaded.value;
  throw new HostFailure({
    code: 'run/document-damaged',
    message: `The document of the run in "${folder}" is damaged: ${loaded.error[0]?.message ?? ''}`,
    remedy: `Put back ${runFiles.document}, for instance the file that was trained; the weights are not affected.`,
  });
}

function noRun(folder: string): HostFailure {
  return new HostFailure({
    code: 'run/missing',
    message: `"${folder}" holds no run that can be read.`,
    expected: `a folder with ${runFiles.summary} and ${runFiles.document}`,
    remedy: 'Check the name; the run may have been moved or deleted.',
  });
}
