import type { ParameterValue } from '../../document/schema.ts';

/** How an axis and the goal go together over the trials of a sweep. */
export interface AxisImportance {
  /**
   * Of numbers: Spearman's rank correlation, from -1 to 1. Of choices: the share of the variance of the goal's ranks that
   * lies between them (η²), from 0 to 1.
   */
  readonly kind: 'rank-correlation' | 'rank-variance-share';
  readonly value: number;
}

/** Fewer trials say nothing. */
const LEAST_TRIALS = 4;

/**
 * What an axis has to do with the goal; undefined while there are too few trials, or either never changes. It speaks of one
 * axis at a time: what only several together bring about it does not see.
 */
export function axisImportance(
  values: readonly ParameterValue[],
  goals: readonly number[],
): AxisImportance | undefined {
  if (values.length < LEAST_TRIALS) return undefined;
  const ranks = ranksOf(goals);
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) {
    const value = correlation(ranksOf(numbers), ranks);
    return value === undefined ? undefined : { kind: 'rank-correlation', value };
  }
  const value = shareBetween(
    values.map((one) => JSON.stringify(one)),
    ranks,
  );
  return value === undefined ? undefined : { kind: 'rank-variance-share', value };
}

/** Ranks from 1; equal numbers share the mean of theirs. */
function ranksOf(numbers: readonly number[]): readonly number[] {
  const order = numbers.map((number, index) => ({ number, index })).toSorted((a, b) => a.number - b.number);
  const ranks = Array.from(numbers, () => 0);
  for (let first = 0; first < order.length;) {
    let end = first;
    while (end < order.length && order[end]?.number === order[first]?.number) end++;
    for (const { index } of order.slice(first, end)) ranks[index] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

function correlation(a: readonly number[], b: readonly number[]): number | undefined {
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (of: (i: number) => number): number => a.reduce((total, _, i) => total + of(i), 0);
  const da = (i: number): number => (a[i] ?? 0) - meanA;
  const db = (i: number): number => (b[i] ?? 0) - meanB;
  const scale = Math.sqrt(sum((i) => da(i) ** 2) * sum((i) => db(i) ** 2));
  return scale === 0 ? undefined : sum((i) => da(i) * db(i)) / scale;
}

function shareBetween(groups: readonly string[], ranks: readonly number[]): number | undefined {
  const all = mean(ranks);
  const total = ranks.reduce((sum, rank) => sum + (rank - all) ** 2, 0);
  const byGroup = new Map<string, number[]>();
  groups.forEach((group, i) => byGroup.set(group, [...(byGroup.get(group) ?? []), ranks[i] ?? 0]));
  if (total === 0 || byGroup.size < 2) return undefined;
  const between = [...byGroup.values()].reduce((sum, members) => sum + members.length * (mean(members) - all) ** 2, 0);
  return between / total;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
