import type { TensorType } from '../../core/shape.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import type { InferredDocument } from '../../infer/inferDocument.ts';
import { nodesIn } from '../python/blockUses.ts';
import { networkClasses, type StateEntry } from '../python/networkClasses.ts';
import { formatPython } from '../python/format/formatPython.ts';
import { pythonDocumentation, pythonString } from '../python/pythonCode.ts';
import { keras } from './keras.ts';
import { runtime } from './runtime.ts';

export interface KerasExport {
  /** Source of the module, ready to be written to a `.py` file. */
  readonly source: string;
  /** The network's class. */
  readonly className: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Where each variable of the engine is, as attributes below the network: `stage1.0.conv1.kernel`. */
  readonly state: ReadonlyMap<string, StateEntry>;
}

/**
 * Writes a document as a Python module for Keras 3: a layer for each block, a model for the network, and `create_model`, which
 * loads weights from a safetensors file. Images are channels last, as Keras has them by default. The document must have no
 * errors.
 */
export function exportKeras(document: SkipwireDocument, inferred: InferredDocument): KerasExport {
  const network = networkClasses(keras, document, inferred.root);
  const parts = Object.entries(runtime).filter(([part]) => network.runtime.has(part));
  const types = nodesIn({ graph: document.graph, inferred: inferred.root, parameters: {} }).flatMap(
    ({ name, outputs }) => (network.inputs.includes(name) ? [[name, Object.values(outputs)[0]] as const] : []),
  );
  const body = [...parts.map(([, source]) => source.trim()), ...network.classes, createModel(network.root, types)].join(
    '\n\n\n',
  );
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\.`).test(body);
  const standard = uses('math') ? ['import math', ''] : [];
  const head = [
    `"""${pythonDocumentation(document.name)}, drawn in Skipwire."""`,
    '',
    ...standard,
    'import keras',
    ...(uses('numpy') ? ['import numpy'] : []),
    `from keras import ${['layers', ...(uses('ops') ? ['ops'] : [])].join(', ')}`,
  ].join('\n');
  return {
    source: formatPython(`${head}\n\n\n${body}\n`),
    className: network.root,
    inputs: network.inputs,
    outputs: network.outputs,
    state: network.state,
  };
}

function createModel(className: string, inputs: readonly (readonly [string, TensorType | undefined])[]): string {
  const written = inputs.map(([name, type]) => symbolicInput(name, type));
  const [only = ''] = written;
  const build = `    model(${written.length === 1 ? only : `[${written.join(', ')}]`})`;
  return `def create_model(weights=None):
    """Makes the network, with the weights of a safetensors file where one is given."""
    model = ${className}()
${build}
    if weights is not None:
        load_weights(model, weights)
    return model


def load_weights(model, file):
    """Puts each tensor of a safetensors file where its name says: \`stage1.0.conv1.kernel\` is below \`model.stage1[0]\`."""
    from safetensors.numpy import load_file

    tensors = load_file(file)
    if len(tensors) != len(model.weights):
        raise ValueError(f"The weights do not fit: {len(tensors)} are there, {len(model.weights)} are needed.")
    for name, values in tensors.items():
        place = model
        for part in name.split("."):
            place = place[int(part)] if part.isdigit() else getattr(place, part)
        place.assign(values)


if __name__ == "__main__":
    create_model().summary()`;
}

function symbolicInput(name: string, type: TensorType | undefined): string {
  const sizes = (type?.axes ?? []).map(({ size }) => (size === null ? 'None' : String(size)));
  const shape = `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;
  const dtype = type?.dtype === 'int32' ? ', dtype="int32"' : '';
  return `keras.Input(${shape}${dtype}, name=${pythonString(name)})`;
}
