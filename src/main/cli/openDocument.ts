import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { loadDocument, type LoadResult } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { documentInLink, isNetworkLink } from '../../graph-engine/sharing/linkFragment.ts';
import { documentInPng } from '../../graph-engine/sharing/pngDocument.ts';
import { readVersion } from '../files/documentVersions.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { runFiles } from '../runs/runFiles.ts';
import { readRun } from '../runs/runFolder.ts';
import { describeDiagnostic } from './tellProblem.ts';

/**
 * Reads a document: a file, a picture that carries one, or a link that does. Throws a `HostFailure` with every reason when it
 * is none.
 */
export async function openDocument(file: string): Promise<SkipwireDocument> {
  const linked = documentInLink(file);
  if (linked !== undefined) return requireLoaded('The link', linked);
  if ((await stat(file)).isDirectory()) {
    throw new HostFailure({
      code: 'file/is-folder',
      message: `"${file}" is a folder, not a document.`,
      remedy: 'Give the name of a .json file.',
    });
  }
  const bytes = await readFile(file);
  return requireLoaded(`"${file}"`, documentInPng(bytes) ?? loadDocument(bytes.toString('utf8')));
}

/** Reads a document as it was in a commit when the name is `revision:file`, as git writes it, and there is no such file. */
export async function openVersion(name: string): Promise<SkipwireDocument> {
  const match = isNetworkLink(name) ? null : /^([^:]{2,}):(.+)$/.exec(name);
  const [, revision, file] = match ?? [];
  if (revision === undefined || file === undefined || (await stat(name).catch(() => undefined)) !== undefined)
    return openDocument(name);
  return requireLoaded(`"${name}"`, loadDocument(await readVersion(path.resolve(file), revision)));
}

function requireLoaded(name: string, loaded: LoadResult<SkipwireDocument>): SkipwireDocument {
  if (loaded.ok) return loaded.value;
  throw new HostFailure({
    code: 'document/unreadable',
    message: [`${name} cannot be opened.`, ...loaded.error.map(describeDiagnostic)].join('\n'),
  });
}

/** What an argument names: a run's folder, or a document. */
export async function openRunOrDocument(
  name: string,
): Promise<{ document: SkipwireDocument; runFolder: string | null }> {
  if (isNetworkLink(name) || !(await stat(name)).isDirectory())
    return { document: await openDocument(name), runFolder: null };
  const folder = path.resolve(name);
  const summary = await stat(path.join(folder, runFiles.summary)).catch(() => undefined);
  if (summary === undefined) {
    throw new HostFailure({
      code: 'run/missing',
      message: `"${name}" is not the folder of a run.`,
      expected: `a document, or a folder with ${runFiles.summary}`,
    });
  }
  return { document: (await readRun(folder)).document, runFolder: folder };
}
