import { createRequire } from 'node:module';
import path from 'node:path';
import type { EngineFolder } from './engineFolder.ts';
import type { Compiler } from './findCompiler.ts';
import { runProgram, type ProgramResult } from './runProgram.ts';

const TIMEOUT_MS = 300_000;

/**
 * Compiles `sources` to a module for Node at `output`, against the libraries of an engine. N-API 8 is one binary for Node 20 and
 * later and for Electron. `options` come before the rest.
 */
export async function linkAddon(
  { program }: Compiler,
  folder: EngineFolder,
  sources: readonly string[],
  output: string,
  { options, signal }: { readonly options: readonly string[]; readonly signal: AbortSignal | undefined },
): Promise<ProgramResult> {
  const nodeHeaders = path.dirname(createRequire(import.meta.url).resolve('node-api-headers/include/node_api.h'));
  return runProgram(
    program,
    [
      '-std=c++17',
      '-shared',
      '-fPIC',
      '-DNAPI_VERSION=8',
      ...options,
      `-I${folder.headers}`,
      `-I${nodeHeaders}`,
      ...sources,
      `-L${folder.libraries}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      ...linkerOptions(),
      '-o',
      output,
    ],
    { timeout: TIMEOUT_MS, signal },
  );
}

/** An addon looks for its libraries from where it lies itself, so the folder can be moved. */
function linkerOptions(): string[] {
  return process.platform === 'darwin'
    ? ['-Wl,-rpath,@loader_path/../../deps/lib', '-undefined', 'dynamic_lookup']
    : ['-Wl,-rpath,$ORIGIN/../../deps/lib'];
}
