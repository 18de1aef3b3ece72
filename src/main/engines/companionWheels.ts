import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { HostFailure } from '../files/hostFailure.ts';
import { fetchCompanions, type CompanionOptions } from './companionDownloads.ts';
import type { WheelOrder } from './downloadWheel.ts';
import type { EngineFolder, EngineManifest } from './engineFolder.ts';
import type { EnginePackage } from './enginePackage.ts';
import { damagedWheel, fileOrDamage, progressMeter, readText, writeMember } from './unpackWheel.ts';
import { parseWheelRecord } from './wheelRecord.ts';
import { requirementsOf } from './wheelRequirements.ts';

/**
 * Lays the libraries of the packages that the engine's own wheel requires, such as those of CUDA, beside its own: they find each
 * other there. Which packages and versions they are is what the wheel says. Throws a `HostFailure`.
 */
export async function installCompanions(
  wheel: string,
  wanted: EnginePackage,
  folder: EngineFolder,
  options: CompanionOptions,
): Promise<EngineManifest['files']> {
  const { more } = wanted;
  if (more === undefined) return [];
  const requirements = requirementsOf(await metadataOf(wheel), more.extra);
  if (requirements.length === 0) throw damagedWheel(wheel, `requirements for "${more.extra}" in its METADATA`, 'none');
  const wheelBytes = more.wheelBytes / requirements.length;
  const orders = requirements.map((one) => ({ ...one, platforms: wanted.platforms, wheelBytes }));
  const wheels = await fetchCompanions(orders, more.unpackedBytes, options);
  const files: EngineManifest['files'] = [];
  for (const [i, file] of wheels.entries()) {
    const order = orders[i];
    if (order !== undefined) files.push(...(await unpackOrFetchAgain(file, order, folder, options)));
  }
  return files;
}

/** A file left by an earlier try may be damaged: it is thrown away, and fetched once more. */
async function unpackOrFetchAgain(
  file: string,
  order: WheelOrder,
  folder: EngineFolder,
  options: CompanionOptions,
): Promise<EngineManifest['files']> {
  try {
    return await unpackLibraries(file, folder, options);
  } catch (error) {
    const isOurs = path.dirname(file) === path.resolve(options.downloads);
    if (!isOurs || !(error instanceof HostFailure) || error.problem.code !== 'engine/damaged-wheel') throw error;
    await rm(file, { force: true });
    const [again] = await fetchCompanions([order], 0, options);
    if (again === undefined) throw error;
    return unpackLibraries(again, folder, options);
  }
}

async function metadataOf(wheel: string): Promise<string> {
  return reading(wheel, async (zip) => {
    const entries = await entriesOf(zip);
    const metadata = entries.find(({ fileName }) => /^[^/]+\.dist-info\/METADATA$/.test(fileName));
    if (metadata === undefined) throw damagedWheel(wheel, 'a wheel with METADATA', 'none in it');
    return readText(zip, metadata, wheel);
  });
}

/** Takes the libraries, and what the compiler of kernels needs, each checked against RECORD. */
async function unpackLibraries(
  wheel: string,
  folder: EngineFolder,
  { onProgress, signal }: CompanionOptions,
): Promise<EngineManifest['files']> {
  return reading(wheel, async (zip) => {
    const entries = await entriesOf(zip);
    const recordEntry = entries.find(({ fileName }) => /^[^/]+\.dist-info\/RECORD$/.test(fileName));
    if (recordEntry === undefined) throw damagedWheel(wheel, 'a wheel with RECORD', 'none in it');
    const record = parseWheelRecord(await readText(zip, recordEntry, wheel));
    const members = entries.flatMap((entry) => {
      const target = targetOf(entry.fileName, folder);
      return target === undefined ? [] : [{ entry, target }];
    });
    const total = members.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    const meter = progressMeter((done) => onProgress({ phase: 'unpacking', done, total }));
    const files: EngineManifest['files'] = [];
    for (const { entry, target } of members) {
      const recorded = record.get(entry.fileName);
      if (recorded?.bytes !== entry.uncompressedSize) {
        throw damagedWheel(wheel, `${entry.fileName} as its RECORD says`, `${entry.uncompressedSize} bytes`);
      }
      await mkdir(path.dirname(target), { recursive: true });
      await writeMember(zip, entry, target, recorded, wheel, meter, signal);
      if (/\/bin\//.test(entry.fileName)) await chmod(target, 0o755);
      files.push({ path: path.relative(folder.root, target), ...recorded });
    }
    return files;
  });
}

/** Libraries lie flat beside the engine's own, whose loader looks there. */
function targetOf(member: string, { root, libraries }: EngineFolder): string | undefined {
  if (member.endsWith('/') || member.split('/').includes('..')) return undefined;
  const library = /^nvidia\/[^/]+\/lib\/([^/]+\.so[^/]*)$/.exec(member)?.[1];
  if (library !== undefined) return path.join(libraries, library);
  const tool = /^nvidia\/cuda_nvcc\/((?:bin|nvvm)\/.+)$/.exec(member)?.[1];
  return tool === undefined ? undefined : path.join(root, 'deps', 'cuda_nvcc', tool);
}

async function reading<Value>(wheel: string, work: (zip: ZipFile) => Promise<Value>): Promise<Value> {
  const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw fileOrDamage(error, wheel);
  });
  try {
    return await work(zip);
  } catch (error) {
    throw fileOrDamage(error, wheel);
  } finally {
    zip.close();
  }
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}
