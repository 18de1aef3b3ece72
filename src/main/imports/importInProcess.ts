import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { ImportNews } from './importMessages.ts';
import { weightsBeside, type WriteImportOrder, type WrittenImport } from './importModelFile.ts';
import type { OnImportProgress } from './readOnnxFile.ts';

export interface ImportInProcessOptions {
  readonly onProgress?: OnImportProgress;
  /** Calls the import off. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a word after which the process counts as hanging. */
  readonly patience?: number;
  /** Megabytes for what is known about a model; its weights lie beside that. */
  readonly heap?: number;
}

const processFile = path.join(productRoot, 'dist', 'main', 'importProcess.js');
/** No step of an import is silent for so long, of a network of any size that can be drawn. */
const PATIENCE = 10 * 60_000;
const HEAP = 4096;

/**
 * Imports a model as a document with its weights beside it, in a process of its own: meanwhile the host answers. Nothing
 * may be there yet. Throws a `HostFailure`.
 */
export async function importInProcess(
  order: WriteImportOrder,
  { onProgress, signal, patience = PATIENCE, heap = HEAP }: ImportInProcessOptions = {},
): Promise<Omit<WrittenImport, 'document'>> {
  const child = fork(processFile, [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${heap}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  let hangs = false;
  const watch = (): NodeJS.Timeout =>
    setTimeout(() => {
      hangs = true;
      stop();
    }, patience);
  let silence = watch();
  let outcome: Exclude<ImportNews, { kind: 'progress' }> | undefined;
  const how = await new Promise<string>((resolve) => {
    child.on('message', (message) => {
      const news = message as ImportNews;
      clearTimeout(silence);
      silence = watch();
      if (news.kind === 'progress') onProgress?.(news.stage, news.share);
      else outcome = news;
    });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, name) => resolve(name ?? `code ${code ?? 0}`));
    child.send(order, () => undefined);
    if (signal?.aborted === true) stop();
  });
  clearTimeout(silence);
  signal?.removeEventListener('abort', stop);
  if (outcome?.kind === 'done') return outcome.written;
  await clearAway(order);
  if (outcome !== undefined) throw new HostFailure(outcome.problem);
  if (signal?.aborted === true) {
    throw new HostFailure({ code: 'import/cancelled', message: 'The import was called off. Nothing was written.' });
  }
  if (hangs) {
    throw new HostFailure({
      code: 'import/hangs',
      message: `Importing "${path.basename(order.file)}" was ended: it said nothing for ${Math.ceil(patience / 60_000)} minutes.`,
      remedy: 'The file may be damaged on purpose.',
    });
  }
  throw new HostFailure({
    code: 'import/died',
    message: `Importing "${path.basename(order.file)}" ended the process that reads it (${how}).`,
    expected: 'a model that can be read in the memory of this machine',
    received: how,
    remedy: 'The file may be damaged on purpose, or memory ran out.',
  });
}

/** Takes away what an import that did not end well has written; nothing was there before. */
async function clearAway({ document, overwrite }: WriteImportOrder): Promise<void> {
  const weights = weightsBeside(document);
  const names = await readdir(path.dirname(document)).catch(() => []);
  const starts = [document, weights].map((file) => `.${path.basename(file)}.`);
  for (const name of names) {
    const isPartial = name.endsWith('.partial') && starts.some((start) => name.startsWith(start));
    if (isPartial) await rm(path.join(path.dirname(document), name), { force: true });
  }
  if (!overwrite && !existsSync(document)) await rm(weights, { force: true });
}
