import { permutation } from '../../graph-engine/random/permutation.ts';

/** Which samples are learnt from and which are measured on. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/** The split's place among the permutations of a seed: a number that no epoch has. */
const SPLIT = 0xffff_ffff;

/** Splits `samples` (two or more) at random by seed; each part gets at least one. */
export function splitSamples(samples: number, validationShare: number, seed: number): Split {
  const order = permutation(seed, samples, SPLIT);
  const wanted = Math.round(samples * validationShare);
  const validation = Math.min(samples - 1, Math.max(1, wanted));
  return { train: order.slice(validation), validation: order.slice(0, validation) };
}

/** The order in which an epoch (from 0) visits the training samples. */
export function epochOrder(train: Int32Array, seed: number, epoch: number): Int32Array {
  return permutation(seed, train.length, epoch).map((index) => train[index] ?? 0);
}
