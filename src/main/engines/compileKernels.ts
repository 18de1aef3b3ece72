import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EngineFolder } from './engineFolder.ts';
import { installationCancelled } from './engineProgress.ts';
import type { Compiler } from './findCompiler.ts';
import { kernelSources, LENT_THREADS } from './kernelSources.ts';
import { linkAddon } from './linkAddon.ts';

/**
 * Compiles our own kernels against the libraries in `folder`. Without them the engine computes the same with more nodes, so a
 * compiler that cannot make them is no error: `false`, and there are none.
 */
export async function compileKernels(folder: EngineFolder, compiler: Compiler, signal?: AbortSignal): Promise<boolean> {
  const sources = `${folder.kernels}.sources`;
  const aside = `${folder.kernels}.partial`;
  await rm(folder.kernels, { force: true });
  await mkdir(sources, { recursive: true });
  try {
    for (const [name, text] of Object.entries(kernelSources)) await writeFile(path.join(sources, name), text);
    const units = Object.keys(kernelSources).filter((name) => name.endsWith('.cc'));
    // C++ headers differ more between versions and compilers than those of C, and kernels are worth having without the threads.
    for (const lent of [true, false]) {
      const files = units.filter((name) => lent || name !== LENT_THREADS).map((name) => path.join(sources, name));
      const options = ['-O3', '-DNDEBUG', ...(lent ? ['-DSKIPWIRE_LENT_THREADS'] : [])];
      const result = await linkAddon(compiler, folder, files, aside, { options, signal });
      if (signal?.aborted === true) throw installationCancelled();
      if (result.code !== 0) continue;
      await rename(aside, folder.kernels);
      return true;
    }
    return false;
  } finally {
    await rm(sources, { recursive: true, force: true });
    await rm(aside, { force: true });
  }
}
