import { installShowingProgress } from './installShowingProgress.ts';
import type { LocatedEngine } from './locateTensorflowEngine.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';

/** Finds the engine, or installs it with its progress on stderr. Throws a `HostFailure` that says what to do. */
export async function ensureEngine(): Promise<LocatedEngine> {
  const located = await locateTensorflowEngine();
  if (located.ok && located.value.outdated !== true) return located.value;
  try {
    const { folder, manifest } = await installShowingProgress();
    return { addonPath: folder.addon, version: manifest.tensorflow, source: 'installed' };
  } catch (error) {
    // Without a compiler the older addon goes on as it did.
    if (located.ok) return located.value;
    throw error;
  }
}
