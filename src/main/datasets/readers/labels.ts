import { HostFailure } from '../../files/hostFailure.ts';

/** More classes than any classifier has; a column of numbers is taken for labels by mistake. */
const MOST_CLASSES = 100_000;

/**
 * The names of the classes that labels stand for. Throws a `HostFailure` with the place of the first label that is none;
 * `placeOf` says where a label is.
 */
export function classesOf(
  labels: Int32Array | Float32Array,
  names: readonly string[] | undefined,
  placeOf: (index: number) => string,
): readonly string[] {
  const limit = names?.length ?? MOST_CLASSES;
  let largest = 0;
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] ?? 0;
    if (Number.isInteger(label) && label >= 0 && label < limit) {
      largest = Math.max(largest, label);
      continue;
    }
    throw new HostFailure({
      code: 'data/label-out-of-range',
      message: `${placeOf(index)} is ${label}, which is no class.`,
      expected: `a whole number from 0 to ${limit - 1}`,
      received: String(label),
      remedy:
        names === undefined
          ? 'Mend the labels, or learn values instead of classes.'
          : 'Mend the labels, or name more classes.',
    });
  }
  return names ?? Array.from({ length: largest + 1 }, (_, label) => String(label));
}

/** What is said when files that belong together do not have as many samples. */
export function countMismatch(inputs: string, inputCount: number, targets: string, targetCount: number): HostFailure {
  return new HostFailure({
    code: 'data/count-mismatch',
    message: `"${inputs}" has ${inputCount} samples, but "${targets}" has ${targetCount}.`,
    expected: `${inputCount} in both`,
    received: String(targetCount),
    remedy: 'Put the files that belong together side by side.',
  });
}

/** What is said of a file that is not as its kind must be. */
export function damagedFile(
  file: string,
  what: string,
  details: { expected?: string; received?: string } = {},
): HostFailure {
  return new HostFailure({
    code: 'data/damaged',
    message: `The data file "${file}" is damaged. ${what}`,
    ...details,
    remedy: 'Put an undamaged copy in its place.',
  });
}
