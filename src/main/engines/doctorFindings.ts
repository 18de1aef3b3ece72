import { createRequire } from 'node:module';
import path from 'node:path';
import { findChromium } from '../../../scripts/chromium.mjs';
import { findElectron } from '../../../scripts/electronBinary.mjs';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { freeBytes } from './diskSpace.ts';
import type { DoctorFindings } from './doctorReport.ts';
import { enginePackageFor } from './enginePackage.ts';
import { findCompiler } from './findCompiler.ts';
import { findPip } from './findPip.ts';
import { spaceNeeded } from './installEngine.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';
import { lastLines, runProgram } from './runProgram.ts';
import { testEngine } from './testEngine.ts';
import { tfjsNodePackage } from './tfjsNodePackage.ts';
import { userCacheFolder } from './userCacheFolder.ts';

/** Looks at this machine: runs the tools, loads the native libraries in processes of their own. Takes a few seconds. */
export async function doctorFindings(): Promise<DoctorFindings> {
  const cache = userCacheFolder();
  const wanted = enginePackageFor();
  const [npm, pip, compiler, free, tfjsNode, engine, onnxruntime] = await Promise.all([
    npmVersion(),
    findPip(),
    findCompiler(),
    freeBytes(cache),
    answerOf(tfjsNodePackage),
    testedEngine(cache),
    answerOf(onnxruntimeVersion),
  ]);
  const needed = wanted === undefined ? 0 : spaceNeeded(wanted, false);
  const [electron, chromium] = [findElectron(productRoot), findChromium()];
  return {
    node: process.version,
    npm,
    pip,
    compiler,
    cache,
    free,
    needed,
    tfjsNode,
    engine,
    onnxruntime,
    electron,
    chromium,
  };
}

async function npmVersion(): Promise<string | undefined> {
  const beside = path.join(path.dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  for (const [program, before] of [
    ['npm', []],
    [process.execPath, [beside]],
  ] as const) {
    const { code, stdout } = await runProgram(program, [...before, '--version'], { timeout: 30_000 });
    if (code === 0) return stdout.trim();
  }
  return undefined;
}

async function testedEngine(cache: string): Promise<DoctorFindings['engine']> {
  const located = await locateTensorflowEngine({ cache });
  if (!located.ok) return located;
  const { addonPath, source } = located.value;
  return answerOf(async () => ({ ...(await testEngine(addonPath)), source }));
}

/** Loads onnxruntime in a process of its own: native code that does not fit ends its process. */
async function onnxruntimeVersion(): Promise<{ version: string }> {
  const requireHere = createRequire(import.meta.url);
  let manifest: { version?: unknown };
  try {
    manifest = requireHere('onnxruntime-node/package.json') as { version?: unknown };
  } catch {
    throw new HostFailure({
      code: 'package/missing',
      message: 'The package onnxruntime-node is not installed.',
      remedy: 'Run npm ci in the folder of Skipwire.',
    });
  }
  const { code, stderr } = await runProgram(process.execPath, ['-e', 'require("onnxruntime-node")'], {
    cwd: productRoot,
    environment: { ELECTRON_RUN_AS_NODE: '1' },
    timeout: 60_000,
  });
  if (code !== 0) {
    throw new HostFailure({
      code: 'package/does-not-load',
      message: 'onnxruntime-node is there but does not load.',
      received: lastLines(stderr, 3),
      remedy: 'Run npm ci in the folder of Skipwire. Exports still work, they are not verified.',
    });
  }
  return { version: String(manifest.version) };
}
