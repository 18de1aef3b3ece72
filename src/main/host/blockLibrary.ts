import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CallOutput, ParsedInput } from '../../contract/contract.ts';
import type { LibraryBlock } from '../../contract/documents.ts';
import { loadBlock } from '../../graph-engine/document/loadDocument.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { WorkspaceFolder } from '../files/workspaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';

/** Where published blocks lie: plain files to share, diff and keep in git. */
const FOLDER = 'library';
const MAXIMUM_BYTES = 8_000_000;

async function readBlock(file: string): Promise<LibraryBlock | string> {
  const info = await stat(file);
  if (info.size > MAXIMUM_BYTES) return `It is larger than ${MAXIMUM_BYTES} bytes.`;
  const loaded = loadBlock(await readFile(file, 'utf8'));
  if (!loaded.ok) return loaded.error[0]?.message ?? 'It is no block.';
  const picture = await readFile(file.replace(/\.json$/, '.svg'), 'utf8').catch(() => null);
  return { document: loaded.value, picture };
}

/** The user's own blocks, by name. */
export async function listLibrary(workspace: WorkspaceFolder): Promise<CallOutput<'library/list'>> {
  const folder = await workspace.resolve(FOLDER);
  const names = await readdir(folder).catch(() => []);
  const blocks: LibraryBlock[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  for (const name of names.filter((one) => one.endsWith('.json') && !one.startsWith('.')).sort()) {
    const found = await readBlock(path.join(folder, name));
    if (typeof found === 'string') unreadable.push({ path: `${FOLDER}/${name}`, reason: found });
    else blocks.push(found);
  }
  blocks.sort((a, b) => a.document.block.name.localeCompare(b.document.block.name, 'en'));
  return { blocks, unreadable };
}

/** Publishes a block. */
export async function writeLibrary(
  workspace: WorkspaceFolder,
  { document, picture, replace }: ParsedInput<'library/write'>,
): Promise<CallOutput<'library/write'>> {
  const relative = `${FOLDER}/${document.id}.json`;
  const file = await workspace.resolve(relative);
  if (!replace && (await stat(file).catch(() => undefined)) !== undefined) {
    throw new HostFailure({
      code: 'file/exists',
      message: `The library has a block "${document.id}" already.`,
      remedy: 'Choose another name, or replace it.',
    });
  }
  await mkdir(path.dirname(file), { recursive: true });
  const pictureFile = file.replace(/\.json$/, '.svg');
  if (picture === null) await rm(pictureFile, { force: true });
  else await writeAtomically(pictureFile, picture);
  await writeAtomically(file, serializeDocument(document));
  return { path: relative };
}

/** Takes a block out of the library; networks that use it have their own copy. */
export async function removeFromLibrary(
  workspace: WorkspaceFolder,
  { id }: ParsedInput<'library/remove'>,
): Promise<CallOutput<'library/remove'>> {
  const file = await workspace.resolve(`${FOLDER}/${id}.json`);
  await rm(file, { force: true });
  await rm(file.replace(/\.json$/, '.svg'), { force: true });
  return {};
}
