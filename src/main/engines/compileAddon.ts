import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineFolder } from './engineFolder.ts';
import { installationCancelled } from './engineProgress.ts';
import { COMPILER_REMEDY, findCompiler } from './findCompiler.ts';
import type { Compiler } from './findCompiler.ts';
import { linkAddon } from './linkAddon.ts';
import { lastLines } from './runProgram.ts';
import { SESSION_CONFIG_HEADER } from './sessionConfig.ts';
import type { TfjsNodePackage } from './tfjsNodePackage.ts';

const SOURCES = ['tfjs_binding.cc', 'tfjs_backend.cc'];

/**
 * Compiles tfjs-node's own sources, with our choice of session options, against the libraries in `folder`. Throws a `HostFailure`
 * where there is no compiler, or with what the compiler said.
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
  const result = await linkAddon(
    compiler,
    folder,
    SOURCES.map((name) => path.join(tfjsNode.root, 'binding', name)),
    aside,
    { options: ['-O2', '-include', header, `-I${tfjsNode.root}`], signal },
  );
  await rm(header, { force: true });
  if (signal?.aborted === true) throw installationCancelled();
  if (result.code !== 0) {
    throw new HostFailure({
      code: 'engine/compile-failed',
      message: `The addon did not compile with ${compiler.version}.`,
      received: result.timedOut ? 'it did not come to an end' : lastLines(result.stderr, 12),
      remedy: `${COMPILER_REMEDY} It must know C++17. Another compiler is chosen with CXX=....`,
    });
  }
  await rename(aside, folder.addon);
  return compiler;
}
