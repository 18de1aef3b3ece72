import type { Variable } from '../../program/program.ts';
import { permuteAxes, permutedDims } from '../onnx/permuteAxes.ts';
import type { StoredTensor } from '../safetensors/safetensors.ts';
import type { StreamedTensor } from '../safetensors/streamSafetensors.ts';
import type { StateEntry } from './networkClasses.ts';

/**
 * The tensors that `load_state_dict` takes, made of the engine's variables while they are written; the optimizer's are left
 * out.
 */
export function streamedState(
  variables: readonly Pick<Variable, 'name' | 'dims'>[],
  state: ReadonlyMap<string, StateEntry>,
  valuesOf: (variable: string) => Float32Array,
): ReadonlyMap<string, StreamedTensor> {
  const tensors = new Map<string, StreamedTensor>();
  for (const { name, dims } of variables) {
    const entry = state.get(name);
    if (entry === undefined) continue;
    const { permutation, dims: theirs } = entry.weight;
    tensors.set(
      entry.name,
      permutation === undefined
        ? { dims: theirs ?? dims, values: () => valuesOf(name) }
        : {
            dims: theirs ?? permutedDims(dims, permutation),
            values: () => permuteAxes(valuesOf(name), dims, permutation),
          },
    );
  }
  return tensors;
}

/** The same tensors, all of them in memory. */
export function stateDictionary(
  ...[variables, state, valuesOf]: Parameters<typeof streamedState>
): Readonly<Record<string, StoredTensor>> {
  const tensors = [...streamedState(variables, state, valuesOf)];
  return Object.fromEntries(tensors.map(([name, { dims, values }]) => [name, { dims, data: values() }]));
}
