import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { NO_REMARKS, RunRemarks } from '../../contract/runArchive.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { runFiles } from './runFiles.ts';

const RemarksFile = RunRemarks.extend({ format: z.literal('skipwire/remarks@1') });

/** What the user has written on a run; nothing where there is no such file, or none that can be understood. */
export async function readRemarks(folder: string): Promise<RunRemarks> {
  try {
    const text = await readFile(path.join(folder, runFiles.remarks), 'utf8');
    const { tags, note, title } = RemarksFile.parse(JSON.parse(text));
    return { tags, note, ...(title !== undefined && { title }) };
  } catch {
    return NO_REMARKS;
  }
}

/** Work on the remarks of each folder, one after the other. */
const writing = new Map<string, Promise<unknown>>();

/**
 * Changes what is written on a run and returns all of it. The file is nobody's but the user's: whoever trains the run never
 * touches it, so that it may be written at any time, whoever holds the folder.
 */
export function writeRemarks(folder: string, change: (before: RunRemarks) => RunRemarks): Promise<RunRemarks> {
  const before = writing.get(folder) ?? Promise.resolve();
  const work = before.then(async () => {
    const { tags, note, title = '' } = change(await readRemarks(folder));
    const remarks = { tags: [...new Set(tags)], note, ...(title !== '' && { title }) };
    const file = { format: 'skipwire/remarks@1', ...remarks } satisfies z.input<typeof RemarksFile>;
    await writeAtomically(path.join(folder, runFiles.remarks), `${JSON.stringify(file, null, 2)}\n`);
    return remarks;
  });
  const settled = work.catch(() => undefined);
  writing.set(folder, settled);
  void settled.then(() => {
    if (writing.get(folder) === settled) writing.delete(folder);
  });
  return work;
}
