import type { Variable } from '../../program/program.ts';
import { permuteAxes, permutedDims } from '../onnx/permuteAxes.ts';
import type { StoredTensor } from '../safetensors/safetensors.ts';
import type { StateEntry } from './networkClasses.ts';

/** The tensors that `load_state_dict` takes, made of the engine's variables; the optimizer's are left out. */
export function stateDictionary(
  variables: readonly Pick<Variable, 'name' | 'dims'>[],
  state: ReadonlyMap<string, StateEntry>,
  valuesOf: (variable: string) => Float32Array,
): Readonly<Record<string, StoredTensor>> {
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, dims } of variables) {
    const entry = state.get(name);
    if (entry === undefined) continue;
    const { permutation, dims: theirs } = entry.weight;
    const values = valuesOf(name);
    tensors[entry.name] =
      permutation === undefined
        ? { dims: theirs ?? dims, data: values }
        : {
            dims: theirs ?? permutedDims(dims, permutation),
            data: permuteAxes(values, dims, permutation),
          };
  }
  return tensors;
}
