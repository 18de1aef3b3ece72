import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { linkerOptions, nodeHeaders } from './compileAddon.ts';
import type { EngineFolder } from './engineFolder.ts';
import { installationCancelled } from './engineProgress.ts';
import type { Compiler } from './findCompiler.ts';
import { kernelSources } from './kernelSources.ts';
import { runProgram } from './runProgram.ts';

const TIMEOUT_MS = 300_000;

/**
 * Compiles our own kernels against the libraries in `folder`. Without them the engine computes the same with more nodes, so a
 * compiler that cannot make them is no error: `false`, and there are none.
 */
export async function compileKernels(
  folder: EngineFolder,
  { program }: Compiler,
  signal?: AbortSignal,
): Promise<boolean> {
  const sources = `${folder.kernels}.sources`;
  const aside = `${folder.kernels}.partial`;
  await rm(folder.kernels, { force: true });
  await mkdir(sources, { recursive: true });
  try {
    for (const [name, text] of Object.entries(kernelSources)) await writeFile(path.join(sources, name), text);
    const units = Object.keys(kernelSources).filter((name) => name.endsWith('.cc'));
    const result = await runProgram(
      program,
      [
        '-std=c++17',
        '-O3',
        '-shared',
        '-fPIC',
        '-DNAPI_VERSION=8',
        `-I${folder.headers}`,
        `-I${nodeHeaders()}`,
        ...units.map((name) => path.join(sources, name)),
        `-L${folder.libraries}`,
        '-ltensorflow',
        '-ltensorflow_framework',
        ...linkerOptions(),
        '-o',
        aside,
      ],
      { timeout: TIMEOUT_MS, signal },
    );
    if (signal?.aborted === true) throw installationCancelled();
    if (result.code !== 0) return false;
    await rename(aside, folder.kernels);
    return true;
  } finally {
    await rm(sources, { recursive: true, force: true });
    await rm(aside, { force: true });
  }
}
