import { createRandomStream, permutation } from '../../graph-engine/random/randomStream.ts';

/** Which samples are learnt from and which are measured on. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/** Streams of a run's seed that are used outside the network; ops count theirs from zero. */
const SPLIT_STREAM = 0x5b11_7000;
const SHUFFLE_STREAM = 0x5b11_8000;

/** Splits `samples` at random by seed; each part gets at least one when there are two or more samples. */
export function splitSamples(samples: number, validationShare: number, seed: number): Split {
  const order = permutation(samples, createRandomStream(seed, SPLIT_STREAM));
  const wanted = Math.round(samples * validationShare);
  const validation = Math.min(samples - 1, Math.max(1, wanted));
  return { train: order.slice(validation), validation: order.slice(0, validation) };
}

/** The order in which an epoch (from 0) visits the training samples. */
export function epochOrder(train: Int32Array, seed: number, epoch: number): Int32Array {
  const order = permutation(train.length, createRandomStream(seed, SHUFFLE_STREAM + epoch));
  return order.map((index) => train[index] ?? 0);
}
