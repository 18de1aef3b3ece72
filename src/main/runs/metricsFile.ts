import { appendFile, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Metrics } from '../../contract/run.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { runFiles } from './runFiles.ts';

/** The metrics of a run; a line that was being written when the machine stopped, or was garbled since, is left out. */
export async function readMetrics(folder: string): Promise<Metrics[]> {
  return (await readText(folder)).split('\n').flatMap((line) => {
    const parsed = Metrics.safeParse(parseLine(line));
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * Takes a run's metrics back to where a checkpoint stood, and returns them. Later lines would come twice: the steps behind
 * them are taken again.
 */
export async function rewindMetrics(folder: string, step: number): Promise<Metrics[]> {
  const kept = (await readMetrics(folder)).filter((entry) => entry.step <= step);
  const text = linesOf(kept);
  if (text !== (await readText(folder))) await writeAtomically(path.join(folder, runFiles.metrics), text);
  return kept;
}

/** Writes the metrics of a training, in order, while it goes on. */
export interface MetricsWriter {
  /** Throws what hindered an earlier line from being written. */
  append(entry: Metrics): void;
  /** Resolves when everything so far is on the disk; throws what hindered it. */
  flushed(): Promise<void>;
}

/** Lines that come while others are written go together. */
export function createMetricsWriter(folder: string): MetricsWriter {
  const file = path.join(folder, runFiles.metrics);
  let waiting: Metrics[] = [];
  let failure: Error | undefined;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    try {
      while (waiting.length > 0) {
        const text = linesOf(waiting);
        waiting = [];
        await appendFile(file, text);
      }
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
      waiting = [];
    } finally {
      writing = undefined;
    }
  };
  const demandHealth = (): void => {
    if (failure !== undefined) throw failure;
  };
  return {
    append(entry) {
      demandHealth();
      waiting.push(entry);
      writing ??= write();
    },
    async flushed() {
      while (writing !== undefined) await writing;
      demandHealth();
      await flushToDisk(file);
    },
  };
}

/** A checkpoint must not outlive the lines that led to it. Files that cannot be flushed, such as devices, are left as they are. */
async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+').catch(() => undefined);
  if (handle === undefined) return;
  await handle.datasync().catch(() => undefined);
  await handle.close();
}

function linesOf(metrics: readonly Metrics[]): string {
  return metrics.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

async function readText(folder: string): Promise<string> {
  const file = path.join(folder, runFiles.metrics);
  try {
    // What is no file, such as a device, may never end.
    return (await stat(file)).isFile() ? await readFile(file, 'utf8') : '';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
