import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { EpochMetrics, RunSummary } from '../../contract/run.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { readMetrics } from './metricsFile.ts';
import { runFiles } from './runFiles.ts';
import { readRunDocument, type RunFile } from './runFolder.ts';

const REASON = `The record of this run (${runFiles.summary}) was damaged. It was put together again from what else is in the folder.`;

/**
 * What `run.json` would say, from the rest of the folder, where it is damaged; `undefined` where the folder is no run, where
 * nothing is damaged, and where a newer version of Skipwire wrote it.
 */
export async function recoverRun(folder: string): Promise<RunFile | undefined> {
  const text = await readFile(path.join(folder, runFiles.summary), 'utf8').catch(() => undefined);
  if (text === undefined || isOfAnotherVersion(text)) return undefined;
  const document = await readRunDocument(folder).catch(() => undefined);
  if (document === undefined) return undefined;
  const { birthtimeMs } = await stat(path.join(folder, runFiles.document));
  const epochs = (await readMetrics(folder)).filter((entry) => entry.kind === 'epoch');
  const summary: RunSummary = {
    ...summaryOf(path.basename(folder), document, Math.round(birthtimeMs)),
    state: { status: 'interrupted', reason: REASON },
    ...lastAndBest(
      epochs.at(-1),
      epochs.findLast(({ best }) => best),
    ),
  };
  return { format: 'skipwire/run@1', summary, notices: [REASON], keeper: null };
}

/** What is known of a run before it begins. */
export function summaryOf(id: string, document: SkipwireDocument, started: number): RunSummary {
  const { data, epochs } = document.training;
  const network = networkFingerprint(document);
  return { id, name: document.name, network, data, started, state: { status: 'queued' }, epochs };
}

/** The measured part of a summary; what there is not is left out. */
export function lastAndBest(
  lastEpoch: EpochMetrics | undefined,
  best: EpochMetrics | undefined,
): Pick<RunSummary, 'lastEpoch' | 'best'> {
  return { ...(lastEpoch !== undefined && { lastEpoch }), ...(best !== undefined && { best }) };
}

function isOfAnotherVersion(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'format' in parsed && parsed.format !== 'skipwire/run@1';
  } catch {
    return false;
  }
}
