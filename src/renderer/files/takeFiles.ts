import type { ManagedConnection } from '../connection/hostConnection.ts';
import { isWeightsFile } from '../data/receiveFiles.ts';
import { openLocalFile } from './fileActions.ts';
import { showFileDialog } from './fileDialog.ts';
import { importLocalModel, isLocalModel } from './importModel.ts';

/** Opens files of this computer: opens documents, brings in models with what lies beside them, and shows what weights fit. */
export async function takeFiles(connection: ManagedConnection, files: readonly File[]): Promise<void> {
  // TensorFlow.js and PyTorch both call files of weights so; those of the former lie beside a model.
  const hasModel = files.some(({ name }) => /\.json$/i.test(name));
  const isShard = ({ name }: File): boolean =>
    /shard\d+of\d+(\.bin)?$/i.test(name) || (hasModel && /\.bin$/i.test(name));
  const shards = files.filter(isShard);
  for (const file of files) {
    if (isShard(file)) continue;
    if (isWeightsFile(file.name)) showFileDialog({ kind: 'weights', file });
    else if (await isLocalModel(file)) await importLocalModel(connection, file, shards);
    else await openLocalFile(file);
  }
}
