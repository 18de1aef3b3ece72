import { permutation } from '../../graph-engine/random/permutation.ts';
import { dataParts } from './dataSet.ts';

/** Which samples are learnt from and which are measured on. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Kept for after the training, where the data say so. */
  readonly test?: Int32Array;
}

/** The split's place among the permutations of a seed: a number that no epoch has. */
const SPLIT = 0xffff_ffff;

/** Splits `samples` at random by seed; each part gets at least one where there are two. */
export function splitSamples(samples: number, validationShare: number, seed: number): Split {
  const order = permutation(seed, samples, SPLIT);
  if (samples < 2) return { train: order, validation: order.slice(0, 0) };
  const wanted = Math.round(samples * validationShare);
  const validation = Math.min(samples - 1, Math.max(1, wanted));
  return { train: order.slice(validation), validation: order.slice(0, validation) };
}

/**
 * Splits as the data say themselves. Where they keep nothing for validation, `split` takes a share of the training part, of
 * which it is given the samples: what is kept for the test must not decide which weights are best.
 */
export function splitByParts(parts: Uint8Array, split: (train: Int32Array) => Split): Split {
  const of = (wanted: number): Int32Array => Int32Array.from(parts.keys()).filter((sample) => parts[sample] === wanted);
  const [train, validation, test] = [of(dataParts.train), of(dataParts.validation), of(dataParts.test)];
  const kept = test.length > 0 ? { test } : {};
  if (validation.length > 0) return { train, validation, ...kept };
  const own = split(train);
  const named = (indices: Int32Array): Int32Array => indices.map((index) => train[index] ?? 0);
  return { train: named(own.train), validation: named(own.validation), ...kept };
}

/** The order in which an epoch (from 0) visits the training samples. */
export function epochOrder(train: Int32Array, seed: number, epoch: number): Int32Array {
  return permutation(seed, train.length, epoch).map((index) => train[index] ?? 0);
}
