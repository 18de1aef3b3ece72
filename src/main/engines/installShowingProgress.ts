import type { InstalledEngine, InstallOptions } from './installEngine.ts';
import { installEngine } from './installEngine.ts';
import { printEngineProgress } from './printEngineProgress.ts';

/** 128 + SIGINT, as shells have it. */
const STOPPED = 130;

/** Installs the engine with its progress on stderr. Ctrl-C ends it, and the next call goes on from what is finished. */
export async function installShowingProgress(
  options: Omit<InstallOptions, 'onProgress'> = {},
): Promise<InstalledEngine> {
  const printer = printEngineProgress(process.stderr);
  const stop = () => {
    // The bar hides the cursor; leaving without this would keep it hidden.
    printer.stop();
    process.stderr.write('Stopped. The next try goes on with what has been fetched.\n');
    process.exit(STOPPED);
  };
  process.once('SIGINT', stop);
  try {
    return await installEngine({ ...options, onProgress: printer.onProgress });
  } finally {
    process.removeListener('SIGINT', stop);
    printer.stop();
  }
}
