import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { answerOf, HostFailure } from '../../files/hostFailure.ts';
import { openProcessPort } from '../../executors/remote/processPort.ts';
import { openRemoteExecutor } from '../../executors/remote/remoteExecutor.ts';
import type { EngineKind } from '../engineKind.ts';
import { GPU_PAGE_VARIABLE, hasGpuPages } from '../gpuPages.ts';

/** Any graphics processor: in plain Node by Dawn, in the desktop by a hidden page. */
export const webgpu: EngineKind = {
  id: 'webgpu',
  title: 'WebGPU',
  summary: 'Any graphics processor of NVIDIA, AMD, Intel or Apple, with the driver that is there.',
  locate: () =>
    answerOf(() => {
      if (hasGpuPages()) {
        const version = `Chromium ${process.versions['chrome'] ?? ''}`.trim();
        const fingerprint = `webgpu page ${version} ${process.platform}-${process.arch}`;
        return { version, fingerprint, environment: { [GPU_PAGE_VARIABLE]: '1' } };
      }
      const version = dawnVersion();
      return { version, fingerprint: `webgpu ${version} ${process.platform}-${process.arch}` };
    }),
  async open() {
    if (process.env[GPU_PAGE_VARIABLE] === '1') return openRemoteExecutor(openProcessPort());
    const { openWebgpuExecutor } = await import('../../executors/webgpu/webgpuExecutor.ts');
    return openWebgpuExecutor();
  },
};

const Manifest = z.object({ version: z.string() });

/** Of the package that holds Dawn. Throws a `HostFailure` where it, or its library for this system, is not there. */
function dawnVersion(): string {
  // Electron's memory cage refuses what Dawn maps.
  if (process.versions['electron'] !== undefined) {
    throw new HostFailure({
      code: 'engine/no-webgpu',
      message: 'WebGPU in the app needs its hidden page, which is not there.',
      remedy: 'Train from the command line or through "npx skipwire serve" to use the graphics processor.',
    });
  }
  const folder = packageFolder();
  const system = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
  if (folder === undefined || !existsSync(path.join(folder, 'dist', system, 'dawn.node'))) {
    throw new HostFailure({
      code: 'engine/no-webgpu',
      message: folder === undefined ? 'WebGPU is not installed.' : `WebGPU has no library for ${system}.`,
      remedy: 'Run npm install in the folder of Skipwire with optional packages; other engines work without it.',
    });
  }
  return Manifest.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))).version;
}

/** Where the package lies; looked up without loading its library, which could crash. */
function packageFolder(): string | undefined {
  for (const folder of createRequire(import.meta.url).resolve.paths('webgpu') ?? []) {
    const found = path.join(folder, 'webgpu');
    if (existsSync(path.join(found, 'package.json'))) return found;
  }
  return undefined;
}
