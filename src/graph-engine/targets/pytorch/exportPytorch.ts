import type { SkipwireDocument } from '../../document/schema.ts';
import type { InferredDocument } from '../../infer/inferDocument.ts';
import { formatPython } from '../python/format/formatPython.ts';
import { networkClasses, type StateEntry } from '../python/networkClasses.ts';
import { pythonDocumentation } from '../python/pythonCode.ts';
import { pytorch } from './pytorch.ts';
import { runtime } from './runtime.ts';

export interface PytorchExport {
  /** Source of the module, ready to be written to a `.py` file. */
  readonly source: string;
  /** The network's class. */
  readonly className: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Where each variable of the engine goes in the class's `state_dict`. */
  readonly state: ReadonlyMap<string, StateEntry>;
}

/**
 * Writes a document as a Python module for PyTorch: a class for each block, one for the network, and `create_model`, which
 * loads weights from a safetensors file. The document must have no errors.
 */
export function exportPytorch(document: SkipwireDocument, inferred: InferredDocument): PytorchExport {
  const network = networkClasses(pytorch, document, inferred.root);
  const parts = Object.entries(runtime).filter(([part]) => network.runtime.has(part));
  const body = [...parts.map(([, source]) => source.trim()), ...network.classes, createModel(network.root)].join(
    '\n\n\n',
  );
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\.`).test(body);
  const head = [
    `"""${pythonDocumentation(document.name)}, drawn in Skipwire."""`,
    '',
    ...(uses('math') ? ['import math', ''] : []),
    ...(uses('torch') ? ['import torch'] : []),
    ...(uses('F') ? ['import torch.nn.functional as F'] : []),
    'from torch import nn',
  ].join('\n');
  return {
    source: formatPython(`${head}\n\n\n${body}\n`),
    className: network.root,
    inputs: network.inputs,
    outputs: network.outputs,
    state: network.state,
  };
}

function createModel(className: string): string {
  return `def create_model(weights=None):
    """Makes the network, with the weights of a safetensors file where one is given."""
    model = ${className}()
    if weights is not None:
        from safetensors.torch import load_file

        missing, unexpected = model.load_state_dict(load_file(weights), strict=False)
        # How often a normalization was trained is counted by PyTorch alone.
        missing = [name for name in missing if not name.endswith("num_batches_tracked")]
        if missing or unexpected:
            raise ValueError(f"The weights do not fit: {missing} are missing, {unexpected} have no place.")
    return model


if __name__ == "__main__":
    model = create_model()
    print(model)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")`;
}
