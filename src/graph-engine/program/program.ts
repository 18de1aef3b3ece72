import type { DType } from '../core/shape.ts';
import type { Initializer } from '../core/initializer.ts';

/**
 * A size in a program: a positive integer, or `-k` for `k` times the batch size. The batch is the only symbolic size, so
 * a flattened `[batch * sequence, features]` is `[-sequence, features]`.
 */
export type Dim = number;
export type Dims = readonly Dim[];

/** The floats of two bytes that training may compute in. */
export type NarrowFloat = 'bfloat16' | 'float16';

/** Element types of values: those of a document, and narrow floats. */
export type ElementType = DType | NarrowFloat;

/** One tensor of a program, in static single assignment form: `id` is unique inside its entry. */
export interface Value {
  readonly id: number;
  readonly dims: Dims;
  readonly dtype: ElementType;
}

/** Plain JSON attributes of a primitive. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type AttributeValue = number | string | boolean | readonly number[];

/** One primitive applied to values. `origin` is the path of the document node it came from, such as `stage2[3].add`. */
export interface Instruction {
  readonly primitive: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  readonly origin: string;
}

/** A tensor that outlives a step: a weight, a running statistic, an optimizer slot or a counter. */
export interface Variable {
  /** Unique in the program, such as `stage2[3].conv1.kernel` or `optimizer/momentum/stem.kernel`. */
  readonly name: string;
  readonly dims: Dims;
  readonly dtype: DType;
  readonly initializer: Initializer;
  /** A table holds samples of a data set: no part of the network, and in no checkpoint. */
  readonly role: 'weight' | 'statistic' | 'slot' | 'table';
  /** Only trainable variables have gradients; statistics such as running means do not. */
  readonly trainable: boolean;
  /** Origin path of the node that owns it; empty for optimizer slots. */
  readonly origin: string;
}

export interface EntryInput {
  readonly name: string;
  readonly value: Value;
}

export interface EntryOutput {
  readonly name: string;
  readonly value: Value;
  /** Comes only when it is asked for by name; what leads to it alone is not computed otherwise. */
  readonly onDemand?: true;
}

/**
 * One callable part of a program: feeds in, fetches out. Variables are read by the `readVariable` primitive (attribute
 * `name`), and written only by effect primitives (`assign`, `applyMomentum`, ...), which have no outputs, run after all
 * reads, and whose order is that of the list. Only `readUpdatedVariable`, and what depends on it, comes after the effects.
 */
export interface Entry {
  readonly name: string;
  readonly inputs: readonly EntryInput[];
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly EntryOutput[];
}

/** Everything one network needs at run time: shared variables and the entries that use them. */
export interface Program {
  readonly variables: readonly Variable[];
  readonly entries: Readonly<Record<string, Entry>>;
}
