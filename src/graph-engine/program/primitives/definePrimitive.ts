import type { Builder } from '../builder.ts';
import { formatDims } from '../dims.ts';
import type { Attributes, Dims, ElementType, Value } from '../program.ts';

export interface TensorSpec {
  readonly dims: Dims;
  readonly dtype: ElementType;
}

/** The values an instruction with these output specs has. */
export type ValuesOf<Specs extends readonly TensorSpec[]> = { readonly [Index in keyof Specs]: Value };

type OptionalValuesOf<Values extends readonly Value[]> = { readonly [Index in keyof Values]: Value | undefined };

/** What a gradient rule may use. Rules emit ordinary instructions through the builder. */
export interface GradientContext<
  Inputs extends readonly Value[] = readonly Value[],
  Specs extends readonly TensorSpec[] = readonly TensorSpec[],
  A extends Attributes = Attributes,
> {
  readonly builder: Builder;
  readonly inputs: Inputs;
  readonly outputs: ValuesOf<Specs>;
  readonly attributes: A;
  /** The loss' gradient for each output; `undefined` where the loss does not depend on it, never for all. */
  readonly outputGradients: OptionalValuesOf<ValuesOf<Specs>>;
  /** Whether the gradient of the input at an index leads anywhere; rules skip the work for the others. */
  wanted(input: number): boolean;
}

/** Every fact about a primitive but its kernels. */
export interface PrimitiveDefinition<
  Name extends string = string,
  Inputs extends readonly Value[] = readonly Value[],
  A extends Attributes = Attributes,
  Specs extends readonly TensorSpec[] = readonly TensorSpec[],
> {
  readonly name: Name;
  /** Shapes and dtypes of the outputs; throws on shapes that cannot be, which is a bug in a lowering. */
  infer(inputs: Inputs, attributes: A): Specs;
  /** The gradients for the inputs, in order; `undefined` where none flows or none was wanted. */
  gradient?(context: GradientContext<Inputs, Specs, A>): readonly (Value | undefined)[];
  /** The outputs do not depend smoothly on the inputs (comparisons, indices): the gradient is zero by definition. */
  readonly stopsGradient?: true;
  /** Writes a variable; has no outputs and runs after every read of the entry. */
  readonly effect?: true;
  /** Runs after the effects of the entry, and so does everything that depends on it. */
  readonly afterEffects?: true;
}

/** Declares a primitive; an identity function that infers the tuples of inputs and outputs from `infer`. */
export function definePrimitive<
  const Name extends string,
  Inputs extends readonly Value[],
  A extends Attributes,
  const Specs extends readonly TensorSpec[] | readonly [],
>(definition: PrimitiveDefinition<Name, Inputs, A, Specs>): PrimitiveDefinition<Name, Inputs, A, Specs> {
  return definition;
}

/** Attributes of a primitive that has none. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Throws unless the condition holds. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws unless the value has the rank. */
export function demandRank(value: Value, rank: number, what: string): void {
  demand(value.dims.length === rank, `${what} must have rank ${rank}, got ${formatDims(value.dims)}`);
}

/** The size at an axis; throws when there is no such axis. */
export function dimOf(value: { readonly dims: Dims }, axis: number): number {
  const dim = value.dims[axis];
  if (dim === undefined) throw new Error(`no axis ${axis} in ${formatDims(value.dims)}`);
  return dim;
}
