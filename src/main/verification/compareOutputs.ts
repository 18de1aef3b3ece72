/**
 * How far two engines may be apart, for a value of size `max(1, |value|)`. Both add float32 products in their own order:
 * one rounding is 6e-8 relative, and over the longest sums here (thousands of terms, tens of layers) differences of 1e-6
 * to 1e-5 are seen. A wrong transposition, padding or epsilon gives differences of 1e-2 and more.
 */
export const TOLERANCE = 1e-4;

/** For float16, which keeps three digits: its roundings add up over the layers. */
export const HALF_TOLERANCE = 1e-2;

export interface Comparison {
  /** Largest absolute difference between finite values. */
  readonly maximumDifference: number;
  /** Whether every value is within the tolerance of the expected one, relative to its size where that is above 1. */
  readonly agrees: boolean;
  /** Values that should have been finite numbers and were not. */
  readonly receivedNotFinite: number;
  /** Values where a finite number was not even expected. */
  readonly expectedNotFinite: number;
}

export const EQUAL: Comparison = { maximumDifference: 0, agrees: true, receivedNotFinite: 0, expectedNotFinite: 0 };

/** Compares values with what they should be; throws when there are not as many. */
export function compareValues(
  received: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = TOLERANCE,
): Comparison {
  if (received.length !== expected.length) {
    throw new Error(`There are ${received.length} values where ${expected.length} were expected.`);
  }
  let maximumDifference = 0;
  let agrees = true;
  let receivedNotFinite = 0;
  let expectedNotFinite = 0;
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] ?? NaN;
    const difference = Math.abs((received[i] ?? NaN) - wanted);
    if (!Number.isFinite(wanted)) expectedNotFinite += 1;
    else if (!Number.isFinite(difference)) receivedNotFinite += 1;
    else maximumDifference = Math.max(maximumDifference, difference);
    if (!(difference <= tolerance * Math.max(1, Math.abs(wanted)))) agrees = false;
  }
  return { maximumDifference, agrees, receivedNotFinite, expectedNotFinite };
}

/** Both comparisons as one. */
export function joined(a: Comparison, b: Comparison): Comparison {
  return {
    maximumDifference: Math.max(a.maximumDifference, b.maximumDifference),
    agrees: a.agrees && b.agrees,
    receivedNotFinite: a.receivedNotFinite + b.receivedNotFinite,
    expectedNotFinite: a.expectedNotFinite + b.expectedNotFinite,
  };
}
