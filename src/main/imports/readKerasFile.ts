import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KerasWeights } from '../../graph-engine/sources/keras/kerasWeights.ts';
import { importKeras } from '../../graph-engine/sources/keras/importKeras.ts';
import type { ImportedNetwork } from '../../graph-engine/sources/drawing/importedNetwork.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { cannotImport } from './cannotImport.ts';
import { openHdf5, type Hdf5Content } from './openHdf5.ts';
import { readArchive } from './readArchive.ts';
import type { ImportOrder } from './readOnnxFile.ts';
import { readShards } from './readShards.ts';

/** Larger models are refused: all of one is in memory while it is read. */
const MAXIMUM_BYTES = 2 ** 31;
const MAXIMUM_CONFIG = 2 ** 27;

/** Whether a file is one that Keras or TensorFlow.js writes, by its ending. */
export function isKerasFile(file: string): boolean {
  return /\.(keras|h5|hdf5|json)$/i.test(file);
}

/** Reads what Keras writes (`.keras`, `.h5`, a configuration as JSON) or a TensorFlow.js layers model. Throws a `HostFailure`. */
export async function readKerasFile({ file, sizes }: ImportOrder): Promise<ImportedNetwork> {
  const info = lstatSync(file);
  if (info.isDirectory()) {
    throw new HostFailure({ code: 'file/is-folder', message: `"${file}" is a folder, not a model.` });
  }
  if (info.size > MAXIMUM_BYTES) {
    throw cannotImport(file, {
      code: 'keras/too-large',
      message: 'It is too large.',
      expected: `at most ${MAXIMUM_BYTES} bytes`,
      received: String(info.size),
    });
  }
  const { config, weights, close } = await open(file);
  try {
    const name = path.basename(file).replace(/\.(keras|h5|hdf5|json)$/i, '');
    const imported = importKeras(config, {
      name: name === '' ? 'Imported' : name,
      ...(weights === undefined ? {} : { weights }),
      ...(sizes === undefined ? {} : { sizes }),
    });
    if (!imported.ok) throw cannotImport(file, imported.error);
    // What the weights lie in is closed here, so they are taken out before.
    const taken = new Map(
      [...imported.value.weights].map(([key, { dims, values }]) => {
        const numbers = values();
        return [key, { dims, values: () => numbers }] as const;
      }),
    );
    return { ...imported.value, weights: taken };
  } finally {
    close();
  }
}

interface OpenModel {
  readonly config: unknown;
  readonly weights: KerasWeights | undefined;
  readonly close: () => void;
}

const nothing = (): void => undefined;

async function open(file: string): Promise<OpenModel> {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.keras') return openArchive(file);
  if (ending === '.json') {
    const config = parsed(file, await readFile(file, 'utf8'), path.basename(file));
    return { config, weights: readShards(file, config), close: nothing };
  }
  const content = await openHdf5(file, await readFile(file));
  try {
    return { ...describedBy(file, content), close: content.close };
  } catch (error) {
    content.close();
    throw error;
  }
}

/** The network and its weights in an older file, which is HDF5 as a whole. */
function describedBy(file: string, { attributes, tensors }: Hdf5Content): Omit<OpenModel, 'close'> {
  const text = attributes.get('model_config');
  if (text === undefined) {
    throw cannotImport(file, {
      code: 'keras/no-config',
      message: 'It holds weights alone, and no network that they belong to.',
      expected: 'a whole model, by model.save("model.h5")',
      received: 'a file without "model_config", as model.save_weights() writes it',
    });
  }
  const config = {
    ...(parsed(file, text, 'model_config') as object),
    keras_version: attributes.get('keras_version'),
    training_config: trainingOf(attributes.get('training_config')),
  };
  // Names follow two groups, that of the whole and that of the layer.
  const named = new Map(
    [...tensors].flatMap(([place, tensor]) => {
      const [around, , ...rest] = place.split('/');
      return around === 'model_weights' ? [[rest.join('/').replace(/:0$/, ''), tensor] as const] : [];
    }),
  );
  return { config, weights: { by: 'names', tensors: named } };
}

async function openArchive(file: string): Promise<OpenModel> {
  const members = await readArchive(file, new Set(['config.json', 'metadata.json', 'model.weights.h5']), MAXIMUM_BYTES);
  const text = members.get('config.json');
  if (text === undefined || text.length > MAXIMUM_CONFIG) {
    throw cannotImport(file, {
      code: 'keras/no-config',
      message: 'The archive holds no "config.json".',
      expected: 'an archive by model.save("model.keras")',
      received: [...members.keys()].join(', ') || 'another archive',
    });
  }
  const decoder = new TextDecoder();
  const about = members.get('metadata.json');
  const metadata = about === undefined ? {} : (parsed(file, decoder.decode(about), 'metadata.json') as object);
  const config = { ...(parsed(file, decoder.decode(text), 'config.json') as object), ...metadata };
  const stored = members.get('model.weights.h5');
  if (stored === undefined) return { config, weights: undefined, close: nothing };
  const content = await openHdf5(file, stored);
  return { config, weights: { by: 'places', tensors: content.tensors }, close: content.close };
}

function parsed(file: string, text: string, member: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw cannotImport(file, {
      code: 'keras/damaged',
      message: `"${member}" is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** How a model was compiled, where the file says it; nothing depends on it but what its output is taken for. */
function trainingOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
