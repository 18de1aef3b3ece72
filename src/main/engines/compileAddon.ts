import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineFolder } from './engineFolder.ts';
import { installationCancelled } from './engineProgress.ts';
import { COMPILER_REMEDY, findCompiler } from './findCompiler.ts';
import type { Compiler } from './findCompiler.ts';
import { lastLines, runProgram } from './runProgram.ts';
import { SESSION_CONFIG_HEADER } from './sessionConfig.ts';
import type { TfjsNodePackage } from './tfjsNodePackage.ts';

const SOURCES = ['tfjs_binding.cc', 'tfjs_backend.cc'];
const TIMEOUT_MS = 300_000;

/**
 * Compiles tfjs-node's own sources, with our choice of session options, against the libraries in `folder`. N-API 8 is one binary for Node 20 and later and
 * for Electron. Throws a `HostFailure` where there is no compiler, or with what the compiler said.
 */
export async function compileAddon(
  folder: EngineFolder,
  tfjsNode: TfjsNodePackage,
  signal?: AbortSignal,
): Promise<Compiler> {
  const compiler = await findCompiler();
  if (compiler === undefined) {
    throw new HostFailure({
      code: 'engine/no-compiler',
      message: 'A C++ compiler, which builds the link between Node and TensorFlow, was not found.',
      remedy: COMPILER_REMEDY,
    });
  }
  const aside = `${folder.addon}.partial`;
  const header = `${folder.addon}.sessionConfig.h`;
  await mkdir(path.dirname(folder.addon), { recursive: true });
  await writeFile(header, SESSION_CONFIG_HEADER);
  const result = await runProgram(
    compiler.program,
    [
      '-std=c++17',
      '-O2',
      '-shared',
      '-fPIC',
      '-DNAPI_VERSION=8',
      '-include',
      header,
      `-I${folder.headers}`,
      `-I${nodeHeaders()}`,
      `-I${tfjsNode.root}`,
      ...SOURCES.map((name) => path.join(tfjsNode.root, 'binding', name)),
      `-L${folder.libraries}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      ...linkerOptions(),
      '-o',
      aside,
    ],
    { timeout: TIMEOUT_MS, signal },
  );
  await rm(header, { force: true });
  if (signal?.aborted === true) throw installationCancelled();
  if (result.code !== 0) {
    throw new HostFailure({
      code: 'engine/compile-failed',
      message: `The addon did not compile with ${compiler.version}.`,
      received: result.timedOut ? `no end after ${TIMEOUT_MS / 1000} s` : lastLines(result.stderr, 12),
      remedy: `${COMPILER_REMEDY} It must know C++17. Another compiler is chosen with CXX=....`,
    });
  }
  await rename(aside, folder.addon);
  return compiler;
}

/** Where the headers of Node's stable interface lie. */
export function nodeHeaders(): string {
  return path.dirname(createRequire(import.meta.url).resolve('node-api-headers/include/node_api.h'));
}

/** An addon looks for its libraries from where it lies itself, so the folder can be moved. */
export function linkerOptions(): string[] {
  return process.platform === 'darwin'
    ? ['-Wl,-rpath,@loader_path/../../deps/lib', '-undefined', 'dynamic_lookup']
    : ['-Wl,-rpath,$ORIGIN/../../deps/lib'];
}
