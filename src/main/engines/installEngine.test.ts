import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HostProblem } from '../../contract/contract.ts';
import { problemOf } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { installedEngineFolder } from './engineFolder.ts';
import type { EnginePackage } from './enginePackage.ts';
import type { EnginePhase } from './engineProgress.ts';
import { installEngine, uninstallEngines } from './installEngine.ts';
import type { InstallOptions } from './installEngine.ts';
import { shipAddon } from './prebuiltAddon.ts';
import { writeWheel } from './testing/writeWheel.ts';
import { tfjsNodePackage } from './tfjsNodePackage.ts';

let cache: string;
let wheel: string;
let wanted: EnginePackage;

const information = 'tensorflow_cpu-9.9.9.dist-info';
const library = 'tensorflow/libtensorflow_cc.so.2';
const header = 'tensorflow/include/tensorflow/c/c_api.h';

beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'skipwire-engine-'));
  wheel = path.join(cache, 'tensorflow_cpu-9.9.9-cp311-cp311-manylinux_2_27_x86_64.whl');
  wanted = {
    name: 'tensorflow-cpu',
    version: '9.9.9',
    platforms: ['any'],
    wheelBytes: 1_000_000,
    unpackedBytes: 1_000_000,
    wheelSha256: writeMadeUpEngine(1_000_000),
    libraries: [{ member: library, link: 'libtensorflow.so' }],
    headers: ['tensorflow/include/tensorflow/c/'],
  };
});

/** Returns its SHA-256. The library is random bytes; the header stops the compiler at once. */
function writeMadeUpEngine(bytes: number): string {
  const files = { [library]: randomBytes(bytes), [header]: Buffer.from('#error not a real engine\n') };
  return writeWheel(wheel, { information, files });
}

afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** Installs and hands back what went wrong, with the phases that were reached. */
async function failing(
  options: Partial<InstallOptions> = {},
): Promise<{ problem: HostProblem; phases: EnginePhase[] }> {
  const phases: EnginePhase[] = [];
  try {
    await installEngine({
      cache,
      wanted,
      wheel,
      onProgress: ({ phase }) => (phases.at(-1) === phase ? 0 : phases.push(phase)),
      ...options,
    });
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return { problem, phases };
  }
  throw new Error('the installation of a made-up engine succeeded');
}

describe('installing the engine', () => {
  test('checks, unpacks and compiles; what the compiler refuses leaves nothing behind', async () => {
    const { problem, phases } = await failing();
    expect(phases).toEqual(['checking', 'unpacking', 'compiling']);
    expect(problem.code).toBe('engine/compile-failed');
    expect(problem.received).toContain('not a real engine');
    expect(readdirSync(path.join(cache, 'engines'))).toEqual([]);
    expect(existsSync(wheel)).toBe(true);
  });

  test('an addon that came with the product and does not work here is compiled anew', async () => {
    const [shipped, addon] = [path.join(cache, 'shipped'), path.join(cache, 'other.node')];
    writeFileSync(addon, 'made for another machine');
    await shipAddon(addon, tfjsNodePackage(), shipped);
    const { problem, phases } = await failing({ shipped });
    expect(phases).toEqual(['checking', 'unpacking', 'testing', 'compiling']);
    expect(problem.code).toBe('engine/compile-failed');
  });

  test('refuses a file with another checksum before unpacking it', async () => {
    const { problem, phases } = await failing({ wanted: { ...wanted, wheelSha256: '00'.repeat(32) } });
    expect(phases).toEqual(['checking']);
    expect(problem).toMatchObject({ code: 'engine/damaged-wheel', expected: `sha256 ${'00'.repeat(32)}` });
  });

  test('refuses a library that is not what RECORD says', async () => {
    const files = { [library]: randomBytes(1000), [header]: Buffer.from('#error\n') };
    writeWheel(wheel, { information, files, tampered: [library] });
    const { problem, phases } = await failing({ wanted: withoutPin(wanted) });
    expect(phases).toEqual(['unpacking']);
    expect(problem.code).toBe('engine/damaged-wheel');
    expect(problem.expected).toContain(`${library} with sha256`);
  });

  test('refuses a wheel that was cut short, another version, and a file that is no wheel', async () => {
    writeFileSync(wheel, randomBytes(5000));
    expect((await failing({ wanted: withoutPin(wanted) })).problem.code).toBe('engine/damaged-wheel');
    writeWheel(wheel, { information: 'tensorflow_cpu-1.0.0.dist-info', files: { [library]: randomBytes(10) } });
    const { problem } = await failing({ wanted: withoutPin(wanted) });
    expect(problem.expected).toBe('a wheel of tensorflow-cpu 9.9.9');
  });

  test('says what is wrong with a file that is not there', async () => {
    const { problem } = await failing({ wheel: path.join(cache, 'nowhere.whl') });
    expect(problem.code).toBe('file/missing');
  });

  test('says how much room it needs before it writes anything', async () => {
    const { problem, phases } = await failing({ free: 300_000_000, wanted: { ...wanted, unpackedBytes: 880_000_000 } });
    expect(phases).toEqual([]);
    expect(problem).toMatchObject({
      code: 'engine/disk-too-small',
      expected: '0.9 GB free, most of it only while installing',
      received: '0.3 GB free',
      remedy: 'Free some space, or set SKIPWIRE_CACHE to a folder on a larger disk.',
    });
  });

  test('uses a download again that an earlier try had finished', async () => {
    mkdirSync(path.join(cache, 'downloads'));
    copyFileSync(wheel, path.join(cache, 'downloads', path.basename(wheel)));
    const phases: EnginePhase[] = [];
    await expect(installEngine({ cache, wanted, onProgress: ({ phase }) => phases.push(phase) })).rejects.toThrow(
      'did not compile',
    );
    expect(phases).not.toContain('downloading');
  });

  test('is cancelled in the middle of unpacking, and leaves nothing behind but the wheel', async () => {
    const cancelling = new AbortController();
    const onProgress = ({ phase }: { phase: EnginePhase }) => phase === 'unpacking' && cancelling.abort();
    const { problem } = await failing({ onProgress, signal: cancelling.signal });
    expect(problem).toMatchObject({
      code: 'engine/installation-cancelled',
      remedy: 'Install again to go on from there.',
    });
    expect(readdirSync(path.join(cache, 'engines'))).toEqual([]);
    expect(existsSync(wheel)).toBe(true);
  });

  test('starts cleanly after a kill in the middle of unpacking', { timeout: 180_000 }, async () => {
    // Large enough to be interrupted in time.
    wanted = { ...wanted, wheelSha256: writeMadeUpEngine(48_000_000) };
    const program = `
      import { installEngine } from ${JSON.stringify(path.join(productRoot, 'dist', 'main', 'setup.js'))};
      const options = JSON.parse(process.argv[1]);
      await installEngine({ ...options, onProgress: () => undefined });`;
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', program, JSON.stringify({ cache, wheel, wanted })],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const partial = path.join(cache, 'engines', '.partial-tensorflow-cpu-9.9.9');
    while (!existsSync(path.join(partial, 'deps', 'lib'))) {
      if (child.exitCode !== null) throw new Error('the child ended before it unpacked anything');
      await sleep(2);
    }
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(readdirSync(path.join(cache, 'engines')).toSorted()).toEqual([
      '.partial-tensorflow-cpu-9.9.9',
      'install.lock',
    ]);

    const { problem, phases } = await failing();
    expect(phases).toEqual(['checking', 'unpacking', 'compiling']);
    expect(problem.code).toBe('engine/compile-failed');
    expect(existsSync(partial)).toBe(false);
  });

  test('uninstalling removes engines and downloads', async () => {
    mkdirSync(installedEngineFolder(cache, wanted).libraries, { recursive: true });
    mkdirSync(path.join(cache, 'downloads'));
    expect(await uninstallEngines(cache)).toEqual(['tensorflow-cpu-9.9.9']);
    expect(readdirSync(path.join(cache, 'engines'))).toEqual([]);
    expect(existsSync(path.join(cache, 'downloads'))).toBe(false);
  });
});

function withoutPin({ wheelSha256: _wheelSha256, ...rest }: EnginePackage): EnginePackage {
  return rest;
}
