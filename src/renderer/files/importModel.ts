import { isKerasConfig } from '../../graph-engine/sources/keras/isKerasConfig.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { receiveFiles } from '../data/receiveFiles.ts';
import { showToast } from '../ui/Toast.tsx';
import { asDiagnostic, openPath } from './fileActions.ts';
import { closeFileDialog, showFileDialog } from './fileDialog.ts';
import { siblingPath } from './fileNames.ts';

/** Folder of the workspace that takes models that are dropped. */
const FOLDER = 'models';

/** A name that no file there has: what is dropped again may have changed. */
async function freeName(connection: ManagedConnection, name: string): Promise<string> {
  let free = name;
  for (;;) {
    const answer = await connection.call('document/check', { paths: [`${FOLDER}/${free}`] });
    if (!answer.ok || answer.value.files[0]?.modified === null) return free;
    free = siblingPath(free);
  }
}

/** Whether a file is a model of another program that can be brought in. */
export function isModel(name: string): boolean {
  return /\.(onnx|keras|h5|hdf5)$/i.test(name);
}

/** Whether a file of this computer is such a model; of JSON its content tells. */
export async function isLocalModel(file: File): Promise<boolean> {
  return isModel(file.name) || (/\.json$/i.test(file.name) && isKerasConfig(await file.text()));
}

/** Brings in a model of the workspace: opens what it became and tells what came of it. */
export async function importModel(connection: ManagedConnection, path: string): Promise<void> {
  showFileDialog({ kind: 'importing', path, connection });
  const answer = await connection.call('import/model', { path });
  closeFileDialog();
  if (!answer.ok) {
    if (answer.problem.code === 'import/cancelled') return;
    showFileDialog({ kind: 'unreadable', name: path, diagnostics: [asDiagnostic(answer.problem)] });
    return;
  }
  await openPath(connection, answer.value.path);
  showFileDialog({ kind: 'imported', name: path, report: answer.value.report });
}

/** Opens a file of the workspace: a document as it is, a model of another program by bringing it in. Of JSON its content tells. */
export async function openOrImport(connection: ManagedConnection, path: string): Promise<void> {
  if (isModel(path)) return importModel(connection, path);
  if (/\.json$/i.test(path)) {
    const answer = await connection.call('document/read', { path, glance: true });
    if (answer.ok && isKerasConfig(answer.value.text)) return importModel(connection, path);
  }
  return openPath(connection, path);
}

/** Brings in a model of this computer: it is copied into the workspace first, with files that its weights lie in. */
export async function importLocalModel(
  connection: ManagedConnection,
  file: File,
  shards: readonly File[] = [],
): Promise<void> {
  const done = showToast({ title: `Reading ${file.name}…` });
  try {
    await receiveAndImport(connection, file, shards);
  } finally {
    done();
  }
}

async function receiveAndImport(connection: ManagedConnection, file: File, shards: readonly File[]): Promise<void> {
  for (const shard of shards) {
    const taken = await receiveFiles(connection, [{ path: shard.name, file: shard }], () => undefined, FOLDER);
    if (!taken.ok) {
      showFileDialog({ kind: 'unreadable', name: shard.name, diagnostics: [asDiagnostic(taken.problem)] });
      return;
    }
  }
  const name = await freeName(connection, file.name);
  const received = await receiveFiles(connection, [{ path: name, file }], () => undefined, FOLDER);
  if (received.ok) await importModel(connection, received.path);
  else showFileDialog({ kind: 'unreadable', name: file.name, diagnostics: [asDiagnostic(received.problem)] });
}
