import type { AttributesOf, InputsOf, OutputsOf, PrimitiveName } from '../primitives/index.ts';
import type { Value } from '../program.ts';
import type { Doubles } from './tensor.ts';

type TensorsOf<Values extends readonly Value[]> = { readonly [Index in keyof Values]: Doubles };
type ShapesOf<Values extends readonly Value[]> = { readonly [Index in keyof Values]: readonly number[] };

/** What a kernel may use. */
export interface KernelContext<Name extends PrimitiveName> {
  readonly inputs: TensorsOf<InputsOf<Name>>;
  readonly attributes: AttributesOf<Name>;
  /** The shapes that the outputs have at run time. */
  readonly outputDims: ShapesOf<OutputsOf<Name>>;
  /** The memory of a variable; effects write to it. */
  variable(name: string): Float64Array;
}

/** Computes a primitive in double precision: the data of each output, in order. */
export type Kernel<Name extends PrimitiveName> = (context: KernelContext<Name>) => readonly Float64Array[];

/** The kernels of a family. */
export type Kernels<Name extends PrimitiveName> = { readonly [N in Name]: Kernel<N> };
