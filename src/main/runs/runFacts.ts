import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RunFacts } from '../../contract/runArchive.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { recordFolders } from '../files/recordFolders.ts';
import { bytesOf } from './recordTrash.ts';
import { deviceInWords, enginesInWords, readRunEnvironment } from './runEnvironment.ts';
import { runFiles } from './runFiles.ts';
import { readRemarks } from './runRemarks.ts';

/** Folders that are read at the same time: each needs a few open files. */
const AT_ONCE = 32;

const Trained = z.object({ training: TrainingSettings.prefault({}) });

/** The facts of all runs below a folder, or of some of them; what is no run is left out. */
export async function readAllFacts(
  runsFolder: string,
  { only, within }: { readonly only?: readonly string[] | undefined; readonly within?: string } = {},
): Promise<RunFacts[]> {
  const there = await recordFolders(runsFolder, within).catch(() => []);
  const asked = only === undefined ? undefined : new Set(only);
  const runs = there.filter((name) => asked?.has(name) ?? true);
  const facts: RunFacts[] = [];
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    const some = await Promise.all(runs.slice(at, at + AT_ONCE).map((id) => readFacts(path.join(runsFolder, id), id)));
    facts.push(...some.flatMap((one) => one ?? []));
  }
  return facts;
}

/** What is known of a run beside its summary; `undefined` where there is none. */
export async function readFacts(folder: string, run: string): Promise<RunFacts | undefined> {
  const isThere = await stat(path.join(folder, runFiles.summary)).catch(() => undefined);
  if (isThere === undefined) return undefined;
  const [remarks, settings, environment, bytes] = await Promise.all([
    readRemarks(folder),
    settingsOf(folder),
    readRunEnvironment(folder),
    bytesOf(folder),
  ]);
  return {
    run,
    remarks,
    bytes,
    ...(settings !== undefined && { settings }),
    ...(environment !== undefined && {
      engine: enginesInWords(environment),
      device: deviceInWords(environment),
    }),
  };
}

/** Documents of runs never change, and a large one takes its time to read. */
const known = new Map<string, { readonly modified: number; readonly settings: TrainingSettings | undefined }>();
const MOST_KNOWN = 5000;

async function settingsOf(folder: string): Promise<TrainingSettings | undefined> {
  const file = path.join(folder, runFiles.document);
  const modified = (await stat(file).catch(() => undefined))?.mtimeMs;
  if (modified === undefined) return undefined;
  const before = known.get(file);
  if (before?.modified === modified) return before.settings;
  const settings = (await readJson(file, Trained))?.training;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(file, { modified, settings });
  return settings;
}

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
