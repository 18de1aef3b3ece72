import { problemOf } from '../files/hostFailure.ts';
import type { InstalledEngine, InstallOptions } from './installEngine.ts';
import { installEngine } from './installEngine.ts';
import { printEngineProgress } from './printEngineProgress.ts';

/** 128 + SIGINT, as shells have it. */
const STOPPED = 130;

/** Installs the engine with its progress on stderr. Ctrl-C ends it, and the next call goes on from what is finished. */
export async function installShowingProgress(
  options: Omit<InstallOptions, 'onProgress' | 'signal'> = {},
): Promise<InstalledEngine> {
  const printer = printEngineProgress(process.stderr);
  const cancelling = new AbortController();
  const stop = () => {
    // The bar hides the cursor; leaving without this would keep it hidden.
    printer.stop();
    // Whoever presses it again does not want to wait for what is being tidied up.
    if (cancelling.signal.aborted) process.exit(STOPPED);
    cancelling.abort();
  };
  process.on('SIGINT', stop);
  try {
    return await installEngine({ ...options, onProgress: printer.onProgress, signal: cancelling.signal });
  } catch (error) {
    const problem = problemOf(error);
    if (!cancelling.signal.aborted || problem === undefined) throw error;
    printer.stop();
    process.stderr.write(`${problem.message} ${problem.remedy ?? ''}\n`);
    process.exit(STOPPED);
  } finally {
    process.removeListener('SIGINT', stop);
    printer.stop();
  }
}
