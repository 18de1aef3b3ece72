/** A value between layers: which output of which call of a layer. */
export interface KerasValue {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
  /** With the batch in front, where the file says it. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** What a layer is called with. */
export interface KerasCall {
  /** Values and constants in their order; lists are written out. */
  readonly inputs: readonly (KerasValue | { readonly constant: unknown })[];
  /** What is given by name. */
  readonly named: ReadonlyMap<string, KerasValue | { readonly constant: unknown }>;
}

/** A layer with its settings as the file has them. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  /** Of Keras itself, such as `keras.layers` or `keras.src.ops.numpy`; empty where the file does not say. */
  readonly module: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly calls: readonly KerasCall[];
  /** The shape that the layer was built for, with the batch in front. */
  readonly builtFor: readonly (number | null)[] | undefined;
  /** A model used as a layer. */
  readonly model: KerasModel | undefined;
  /** Where the weights of the layer lie in a `model.weights.h5`. */
  readonly place: string;
}

/** A model out of a configuration; the versions of Keras say the same in different forms. */
export interface KerasModel {
  readonly name: string;
  readonly className: string;
  /** By name, in the order of the file. */
  readonly layers: ReadonlyMap<string, KerasLayer>;
  readonly inputs: readonly KerasValue[];
  readonly outputs: readonly KerasValue[];
  /** Version of Keras, where the file says it. */
  readonly version: string | undefined;
  /** Its loss, where it was compiled. */
  readonly loss: string | undefined;
}

/** Whether an argument is a value rather than a constant. */
export function isValue(argument: KerasCall['inputs'][number] | undefined): argument is KerasValue {
  return argument !== undefined && 'layer' in argument;
}
