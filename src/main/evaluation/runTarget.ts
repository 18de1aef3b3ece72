import { stat } from 'node:fs/promises';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { readRunDocument } from '../runs/runFolder.ts';
import { weightsOfRun } from '../runs/weightsOfRun.ts';
import type { ExamineTarget } from './examineMessages.ts';

/** The weights of a run that are asked: its best ones, or the last. Throws a `HostFailure` where it has none. */
export async function targetOfRun(runFolder: string, which: 'best' | 'last' = 'best'): Promise<ExamineTarget> {
  const document = await readRunDocument(runFolder);
  const weights = weightsOfRun(runFolder, which);
  const { mtimeMs, size } = await stat(weights.file);
  return { document, runFolder, weights, key: `${networkFingerprint(document)} ${weights.file} ${mtimeMs} ${size}` };
}
