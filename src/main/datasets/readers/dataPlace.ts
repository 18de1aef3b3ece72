import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../../files/hostFailure.ts';
import { openWorkspace } from '../../files/workspaceFolder.ts';

/** Files of the workspace that are to be read as data. */
export interface DataPlace {
  /** The workspace, absolute. */
  readonly root: string;
  /** Path in the workspace, as the user knows it. */
  readonly path: string;
  readonly absolute: string;
  readonly isFolder: boolean;
}

/** A file below a place. */
export interface PlacedFile {
  /** Path below the place, with `/` between its parts; the name where the place is a file. */
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly modified: number;
}

/** Far above any data set that one machine holds; a loop of links must not fill the memory. */
const MAXIMUM_FILES = 5_000_000;
const MAXIMUM_DEPTH = 32;
const AT_ONCE = 64;

/** Finds the data. Throws a `HostFailure` when they are not there, or not in the workspace. */
export async function openPlace(root: string, workspacePath: string): Promise<DataPlace> {
  const workspace = await openWorkspace(root);
  const absolute = await workspace.resolve(workspacePath.replace(/\/+$/, ''));
  const info = await stat(absolute).catch(() => undefined);
  if (info === undefined || !(info.isDirectory() || info.isFile())) {
    throw new HostFailure({
      code: 'data/missing',
      message: `There are no data at "${workspacePath}".`,
      expected: 'a folder or a file in the workspace',
      remedy: `Put them back, or choose other data. The workspace is ${workspace.root}.`,
    });
  }
  return { root: workspace.root, path: workspacePath, absolute, isFolder: info.isDirectory() };
}

/** All files of a place, in the order of their paths; hidden ones, and links that lead out of the workspace, are left out. */
export async function listFiles(place: DataPlace, below = ''): Promise<PlacedFile[]> {
  if (!place.isFolder) return [await placedFile(place.absolute, path.basename(place.absolute))];
  const found: { absolute: string; path: string }[] = [];
  await walk(place, path.join(place.absolute, below), below, 0, found);
  const files: PlacedFile[] = [];
  for (let start = 0; start < found.length; start += AT_ONCE) {
    const some = found.slice(start, start + AT_ONCE);
    files.push(...(await Promise.all(some.map((one) => placedFile(one.absolute, one.path)))));
  }
  return files;
}

/** The folders directly in a folder of the place, in the order of their names. */
export async function listFolders(place: DataPlace, below = ''): Promise<string[]> {
  if (!place.isFolder) return [];
  const entries = await readdir(path.join(place.absolute, below), { withFileTypes: true });
  const names = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith('.')) return [];
      if (entry.isDirectory()) return [entry.name];
      const linked = entry.isSymbolicLink() && (await isFolder(path.join(place.absolute, below, entry.name)));
      return linked ? [entry.name] : [];
    }),
  );
  return names.flat().sort(byCodePoint);
}

/** The order of Python's `sorted`, by which torchvision numbers classes. */
export function byCodePoint(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

async function walk(
  place: DataPlace,
  folder: string,
  below: string,
  depth: number,
  found: { absolute: string; path: string }[],
): Promise<void> {
  if (depth > MAXIMUM_DEPTH) return;
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => byCodePoint(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const absolute = path.join(folder, entry.name);
    const inside = below === '' ? entry.name : `${below}/${entry.name}`;
    const link = entry.isSymbolicLink();
    if (link && !(await staysInside(place, absolute))) continue;
    if (entry.isDirectory() || (link && (await isFolder(absolute)))) {
      await walk(place, absolute, inside, depth + 1, found);
    } else if (entry.isFile() || link) found.push({ absolute, path: inside });
    if (found.length > MAXIMUM_FILES) throw tooMany(place);
  }
}

async function staysInside({ root }: DataPlace, link: string): Promise<boolean> {
  const real = await realpath(link).catch(() => undefined);
  return real !== undefined && real.startsWith(root + path.sep);
}

async function isFolder(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isDirectory() ?? false;
}

async function placedFile(absolute: string, inside: string): Promise<PlacedFile> {
  const { size, mtimeMs } = await stat(absolute);
  return { path: inside, absolute, size, modified: mtimeMs };
}

function tooMany(place: DataPlace): HostFailure {
  return new HostFailure({
    code: 'data/too-many-files',
    message: `There are more than ${MAXIMUM_FILES} files in "${place.path}".`,
    remedy: 'Choose the folder of the data themselves.',
  });
}
