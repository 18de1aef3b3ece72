import { installEngine } from './installEngine.ts';
import type { LocatedEngine } from './locateTensorflowEngine.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';
import { printEngineProgress } from './printEngineProgress.ts';

/** Finds the engine, or installs it with its progress on stderr. Throws a `HostFailure` that says what to do. */
export async function ensureEngine(): Promise<LocatedEngine> {
  const located = await locateTensorflowEngine();
  if (located.ok) return located.value;
  const printer = printEngineProgress(process.stderr);
  try {
    const { folder, manifest } = await installEngine({ onProgress: printer.onProgress });
    return { addonPath: folder.addon, version: manifest.tensorflow, source: 'installed' };
  } finally {
    printer.stop();
  }
}
