import { z } from 'zod';
import type { RunId } from '../../contract/run.ts';

/**
 * Runs that were started before their document had a file, with the file it got later; empty text while it has none.
 * A run's own record cannot say that: it was written first.
 */
export type AdoptedRuns = Readonly<Record<RunId, string>>;

const UNSAVED = '';
const MAXIMUM = 500;

/** After a run of a document without a file was started. */
export function withUnsavedRun(adopted: AdoptedRuns, run: RunId): AdoptedRuns {
  return Object.fromEntries([...Object.entries(adopted), [run, UNSAVED] as const].slice(-MAXIMUM));
}

/** After the document without a file was saved to `path`. */
export function withSavedTo(adopted: AdoptedRuns, path: string): AdoptedRuns {
  return Object.fromEntries(Object.entries(adopted).map(([run, file]) => [run, file === UNSAVED ? path : file]));
}

/** After another document took the place of the one without a file: nothing leads back to it. */
export function withoutUnsaved(adopted: AdoptedRuns): AdoptedRuns {
  return Object.fromEntries(Object.entries(adopted).filter(([, file]) => file !== UNSAVED));
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
