import type { AttributesOf, InputsOf, PrimitiveName } from '../../program/primitives/index.ts';
import type { Dims, Value } from '../../program/program.ts';
import type { NodeAttributes } from './attributes.ts';

/** A value of the program and the node output that holds it. */
export interface GraphTensor {
  readonly ref: string;
  readonly dims: Value['dims'];
  readonly dtype: Value['dtype'];
}

/** Families of kernels of our own, see `src/main/engines/kernels`: batch normalization fused with what follows it. */
export const ownKernelFamilies = ['normalization'] as const;
export type OwnKernels = (typeof ownKernelFamilies)[number];

/** Whether this is the name of a family of our own kernels. */
export function isOwnKernels(name: unknown): name is OwnKernels {
  return ownKernelFamilies.some((family) => family === name);
}

/** What depends on the machine and on how TensorFlow was built. */
export interface TensorflowAbilities {
  /** Convolutions whose channels are in groups run as one node: oneDNN has kernels for them, TensorFlow's own kernels refuse. */
  readonly groupedConvolutions: boolean;
  /** Families of our own kernels that this TensorFlow was given. */
  readonly ownKernels?: ReadonlySet<OwnKernels>;
  /** Transposed convolutions are told batch and channels too: TensorFlow.js wants them, TensorFlow finds them itself. */
  readonly wholeSizes?: boolean;
}

/** What an emitter may use to write the nodes of one instruction. */
export interface EmitContext {
  /** What this TensorFlow can do beyond what every one can. */
  readonly abilities: TensorflowAbilities;
  /** Adds a node named after the place the instruction comes from; returns the name of its first output. */
  node(op: string, inputs: readonly string[], attributes?: NodeAttributes): string;
  float(value: number): string;
  integer(value: number): string;
  /** An int32 vector. */
  integers(values: readonly number[]): string;
  values(values: readonly number[], shape: readonly number[], dtype: Value['dtype']): string;
  /** A uint64 vector. */
  longs(values: readonly number[]): string;
  /** The int32 vector of the sizes at run time. */
  shapeOf(dims: Dims): string;
  /** The same node for the same key, once per entry. */
  once(key: string, make: () => string): string;
  /** The bool output behind a float32 condition of 0 and 1. */
  truthOf(condition: GraphTensor): string;
  /** The float32 value of a bool output. */
  numberOf(truth: string): string;
  /** The handle of a variable. */
  variable(name: string): string;
  /** The value of a variable before the entry's effects: one node for all entries. */
  valueOf(name: string): string;
}

export type TensorsOf<Values extends readonly Value[]> = { readonly [Index in keyof Values]: GraphTensor };

/**
 * Writes one instruction and returns the node outputs that hold its values, in order. The emitter of an effect returns the
 * node that does it.
 */
export type Emitter<Name extends PrimitiveName> = (
  context: EmitContext,
  inputs: TensorsOf<InputsOf<Name>>,
  attributes: AttributesOf<Name>,
) => readonly string[];

export type Emitters<Names extends PrimitiveName> = { readonly [Name in Names]: Emitter<Name> };
