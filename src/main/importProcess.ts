import { problemOf } from './files/hostFailure.ts';
import type { ImportNews, ImportRequest } from './imports/importMessages.ts';
import { importModelFile } from './imports/importModelFile.ts';

/*
 * The process that imports one model for the editor: a large one takes seconds and gigabytes, and a file may be hostile. When it
 * dies, or is called off, the host goes on.
 */

/** Progress comes at most this often. */
const MILLISECONDS = 100;

function tell(news: ImportNews): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(news, undefined, undefined, () => resolve());
    else resolve();
  });
}

async function attend(order: ImportRequest): Promise<void> {
  let told = 0;
  let last = '';
  try {
    const { document: _, ...written } = await importModelFile(order, (stage, share) => {
      const now = performance.now();
      if (stage === last && now - told < MILLISECONDS) return;
      [told, last] = [now, stage];
      void tell({ kind: 'progress', stage, share });
    });
    await tell({ kind: 'done', written });
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    await tell({ kind: 'refused', problem });
  }
  process.disconnect();
}

process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to the whole group; the host decides.
process.on('SIGINT', () => undefined);
process.once('message', (message) => void attend(message as ImportRequest));
