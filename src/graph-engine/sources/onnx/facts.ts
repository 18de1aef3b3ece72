import type { ConstantTensor } from './constantTensor.ts';

/** What is known about a value while the batch has a certain size. */
export interface Fact {
  /** 0 where it is unknown, or no tensor. */
  readonly elementType: number;
  /** `undefined` where the shape is not known. */
  readonly dims: readonly number[] | undefined;
  /** Where the value depends on nothing that is fed. */
  readonly constant?: ConstantTensor | undefined;
}

/** Nothing is known. */
export const UNKNOWN: Fact = { elementType: 0, dims: undefined };

/** The numbers of a constant that are few enough to calculate with; `undefined` for others. */
export function numbersOf(fact: Fact | undefined): readonly number[] | undefined {
  const constant = fact?.constant;
  if (constant === undefined || constant.dims.reduce((product, size) => product * size, 1) > 4096) return undefined;
  const numbers = constant.numbers();
  return numbers === undefined ? undefined : Array.from(numbers);
}

/** The only number of a constant, whatever its rank. */
export function scalarOf(fact: Fact | undefined): number | undefined {
  const numbers = numbersOf(fact);
  return numbers?.length === 1 ? numbers[0] : undefined;
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
