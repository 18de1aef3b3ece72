/**
 * What a pickle says, taken down and not done: a call is the name of what would be called, with its arguments. Containers are
 * filled while they are read, and the same one may stand in several places.
 */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickledItems<'list'>
  | PickledItems<'tuple'>
  | PickledItems<'set'>
  | PickledDict
  /** A name of Python, such as `torch.FloatStorage`. */
  | { readonly kind: 'name'; readonly name: string }
  | PickledCall
  /** What the program that wrote the pickle keeps outside of it. */
  | { readonly kind: 'outside'; readonly id: Pickled };

export interface PickledItems<Kind extends string> {
  readonly kind: Kind;
  readonly items: Pickled[];
}

export interface PickledDict {
  readonly kind: 'dict';
  readonly entries: (readonly [key: Pickled, value: Pickled])[];
}

export interface PickledCall {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly Pickled[];
}

/** A pickled value of a kind, or `undefined`. */
export function pickledAs<Kind extends Exclude<Extract<Pickled, object>, Uint8Array>['kind']>(
  value: Pickled | undefined,
  kind: Kind,
): Extract<Pickled, { readonly kind: Kind }> | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value.kind !== kind)
    return undefined;
  return value as Extract<Pickled, { readonly kind: Kind }>;
}
