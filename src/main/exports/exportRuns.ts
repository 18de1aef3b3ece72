import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { measuresOf } from '../../contract/measures.ts';
import type { RunRecord } from '../../contract/run.ts';
import { encodeEventFile, type SummaryEvent } from '../../graph-engine/targets/tensorboard/eventFile.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { openRun } from '../runs/runArchive.ts';
import { readRun } from '../runs/runFolder.ts';
import type { RunPlace } from '../runs/runFolder.ts';
import { readHistograms, readStatistics, watchedTensors } from '../runs/runStatistics.ts';
import { refuseToReplace } from './exportRefusals.ts';
import { metricsHead, metricsLine } from './metricsCsv.ts';
import {
  eventParts,
  hasKind,
  histogramEvents,
  settingEvents,
  statisticEvents,
  trainEvents,
  validationEvents,
} from './tensorboardEvents.ts';

/** A run as it is on the disk, under the name of its folder. Throws a `HostFailure` when there is none. */
async function openRecord({ id, folder }: RunPlace): Promise<RunRecord> {
  await openRun(folder);
  const record = await readRun(folder);
  return { ...record, summary: { ...record.summary, id } };
}

/** Writes the metrics of runs as one table with commas. Throws a `HostFailure`, or what the file system throws. */
export async function exportRunsCsv(
  runs: readonly RunPlace[],
  { file, overwrite }: { readonly file: string; readonly overwrite: boolean },
): Promise<{ readonly path: string; readonly bytes: number; readonly lines: number }> {
  await refuseToReplace(file, overwrite);
  const measures = new Set<string>();
  for (const { folder } of runs) {
    const run = await openRun(folder);
    if (run !== undefined) for (const { key } of measuresOf(run.summary)) measures.add(key);
  }
  const keys = [...measures];
  let lines = 0;
  // One run after the other, so that many long ones need no more memory than the longest.
  async function* table(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${metricsHead(keys)}\r\n`);
    lines += 1;
    for (const place of runs) {
      const { summary, metrics } = await openRecord(place);
      yield Buffer.from(metrics.map((entry) => `${metricsLine(summary.id, entry, keys)}\r\n`).join(''));
      lines += metrics.length;
    }
  }
  await mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, table());
  return { path: file, bytes: (await stat(file)).size, lines };
}

export interface ExportedEvents {
  /** Absolute. */
  readonly folder: string;
  /** Below the folder, with `/` between parts. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/** Samples of statistics that are written: more make TensorBoard slow and tell nothing new. */
const MOST_SAMPLES = 400;
const MOST_HISTOGRAMS = 100;

/**
 * Writes event files of runs below a folder as TensorBoard reads them: `RUN` has the settings, `RUN/train` and
 * `RUN/validation` the curves. Names are those of an earlier export of the same run, which they replace.
 */
export async function exportTensorboard(
  runs: readonly RunPlace[],
  { folder, statistics }: { readonly folder: string; readonly statistics: boolean },
): Promise<ExportedEvents> {
  const files: string[] = [];
  let bytes = 0;
  for (const place of runs) {
    const record = await openRecord(place);
    const { id, started } = record.summary;
    const begun = started / 1000;
    const write = async (part: string, name: string, events: Iterable<SummaryEvent>): Promise<void> => {
      const below = path.posix.join(id, part, `events.out.tfevents.${Math.floor(begun)}.skipwire.${name}`);
      const file = path.join(folder, ...below.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeAtomically(file, inChunks(encodeEventFile(begun, events)));
      files.push(below);
      bytes += (await stat(file)).size;
    };
    await write(eventParts.settings, 'settings', settingEvents(record));
    if (hasKind(record.metrics, 'step')) await write(eventParts.train, 'curve', trainEvents(record));
    if (hasKind(record.metrics, 'epoch')) await write(eventParts.validation, 'curve', validationEvents(record));
    if (!statistics) continue;
    const series = await readStatistics(place.folder, { after: null, most: MOST_SAMPLES });
    if (series.steps.length > 0) await write(eventParts.train, 'statistics', statisticEvents(record, series));
    const histograms: SummaryEvent[] = [];
    for (const tensor of await watchedTensors(place.folder)) {
      const found = await readHistograms(place.folder, tensor, MOST_HISTOGRAMS);
      histograms.push(...histogramEvents(record, tensor, found));
    }
    if (histograms.length > 0) await write(eventParts.train, 'histograms', histograms);
  }
  return { folder, files, bytes };
}

/** Bytes that are written at once: an event has a few dozen. */
const CHUNK = 256 * 1024;

function* inChunks(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}
