import { readFile, stat } from 'node:fs/promises';
import { isKerasConfig } from '../../graph-engine/sources/keras/isKerasConfig.ts';

/** A larger file of text is no configuration of a model. */
const LARGEST = 2 ** 27;

/** Whether a file is a model of another program rather than a document or a run: by its ending, and of JSON by what it says. */
export async function isModelFile(file: string): Promise<boolean> {
  if (/\.(onnx|keras|h5|hdf5)$/i.test(file)) return true;
  if (!/\.json$/i.test(file)) return false;
  const { size } = await stat(file);
  return size <= LARGEST && isKerasConfig(await readFile(file, 'utf8'));
}
