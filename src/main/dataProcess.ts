import type { DataAnswer, DataNews, DataRequest } from './datasets/dataMessages.ts';
import { checkFiles, inspectFiles, showSamples } from './datasets/examineFiles.ts';
import { problemOf } from './files/hostFailure.ts';

/*
 * The process that looks at files for the editor. Decoders are native code and files may be hostile: when it dies, the host
 * says which data it was about, and starts another.
 */

/** Progress comes at most this often. */
const MILLISECONDS = 100;

function tell(news: DataNews): void {
  if (process.connected) process.send?.(news);
}

async function answer(request: DataRequest): Promise<DataAnswer> {
  const { files, id } = request;
  switch (request.kind) {
    case 'inspect':
      return inspectFiles(files);
    case 'check': {
      let told = 0;
      return checkFiles(files, (done, total) => {
        const now = performance.now();
        if (now - told < MILLISECONDS && done < total) return;
        told = now;
        tell({ kind: 'progress', id, done, total });
      });
    }
    case 'samples':
      return showSamples(files, request.page);
  }
}

async function attend(request: DataRequest): Promise<void> {
  try {
    tell({ kind: 'answer', id: request.id, value: await answer(request) });
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    tell({ kind: 'refused', id: request.id, problem });
  }
}

process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to the whole group; the host decides.
process.on('SIGINT', () => undefined);
process.on('message', (message) => void attend(message as DataRequest));
