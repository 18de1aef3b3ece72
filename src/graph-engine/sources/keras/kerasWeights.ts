import type { KerasLayer } from './kerasModel.ts';

/** A tensor of a file; its numbers are read when they are asked for. */
export interface KerasTensor {
  readonly dims: readonly number[];
  readonly values: () => Float32Array;
}

/** The weights beside a configuration, by their names there. */
export interface KerasWeights {
  /**
   * `places`: by where they lie in a `model.weights.h5`, such as `layers/conv2d/vars/0`; `names`: by layer and variable, such as
   * `conv2d/kernel`, as older files and TensorFlow.js have them.
   */
  readonly by: 'places' | 'names';
  readonly tensors: ReadonlyMap<string, KerasTensor>;
}

/** One variable of a layer, by all that files call it. */
export interface KerasVariable {
  /** Names that versions of Keras give it, such as `depthwise_kernel` and `kernel`. */
  readonly names: readonly string[];
  /** Its number among the variables of the layer. */
  readonly index: number;
  /** The part of the layer that has it: the attribute in Python, and its name as a layer. */
  readonly part?: { readonly attribute: string; readonly name: string };
}

/** The tensor of a variable; `around` are the names of the models that the layer lies in, outermost first. */
export function findTensor(
  { by, tensors }: KerasWeights,
  layer: KerasLayer,
  around: readonly string[],
  { names, index, part }: KerasVariable,
): KerasTensor | undefined {
  if (by === 'places') {
    return tensors.get([layer.place, ...(part === undefined ? [] : [part.attribute]), 'vars', String(index)].join('/'));
  }
  const within = part === undefined || part.name === '' ? [layer.name] : [layer.name, part.name];
  for (const name of names) {
    const tail = [...within, name].join('/');
    // Models around a layer may be in its name or not.
    for (let depth = 0; depth <= around.length; depth++) {
      const found = tensors.get([...around.slice(depth), tail].join('/'));
      if (found !== undefined) return found;
    }
    const ending = [...tensors.keys()].filter((key) => key.endsWith(`/${tail}`));
    if (ending.length === 1) return tensors.get(ending[0] ?? '');
  }
  return undefined;
}
