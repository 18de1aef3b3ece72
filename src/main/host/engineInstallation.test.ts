import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { HostEvent } from '../../contract/contract.ts';
import { installedEngineFolder } from '../engines/engineFolder.ts';
import { engineKinds } from '../engines/engineKinds.ts';
import { describeInstallation } from '../engines/engineInstaller.ts';
import { enginePackageFor, type EnginePackage } from '../engines/enginePackage.ts';
import { createEngineRegistry } from '../engines/engineRegistry.ts';
import { indexAt } from '../engines/packageIndex.ts';
import { shipAddon } from '../engines/prebuiltAddon.ts';
import { serveIndex, type ServedIndex } from '../engines/testing/serveIndex.ts';
import { writeWheel } from '../engines/testing/writeWheel.ts';
import { tfjsNodePackage } from '../engines/tfjsNodePackage.ts';
import { userCacheFolder } from '../engines/userCacheFolder.ts';
import { createHost, type Host } from './createHost.ts';

/*
 * The engine is installed from an index whose connections break, by the requests that the editor sends. The wheel is a real one,
 * but that its libraries are empty and lead to those that are installed on this machine.
 */

let folder: string;
let cache: string;
let served: ServedIndex;
let host: Host;
let wanted: EnginePackage;
const events: HostEvent[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'skipwire-installation-'));
  const pinned = enginePackageFor();
  if (pinned === undefined) throw new Error('There is no engine for this machine');
  const installed = installedEngineFolder(userCacheFolder(), pinned);
  const shipped = path.join(folder, 'shipped');
  await shipAddon(installed.addon, tfjsNodePackage(), shipped);

  const names = pinned.libraries.map(({ member }) => path.posix.basename(member));
  const files = Object.fromEntries(
    pinned.libraries.map(({ member }, index) => [
      member,
      leadingTo(path.join(installed.libraries, names[index] ?? '')),
    ]),
  );
  const tag = pinned.platforms[0] ?? '';
  const name = `${pinned.name.replaceAll('-', '_')}-${pinned.version}-cp311-cp311-${tag}.whl`;
  const information = `${pinned.name.replaceAll('-', '_')}-${pinned.version}.dist-info`;
  const sha256 = writeWheel(path.join(folder, name), { information, files });
  const bytes = readFileSync(path.join(folder, name));
  wanted = { ...pinned, wheelSha256: sha256, wheelBytes: bytes.length, unpackedBytes: 100_000 };
  cache = path.join(folder, 'cache');
  const cut = { after: Math.ceil(bytes.length / 2.5), file: path.join(cache, 'downloads', `${name}.partial`) };
  served = await serveIndex({ package: pinned.name, name, bytes, sha256, cut });

  vi.stubEnv('SKIPWIRE_CACHE', cache);
  vi.stubEnv('SKIPWIRE_ENGINE', '');
  const index = indexAt(served.url);
  host = await createHost({
    workspace: path.join(folder, 'workspace'),
    engines: createEngineRegistry({
      kinds: engineKinds.filter(({ id }) => id === 'tensorflow'),
      describe: describeInstallation,
    }),
    engineSource: { wanted, shipped, ...(index !== undefined && { index }) },
  });
  host.onEvent((event) => events.push(event));
}, 120_000);

afterAll(async () => {
  await host.dispose();
  await served.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An empty library that needs another one, wherever it lies. */
function leadingTo(library: string): Buffer {
  const work = mkdtempSync(path.join(folder, 'library-'));
  const [source, way, file] = ['empty.c', 'way.so', 'library.so'].map((one) => path.join(work, one));
  if (source === undefined || way === undefined || file === undefined) throw new Error('unreachable');
  const compile = (...options: readonly string[]): unknown =>
    execFileSync('g++', ['-shared', '-x', 'c', '/dev/null', '-x', 'none', ...options]);
  // Whoever is linked with the first looks for the second by its whole path.
  compile('-o', way, `-Wl,-soname,${library}`);
  compile('-o', file, '-Wl,--no-as-needed', way);
  return readFileSync(file);
}

test('a wheel of the workspace that is another file than the expected one is not unpacked', async () => {
  const [name] = readdirSync(folder).filter((entry) => entry.endsWith('.whl'));
  if (name === undefined) throw new Error('There is no wheel');
  const bytes = readFileSync(path.join(folder, name));
  bytes[bytes.length - 1] = 1;
  writeFileSync(path.join(host.workspace.root, name), bytes);
  expect(await host.call('engine/install', { wheel: name })).toMatchObject({
    ok: false,
    problem: { code: 'engine/damaged-wheel', expected: `sha256 ${wanted.wheelSha256}` },
  });
  expect(existsSync(installedEngineFolder(cache, wanted).root)).toBe(false);
});

test('the editor installs the engine, which is tested and measured, and removes it', { timeout: 300_000 }, async () => {
  const tensorflow = async (call: 'engine/list' | 'engine/install' | 'engine/uninstall') => {
    const answer = await host.call(call, call === 'engine/list' ? {} : { variant: 'cpu' });
    if (!answer.ok) throw new Error(`${answer.problem.message} ${answer.problem.received ?? ''}`);
    const list = 'engines' in answer.value ? answer.value : undefined;
    return list?.engines.find(({ id }) => id === 'tensorflow');
  };
  expect(await tensorflow('engine/list')).toMatchObject({ state: 'missing', installation: { isInstalled: false } });

  events.length = 0;
  const installed = await tensorflow('engine/install');
  expect(installed).toMatchObject({ state: 'ready', installation: { isInstalled: true } });
  // Every connection brought a part, and the next went on behind it.
  const part = Math.ceil(wanted.wheelBytes / 2.5);
  expect(served.from).toEqual([0, part, 2 * part]);
  const told = events.flatMap(({ event, payload }) =>
    event === 'engine' && payload.kind === 'installing' ? [payload.phase] : [],
  );
  expect([...new Set(told)]).toEqual([
    'Downloading TensorFlow',
    'Checking the download',
    'Unpacking the libraries',
    'Testing the engine',
  ]);
  expect(existsSync(path.join(cache, 'downloads'))).toBe(false);

  expect(await tensorflow('engine/uninstall')).toMatchObject({ state: 'missing' });
  expect(existsSync(installedEngineFolder(cache, wanted).root)).toBe(false);
});
