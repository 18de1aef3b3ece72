import { readFile, stat } from 'node:fs/promises';

/** A larger file of text is no configuration of a model. */
const LARGEST = 2 ** 27;

/** Whether a file is a model of another program rather than a document or a run: by its ending, and of JSON by what it says. */
export async function isModelFile(file: string): Promise<boolean> {
  if (/\.(onnx|keras|h5|hdf5)$/i.test(file)) return true;
  if (!/\.json$/i.test(file)) return false;
  const { size } = await stat(file);
  return size <= LARGEST && isKerasJson(await readFile(file, 'utf8'));
}

/** Whether a text is the configuration of a Keras or TensorFlow.js model. */
export function isKerasJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === 'object' &&
      value !== null &&
      ['class_name', 'modelTopology', 'model_config'].some((key) => key in value)
    );
  } catch {
    return false;
  }
}
