import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { withFileLock } from '../../../scripts/fileLock.mjs';
import type { EngineVariant } from '../../contract/engines.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { compileAddon } from './compileAddon.ts';
import { compileKernels } from './compileKernels.ts';
import { requireDiskSpace } from './diskSpace.ts';
import { installCompanions } from './companionWheels.ts';
import { downloadWheel, finishedWheel, type WheelOrder } from './downloadWheel.ts';
import type { EngineFolder, EngineManifest } from './engineFolder.ts';
import { engineFolder, installedEngineFolder, readEngineManifest, writeEngineManifest } from './engineFolder.ts';
import type { EnginePackage } from './enginePackage.ts';
import { enginePackageFor, unsupportedMachine } from './enginePackage.ts';
import { installationCancelled, type OnEngineProgress } from './engineProgress.ts';
import type { PackageIndex } from './packageIndex.ts';
import { takePrebuiltAddon } from './prebuiltAddon.ts';
import { addonRecipe } from './sessionConfig.ts';
import { testEngine } from './testEngine.ts';
import { tfjsNodePackage } from './tfjsNodePackage.ts';
import { checkWheel, unpackWheel } from './unpackWheel.ts';
import { userCacheFolder } from './userCacheFolder.ts';
import { demandWheelFor } from './wheelName.ts';

export interface InstallOptions {
  readonly onProgress: OnEngineProgress;
  readonly cache?: string;
  /** For processors when left out. */
  readonly variant?: EngineVariant;
  readonly wanted?: EnginePackage;
  /** Cancels it: what was fetched stays, the rest is as before. */
  readonly signal?: AbortSignal;
  /** A wheel that the user has fetched himself; then nothing is downloaded. */
  readonly wheel?: string;
  /** Where it is looked up; where pip's settings say when left out. */
  readonly index?: PackageIndex;
  /** Folder of the addon that this copy was shipped with. */
  readonly shipped?: string;
  /** Bytes free on the cache's disk; asked of the system when left out. */
  readonly free?: number;
}

export interface InstalledEngine {
  readonly folder: EngineFolder;
  readonly manifest: EngineManifest;
  /** False when it was there already. */
  readonly fresh: boolean;
}

/**
 * Installs the TensorFlow engine into the user's cache: fetch, check, unpack, compile, test, and only then give it its
 * name. May be called by several programs at once (the others wait) and again after any interruption: what was
 * fetched whole is used again, the rest is begun anew. Throws a `HostFailure` that says what to do.
 */
export async function installEngine(options: InstallOptions): Promise<InstalledEngine> {
  const cache = options.cache ?? userCacheFolder();
  const { variant = 'cpu' } = options;
  const wanted = options.wanted ?? enginePackageFor(variant);
  if (wanted === undefined) throw new HostFailure(unsupportedMachine(variant));
  const engines = path.join(cache, 'engines');
  await mkdir(engines, { recursive: true });
  return withFileLock(path.join(engines, 'install.lock'), () => installHoldingLock(cache, wanted, options), {
    onWait: (holder) => options.onProgress({ phase: 'waiting', process: holder }),
  });
}

async function installHoldingLock(
  cache: string,
  wanted: EnginePackage,
  options: InstallOptions,
): Promise<InstalledEngine> {
  const { wheel, free } = options;
  if (options.signal?.aborted === true) throw installationCancelled();
  const final = installedEngineFolder(cache, wanted);
  const tfjsNode = tfjsNodePackage();
  const existing = await readEngineManifest(final);
  if (existing !== undefined && existsSync(final.addon)) {
    if (existing.tfjsNode === tfjsNode.version && existing.addonRecipe === addonRecipe)
      return { folder: final, manifest: existing, fresh: false };
    return { folder: final, manifest: await completeEngine(final, wanted, existing.files, options), fresh: true };
  }

  const downloads = path.join(cache, 'downloads');
  const fetched = wheel ?? (await finishedWheel(orderOf(wanted), downloads));
  await requireDiskSpace(cache, spaceNeeded(wanted, fetched !== undefined), free);

  const partial = engineFolder(path.join(cache, 'engines', `.partial-${wanted.name}-${wanted.version}`));
  await rm(partial.root, { recursive: true, force: true });
  try {
    const own =
      wheel === undefined
        ? await fetchAndUnpack(wanted, downloads, partial, options)
        : await checkAndUnpack(wheel, wanted, partial, options);
    const { onProgress, signal, index } = options;
    const near = wheel === undefined ? undefined : path.dirname(wheel);
    const companions = { downloads, near, onProgress, signal, index, free };
    const files = [...own.files, ...(await installCompanions(own.wheel, wanted, partial, companions))];
    const manifest = await completeEngine(partial, wanted, files, options);
    await rm(final.root, { recursive: true, force: true });
    await rename(partial.root, final.root);
    await rm(downloads, { recursive: true, force: true });
    return { folder: final, manifest, fresh: true };
  } finally {
    await rm(partial.root, { recursive: true, force: true });
  }
}

/** Bytes that an installation needs on the disk at its height. */
export function spaceNeeded(wanted: EnginePackage, isFetched: boolean): number {
  // pip copies the file from its temporary folder, so for a moment there are two.
  const { more } = wanted;
  return (
    wanted.unpackedBytes +
    (more === undefined ? 0 : more.unpackedBytes + more.wheelBytes) +
    (isFetched ? 0 : 2 * wanted.wheelBytes)
  );
}

function orderOf({ name, version, platforms, wheelBytes }: EnginePackage): WheelOrder {
  return { name, versions: `==${version}`, platforms, wheelBytes };
}

/** A file left by an earlier try may be damaged: it is thrown away, and fetched once more. */
async function fetchAndUnpack(
  wanted: EnginePackage,
  downloads: string,
  partial: EngineFolder,
  options: InstallOptions,
): Promise<UnpackedWheel> {
  const left = await finishedWheel(orderOf(wanted), downloads);
  if (left !== undefined) {
    try {
      return await checkAndUnpack(left, wanted, partial, options);
    } catch (error) {
      if (!(error instanceof HostFailure) || error.problem.code !== 'engine/damaged-wheel') throw error;
      await rm(left, { force: true });
      await rm(partial.root, { recursive: true, force: true });
    }
  }
  const wheel = await downloadWheel(orderOf(wanted), downloads, options);
  try {
    return await checkAndUnpack(wheel, wanted, partial, options);
  } catch (error) {
    if (error instanceof HostFailure && error.problem.code === 'engine/damaged-wheel') await rm(wheel, { force: true });
    throw error;
  }
}

interface UnpackedWheel {
  readonly wheel: string;
  readonly files: EngineManifest['files'];
}

async function checkAndUnpack(
  wheel: string,
  wanted: EnginePackage,
  partial: EngineFolder,
  { onProgress, signal }: InstallOptions,
): Promise<UnpackedWheel> {
  demandWheelFor(wheel, wanted);
  await checkWheel(wheel, wanted, onProgress, signal);
  return { wheel, files: await unpackWheel(wheel, wanted, partial, onProgress, signal) };
}

/** Compiles and tests what is unpacked in `folder`, and writes its manifest. */
async function completeEngine(
  folder: EngineFolder,
  wanted: EnginePackage,
  files: EngineManifest['files'],
  options: InstallOptions,
): Promise<EngineManifest> {
  const tfjsNode = tfjsNodePackage();
  const { compiler, tensorflow } = (await tryShippedAddon(folder, options)) ?? (await compileAndTest(folder, options));
  const manifest: EngineManifest = {
    format: 'skipwire-engine@1',
    package: wanted.name,
    version: wanted.version,
    tensorflow,
    tfjsNode: tfjsNode.version,
    compiler,
    addonRecipe,
    files,
  };
  await writeEngineManifest(folder, manifest);
  return manifest;
}

interface TestedAddon {
  /** What made it. */
  readonly compiler: string;
  /** What the library says of itself. */
  readonly tensorflow: string;
}

/** The addon that came with this copy, where there is one and it works with these libraries. */
async function tryShippedAddon(
  folder: EngineFolder,
  { onProgress, signal, shipped }: InstallOptions,
): Promise<TestedAddon | undefined> {
  const compiler = await takePrebuiltAddon(folder, tfjsNodePackage(), shipped);
  if (compiler === undefined) return undefined;
  onProgress({ phase: 'testing' });
  try {
    return { compiler, tensorflow: await testWithKernels(folder, signal) };
  } catch (error) {
    // Made for another kind of Node or system: this machine makes its own.
    if (error instanceof HostFailure && error.problem.code === 'engine/self-test-failed') return undefined;
    throw error;
  }
}

async function compileAndTest(folder: EngineFolder, { onProgress, signal }: InstallOptions): Promise<TestedAddon> {
  onProgress({ phase: 'compiling' });
  const compiler = await compileAddon(folder, tfjsNodePackage(), signal);
  await compileKernels(folder, compiler, signal);
  onProgress({ phase: 'testing' });
  return { compiler: compiler.version, tensorflow: await testWithKernels(folder, signal) };
}

/** The version of TensorFlow, which must work; kernels of our own that do not work beside it are done without. */
async function testWithKernels(folder: EngineFolder, signal: AbortSignal | undefined): Promise<string> {
  try {
    const { version, kernels } = await testEngine(folder.addon, signal);
    if (kernels.length === 0) await rm(folder.kernels, { force: true });
    return version;
  } catch (error) {
    if (signal?.aborted === true || !existsSync(folder.kernels)) throw error;
    await rm(folder.kernels, { force: true });
    return (await testEngine(folder.addon, signal)).version;
  }
}

/** Removes every engine and download from the cache. Returns the names of the engines that were there. */
export async function uninstallEngines(cache: string = userCacheFolder()): Promise<string[]> {
  const engines = path.join(cache, 'engines');
  if (!existsSync(engines)) return [];
  return withFileLock(path.join(engines, 'install.lock'), async () => {
    const names = (await readdir(engines, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name } of names) await rm(path.join(engines, name), { recursive: true, force: true });
    await rm(path.join(cache, 'downloads'), { recursive: true, force: true });
    return names.map(({ name }) => name).filter((name) => !name.startsWith('.'));
  });
}

/** Removes one engine, and what was fetched for it. Returns whether it was there. */
export async function uninstallEngine(variant: EngineVariant, cache: string = userCacheFolder()): Promise<boolean> {
  const wanted = enginePackageFor(variant);
  const engines = path.join(cache, 'engines');
  if (wanted === undefined || !existsSync(engines)) return false;
  return withFileLock(path.join(engines, 'install.lock'), async () => {
    const { root } = installedEngineFolder(cache, wanted);
    const isThere = existsSync(root);
    await rm(root, { recursive: true, force: true });
    await rm(path.join(cache, 'downloads'), { recursive: true, force: true });
    return isThere;
  });
}
