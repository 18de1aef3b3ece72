import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SweepSummary } from '../../contract/sweeps.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { recordFolders } from '../files/recordFolders.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { isKeeperAlive } from '../runs/keeper.ts';
import { runFiles } from '../runs/runFiles.ts';
import { isSweepAtRest, nextSweepState } from './sweepState.ts';

/** Names inside a sweep's folder. */
export const sweepFiles = { summary: 'sweep.json', document: 'document.json', lock: runFiles.lock } as const;

/** What `sweep.json` holds. */
export const SweepFile = z.object({
  format: z.literal('skipwire/sweep@1'),
  summary: SweepSummary,
  /** Where paths of data lead from; by default the workspace, or the folder the command was given in. */
  dataFolder: z.string().optional(),
  /** Folder of the runs, from the sweep's own. */
  runs: z.string(),
  /** The process that looks after the sweep while it is not at rest. */
  keeper: z.object({ pid: z.int(), started: z.string() }).nullable(),
});
export type SweepFile = z.infer<typeof SweepFile>;

/** Makes the folder of a new sweep. Throws a `HostFailure` when it holds more than its lock. */
export async function createSweepFolder(folder: string, document: SkipwireDocument, sweep: SweepFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).some((name) => name !== sweepFiles.lock)) {
    throw new HostFailure({
      code: 'sweep/folder-in-use',
      message: `The folder "${folder}" is not empty; a sweep never writes over what is there.`,
      remedy: 'Give the name of a new folder.',
    });
  }
  await writeAtomically(path.join(folder, sweepFiles.document), serializeDocument(document));
  await writeSweepFile(folder, sweep);
}

/** Replaces `sweep.json`. */
export async function writeSweepFile(folder: string, sweep: SweepFile): Promise<void> {
  await writeAtomically(path.join(folder, sweepFiles.summary), `${JSON.stringify(sweep, null, 2)}\n`);
}

/**
 * The sweep of a folder as it really is: interrupted where it says that it goes on but nobody looks after it any more.
 * `undefined` where there is none that can be read.
 */
export async function openSweep(folder: string, { alone = false } = {}): Promise<SweepFile | undefined> {
  const sweep = await readSweepFile(folder);
  if (sweep === undefined || isSweepAtRest(sweep.summary.state)) return sweep;
  if (!alone && sweep.keeper !== null && isKeeperAlive(sweep.keeper)) return sweep;
  const reason = 'Skipwire was closed or stopped working during this sweep. All that was trained is kept.';
  const state = nextSweepState(sweep.summary.state, { kind: 'lost', reason });
  const mended: SweepFile = { ...sweep, summary: { ...sweep.summary, state }, keeper: null };
  // On a read-only disk it is still shown as it is.
  await writeSweepFile(folder, mended).catch(() => undefined);
  return mended;
}

async function readSweepFile(folder: string): Promise<SweepFile | undefined> {
  try {
    return SweepFile.parse(JSON.parse(await readFile(path.join(folder, sweepFiles.summary), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The document that a sweep varies. Throws a `HostFailure` when it is missing or damaged. */
export async function readSweepDocument(folder: string): Promise<SkipwireDocument> {
  const text = await readFile(path.join(folder, sweepFiles.document), 'utf8').catch(() => '');
  const loaded = loadDocument(text);
  if (loaded.ok) return loaded.value;
  throw new HostFailure({
    code: 'sweep/document-damaged',
    message: `The document of the sweep in "${folder}" is missing or damaged.`,
    remedy: `Put back ${sweepFiles.document}: the network as it was when the sweep began.`,
  });
}

/**
 * All sweeps below `folder`, the newest first; those in `kept` are looked after by this process and left alone. What links
 * lead to outside `within` is left out.
 */
export async function listSweeps(folder: string, kept: ReadonlySet<string>, within?: string): Promise<SweepSummary[]> {
  const names = await recordFolders(folder, within);
  const sweeps = await Promise.all(
    names
      .filter((name) => !kept.has(name))
      .map(async (name) => {
        const sweep = await openSweep(path.join(folder, name));
        return sweep === undefined ? [] : [{ ...sweep.summary, id: name }];
      }),
  );
  return sweeps.flat().toSorted((a, b) => b.started - a.started);
}

/** Says that a folder holds no sweep. */
export function noSweep(folder: string): HostFailure {
  return new HostFailure({
    code: 'sweep/missing',
    message: `"${folder}" holds no sweep that can be read.`,
    expected: `a folder with ${sweepFiles.summary} and ${sweepFiles.document}`,
    remedy: 'Check the name; the sweep may have been moved or deleted.',
  });
}
