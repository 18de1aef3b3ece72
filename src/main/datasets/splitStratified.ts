import { splitSamples, type Split } from './splitSamples.ts';

/** Splits so that each class has the same share in both parts; one that has a single sample is only learned from. */
export function splitStratified(classes: Int32Array, validationShare: number, seed: number): Split {
  const members = new Map<number, number[]>();
  classes.forEach((label, sample) => {
    const known = members.get(label);
    if (known === undefined) members.set(label, [sample]);
    else known.push(sample);
  });
  const parts = [...members.values()].map((samples) => {
    if (samples.length < 2) return { train: samples, validation: [] };
    const split = splitSamples(samples.length, validationShare, seed);
    const named = (numbers: Int32Array): number[] => [...numbers].map((at) => samples[at] ?? 0);
    return { train: named(split.train), validation: named(split.validation) };
  });
  const join = (part: 'train' | 'validation'): Int32Array => Int32Array.from(parts.flatMap((one) => one[part])).sort();
  const [train, validation] = [join('train'), join('validation')];
  // Of classes with a single sample each there is nothing to measure on.
  return validation.length === 0 ? splitSamples(classes.length, validationShare, seed) : { train, validation };
}
