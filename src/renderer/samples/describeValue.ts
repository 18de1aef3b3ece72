import type { ReadAnswer, ValueReading } from '../../graph-engine/probe/valueReading.ts';
import { formatPercent } from '../training/format.ts';

/** A number in three digits: `0.127`, `-12.4`, `3.1e-5`. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** What an output says of a sample, in a few words. */
export function describeAnswer(answer: ReadAnswer, names: readonly string[] | undefined, most = 3): string {
  const nameOf = (index: number): string => names?.[index] ?? String(index);
  switch (answer.kind) {
    case 'choices':
      return answer.indices
        .slice(0, most)
        .map((index, place) => `${nameOf(index)} ${formatPercent(answer.shares[place] ?? 0)}`)
        .join(', ');
    case 'tokens':
      return answer.tokens.map((token) => names?.[token] ?? '').join('');
    case 'values':
      return answer.values
        .slice(0, 2 * most)
        .map((value, index) => `${names === undefined ? '' : `${nameOf(index)} `}${formatValue(value)}`)
        .join(', ');
    case 'mask':
      return `a class for each of ${answer.width}×${answer.height} pixels`;
  }
}

/** A value for those who do not see its picture. */
export function describeReading(name: string, { axes, statistics, channels }: ValueReading): string {
  const { minimum, maximum, mean, zeros, notFinite } = statistics;
  const parts = [
    `${name}: ${axes.map((axis) => `${axis.name} ${axis.size}`).join(' × ')}`,
    `from ${formatValue(minimum)} to ${formatValue(maximum)}, mean ${formatValue(mean)}`,
    `${formatPercent(zeros)} zeros`,
    channels.dead === 0 ? '' : `${channels.dead} of ${channels.count} channels dead`,
    notFinite === 0 ? '' : `${notFinite} not finite`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
