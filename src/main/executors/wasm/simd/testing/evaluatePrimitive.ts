import { kernels } from '../../../../../graph-engine/program/interpreter/kernels/index.ts';
import type { AttributesOf, PrimitiveName } from '../../../../../graph-engine/program/primitives/index.ts';

/** A tensor as tests write it. */
export interface Numbers {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What the interpreter, our reference, computes in double precision. */
export function evaluatePrimitive<Name extends PrimitiveName>(
  name: Name,
  inputs: readonly Numbers[],
  attributes: AttributesOf<Name>,
  outputDims: readonly (readonly number[])[],
  variables: Readonly<Record<string, Float64Array>> = {},
): readonly Float64Array[] {
  const kernel = kernels[name] as (context: unknown) => readonly Float64Array[];
  return kernel({
    inputs: inputs.map(({ dims, data }) => ({ dims, data: Float64Array.from(data) })),
    attributes,
    outputDims,
    variable: (variable: string) => variables[variable],
  });
}

/** Numbers between -1 and 1, the same for the same dims and seed. */
export function someNumbers(dims: readonly number[], seed = 1): Numbers & { readonly data: Float32Array } {
  const count = dims.reduce((product, dim) => product * dim, 1);
  let state = (seed * 0x9e3779b1) >>> 0;
  const data = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  });
  return { dims, data };
}

/**
 * Throws unless all numbers agree within `terms` units of 2^-20: sixteen times what float32 rounds off a number of that size,
 * and a sum of so many numbers up to 1 has many roundings, of which most cancel.
 */
export function demandClose(what: string, received: Float32Array, expected: Float64Array, terms = 1): void {
  if (received.length !== expected.length) throw new Error(`${what}: ${received.length} of ${expected.length} numbers`);
  expected.forEach((value, i) => {
    const number = received[i] ?? Number.NaN;
    const tolerance = (terms + Math.abs(value)) * 2 ** -20;
    if (Math.abs(number - value) <= tolerance || Object.is(Math.fround(value), number)) return;
    throw new Error(`${what}: number ${i} is ${number}, not ${value}`);
  });
}
