/**
 * How far two engines may be apart, as a share of the size of an answer: its largest value, or 1 where that is less. Not of each
 * value: what a sum loses depends on its terms, so a score near zero between scores of hundreds is as uncertain as they are.
 * Both engines add float32 products in their own order: one rounding is 6e-8, and over the longest sums here (thousands of
 * terms, tens of layers) differences of 1e-6 to 1e-5 are seen. A wrong transposition, padding or epsilon gives 1e-2 and more.
 */
export const TOLERANCE = 1e-4;

/** For float16, which keeps three digits (one rounding is 5e-4): its roundings add up over the layers. */
export const HALF_TOLERANCE = 1e-2;

export interface Comparison {
  /** Largest absolute difference between finite values. */
  readonly maximumDifference: number;
  /** The same as a share of the size of the answer that it is in. */
  readonly relativeDifference: number;
  /** Values that should have been finite numbers and were not. */
  readonly receivedNotFinite: number;
  /** Values where a finite number was not even expected. */
  readonly expectedNotFinite: number;
}

export const EQUAL: Comparison = {
  maximumDifference: 0,
  relativeDifference: 0,
  receivedNotFinite: 0,
  expectedNotFinite: 0,
};

/**
 * Compares values with what they should be, both being so many answers of equal length, one for each example. Throws when there are
 * not as many.
 */
export function compareValues(received: ArrayLike<number>, expected: ArrayLike<number>, answers: number): Comparison {
  if (received.length !== expected.length) {
    throw new Error(`There are ${received.length} values where ${expected.length} were expected.`);
  }
  const length = expected.length / answers;
  let worst = EQUAL;
  for (let answer = 0; answer < answers; answer++) {
    worst = joined(worst, compareAnswer(received, expected, answer * length, (answer + 1) * length));
  }
  return worst;
}

function compareAnswer(received: ArrayLike<number>, expected: ArrayLike<number>, from: number, to: number): Comparison {
  let [maximumDifference, size, receivedNotFinite, expectedNotFinite] = [0, 1, 0, 0];
  for (let i = from; i < to; i++) {
    const wanted = expected[i] ?? NaN;
    const difference = Math.abs((received[i] ?? NaN) - wanted);
    if (!Number.isFinite(wanted)) expectedNotFinite += 1;
    else if (!Number.isFinite(difference)) receivedNotFinite += 1;
    else {
      maximumDifference = Math.max(maximumDifference, difference);
      size = Math.max(size, Math.abs(wanted));
    }
  }
  return { maximumDifference, relativeDifference: maximumDifference / size, receivedNotFinite, expectedNotFinite };
}

/** Both comparisons as one. */
export function joined(a: Comparison, b: Comparison): Comparison {
  return {
    maximumDifference: Math.max(a.maximumDifference, b.maximumDifference),
    relativeDifference: Math.max(a.relativeDifference, b.relativeDifference),
    receivedNotFinite: a.receivedNotFinite + b.receivedNotFinite,
    expectedNotFinite: a.expectedNotFinite + b.expectedNotFinite,
  };
}
