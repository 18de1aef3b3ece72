import { z } from 'zod';
import type { RunId } from '../../contract/run.ts';

/**
 * Runs that were started before their document had a file, with the file it got later; until then with the document's own
 * mark. A run's own record cannot say that: it was written first.
 */
export type AdoptedRuns = Readonly<Record<RunId, string>>;

const MAXIMUM = 500;

/** How an open document without a file is named here: no path has a colon at that place. */
export function unsavedMark(document: string): string {
  return `:${document}`;
}

/** After a run of a document without a file was started. */
export function withUnsavedRun(adopted: AdoptedRuns, run: RunId, document: string): AdoptedRuns {
  return Object.fromEntries([...Object.entries(adopted), [run, unsavedMark(document)] as const].slice(-MAXIMUM));
}

/** After a document without a file was saved to `path`. */
export function withSavedTo(adopted: AdoptedRuns, document: string, path: string): AdoptedRuns {
  const mark = unsavedMark(document);
  return Object.fromEntries(Object.entries(adopted).map(([run, file]) => [run, file === mark ? path : file]));
}

/** After documents were closed: nothing leads back to one that never had a file. */
export function withoutClosed(adopted: AdoptedRuns, open: readonly string[]): AdoptedRuns {
  const marks = new Set(open.map(unsavedMark));
  return Object.fromEntries(Object.entries(adopted).filter(([, file]) => !file.startsWith(':') || marks.has(file)));
}

/** Reads what was kept; nothing when it makes no sense. */
export function parseAdopted(text: string | null): AdoptedRuns {
  try {
    const parsed = z.record(z.string(), z.string()).safeParse(JSON.parse(text ?? '{}'));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}
